package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.PowerControl.Action;
import org.serverconsole.fake.PanelToken;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

class PanelApiTest {

    private PanelRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new PanelRig(Map.of("console-public-url", "https://nl1.example/guacamole", "console-location", "NL"));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"novnc", "recreate_novnc", "status", "reboot", "check_novnc", "extend_novnc", "stop_novnc"})
    void aServerOfALocationThatCannotBeReachedIsRefusedAndNothingIsDone(String action) {
        rig.addAt("US", "30210");

        PanelAnswer answer = rig.call("action", action, "token", rig.token("30210"), "id", "30210", "pin", PanelRig.PIN);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).containsEntry("code", "LOCATION_AWAY");
        assertThat(answer.retryAfter()).isPresent();
        assertThat(rig.audited(action)).extracting(AuditEvent::outcome).containsExactly("LOCATION_AWAY");
    }

    @Test
    void aPinIsLookedAtBeforeAnotherLocationIsAsked() {
        rig.addAt("US", "30210");

        assertThat(rig.call("action", "novnc", "token", rig.token("30210"), "id", "30210", "pin", "1111").body())
                .containsEntry("code", "PIN_REJECTED");
        assertThat(rig.call("action", "extend_novnc", "token", rig.token("30210"), "id", "30210", "pin", "1111").body())
                .containsEntry("code", "PIN_REJECTED");
    }

    @Test
    void aFileWithAVendorsPasswordDoesNotCrossLocations() {
        rig.addAt("US", "30210");

        PanelAnswer answer = rig.call("action", "console", "token", rig.token("30210"), "id", "30210", "pin", PanelRig.PIN);

        assertThat(answer.status()).isEqualTo(501);
        assertThat((String) answer.body().get("message")).contains("at the server's own location only");
    }

    @Test
    void tokenServerAndPinGiveALoginUrlThatOpensTheSessionOfTheKey() throws Exception {
        PanelAnswer answer = novnc();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).containsEntry("result", "OK")
                .containsEntry("context", Map.of("action", "novnc", "id", "14494", "location", "NL"));
        assertThat((String) answer.body().get("scope"))
                .matches("https://nl1\\.example/guacamole/app/ext/console/open\\.html#username=14494&password=ticket-[\\w-]{43}");
        assertThat(rig.open(answer).id()).isEqualTo(answer.body().get("Key"));
    }

    @Test
    void aTokenMayBeUsedAgainUntilItExpires() {
        String token = rig.token("14494");

        assertThat(rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN).status()).isEqualTo(200);
        assertThat(rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN).status()).isEqualTo(200);
        rig.clock.advance(Duration.ofMinutes(10));
        assertThat(rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN).status()).isEqualTo(403);
    }

    @Test
    void guacamolesOwnPageAndTheUrlThatWasCalledAreUsedWhereTheOperatorSaysSo() throws Exception {
        try (PanelRig other = new PanelRig(Map.of("console-page", "guacamole"))) {
            PanelAnswer answer = other.call("action", "novnc", "token", other.token("14494"), "id", "14494", "pin", PanelRig.PIN);

            assertThat((String) answer.body().get("scope"))
                    .startsWith("https://inside.example/guacamole/#/?username=14494&password=ticket-");
        }
    }

    @Test
    void aWrongTokenAWrongServerAnUnknownServerAWrongPinAndALockedOneAreRefusedInTheSameWords() {
        String good = rig.token("14494");
        Map<String, Object> wrongToken = refusal("token", good + "x", "id", "14494", "pin", PanelRig.PIN);
        Map<String, Object> wrongServer = refusal("token", good, "id", "20110", "pin", PanelRig.PIN);
        Map<String, Object> unknown = refusal("token", rig.token("99999"), "id", "99999", "pin", PanelRig.PIN);
        Map<String, Object> wrongPin = refusal("token", good, "id", "14494", "pin", "1111");
        for (int i = 0; i < 5; i++) {
            refusal("token", good, "id", "14494", "pin", "1111");
        }
        Map<String, Object> locked = refusal("token", good, "id", "14494", "pin", PanelRig.PIN);

        assertThat(wrongToken).containsEntry("code", "PIN_REJECTED").isEqualTo(wrongServer).isEqualTo(unknown)
                .isEqualTo(wrongPin).isEqualTo(locked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "-            | token | 14494 | action is missing",
        "novnc2       | token | 14494 | there is no such action",
        "NOVNC        | token | 14494 | there is no such action",
        "novnc        | -     | 14494 | token is missing",
        "novnc        | token | -     | key or id is missing",
        "check_novnc  | token | -     | key or id is missing",
    })
    void whatIsMissingOrOddIsNamed(String action, String token, String id, String message) {
        String good = token == null ? "" : rig.token("14494");
        PanelAnswer answer = rig.call("action", action, "token", good, "id", id, "pin", PanelRig.PIN);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).containsEntry("code", "BAD_REQUEST");
        assertThat((String) answer.body().get("message")).contains(message);
    }

    @Test
    void aMissingPinIsAskedForAndCostsNoAttempt() {
        for (int i = 0; i < 10; i++) {
            assertThat(rig.call("action", "novnc", "token", rig.token("14494"), "id", "14494").body())
                    .containsEntry("code", "PIN_MISSING");
        }
        assertThat(novnc().status()).isEqualTo(200);
    }

    @Test
    void aLoginUrlIsOnlyGivenWhereItsConsoleCouldBeOpened() throws Exception {
        try (PanelRig small = new PanelRig(Map.of("console-max-sessions-per-customer", "1"))) {
            ConsoleSession own = small.open(novnc(small, "14494"));

            PanelAnswer refused = novnc(small, "20110");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).containsEntry("code", "TOO_MANY");
            assertThat(refused.retryAfter()).isPresent();
            assertThat(small.audited("novnc")).extracting(AuditEvent::outcome).containsExactly("OK", "CUSTOMER_FULL");
            assertThat(novnc(small, "14494").status()).as("one that takes over from his own").isEqualTo(200);

            own.end(EndReason.EXPIRED);
            assertThat(novnc(small, "20110").status()).isEqualTo(200);
        }
    }

    @Test
    void whileANodeIsDrainedNobodyGetsALoginUrlNorLosesHisConsole() throws Exception {
        ConsoleSession own = rig.open(novnc());
        rig.sessions.drain(true);

        for (String action : java.util.List.of("novnc", "recreate_novnc")) {
            PanelAnswer refused = rig.call("action", action, "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.retryAfter()).isPresent();
        }
        assertThat(own.ended()).isEmpty();
    }

    private static PanelAnswer novnc(PanelRig rig, String server) {
        return rig.call("action", "novnc", "token", rig.token(server), "id", server, "pin", PanelRig.PIN);
    }

    @Test
    void aLoginUrlCanBeBoundToOneAddress() throws Exception {
        PanelAnswer bound = rig.call("action", "novnc", "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN,
                "white_ip", "192.0.2.17");
        assertThat(rig.open(bound).server().id()).isEqualTo("14494");
        assertThat(rig.journal.ticketOf((String) bound.body().get("Key")).orElseThrow().address()).contains("192.0.2.17");

        assertThat(rig.call("action", "novnc", "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN,
                "white_ip", "panel.example").body()).containsEntry("message", "white_ip is not an IP address");
    }

    @Test
    void theAddressOfTheTokenBindsTheLoginUrlWhereNoneIsGiven() {
        String token = PanelToken.of("14494", PanelRig.NOW).with("ip", "192.0.2.99").hs256(PanelRig.KEY);
        PanelAnswer answer = rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN);

        assertThat(rig.journal.ticketOf((String) answer.body().get("Key")).orElseThrow().address()).contains("192.0.2.99");
    }

    @Test
    void aTokenForOneAddressGivesNoLoginUrlForAnother() {
        String token = PanelToken.of("14494", PanelRig.NOW).with("ip", "192.0.2.99").hs256(PanelRig.KEY);

        PanelAnswer other = rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN, "white_ip", "192.0.2.17");
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.body()).containsEntry("message", "white_ip is another address than the token's ip").doesNotContainKey("scope");
        assertThat(rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN, "white_ip", "::ffff:192.0.2.99")
                .status()).isEqualTo(200);
    }

    @Test
    void aSessionIsSeenThroughItsWholeLife() throws Exception {
        PanelAnswer answer = novnc();
        assertThat(context(check(answer))).containsEntry("state", "waiting").doesNotContainKey("seconds_left");

        ConsoleSession session = rig.open(answer);
        rig.clock.advance(Duration.ofMinutes(5));
        assertThat(context(check(answer))).containsEntry("state", "open").containsEntry("seconds_left", 6900L);
        assertThat(context(rig.call("action", "check_novnc", "token", rig.token("14494"), "id", "14494")))
                .containsEntry("state", "open");

        session.end(EndReason.EXPIRED);
        org.awaitility.Awaitility.await().untilAsserted(() -> assertThat(context(check(answer)))
                .containsEntry("state", "ended").containsEntry("end_reason", "EXPIRED"));
    }

    @Test
    void aLoginUrlNobodyOpenedLapses() {
        PanelAnswer answer = novnc();
        rig.clock.advance(Duration.ofSeconds(60));

        assertThat(context(check(answer))).containsEntry("state", "lapsed");
    }

    @Test
    void extendingAsksForThePinAgainAndNamesTheLimit() throws Exception {
        PanelAnswer answer = novnc();
        ConsoleSession session = rig.open(answer);
        rig.clock.advance(Duration.ofHours(1));

        assertThat(extend(answer, "1111").body()).containsEntry("code", "PIN_REJECTED");
        assertThat(context(extend(answer, PanelRig.PIN))).containsEntry("seconds_left", 7200L);
        assertThat(session.deadline()).isEqualTo(PanelRig.NOW.plus(Duration.ofHours(3)));
        PanelAnswer again = extend(answer, PanelRig.PIN);
        assertThat(again.status()).isEqualTo(409);
        assertThat((String) again.body().get("message")).contains("28800 s at most");
    }

    @Test
    void stoppingEndsALiveSession() throws Exception {
        PanelAnswer answer = novnc();
        ConsoleSession session = rig.open(answer);

        assertThat(stop(answer).status()).isEqualTo(200);

        assertThat(session.ended()).contains(EndReason.CLOSED_BY_PANEL);
        org.awaitility.Awaitility.await().until(() -> stop(answer).status() == 404);
    }

    @Test
    void stoppingMakesALoginUrlWorthlessThatNobodyHasOpened() {
        PanelAnswer answer = novnc();

        assertThat(stop(answer).status()).isEqualTo(200);

        assertThat(context(check(answer))).containsEntry("state", "ended").containsEntry("end_reason", "CLOSED_BY_PANEL");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> rig.open(answer))
                .isInstanceOf(java.util.NoSuchElementException.class);
    }

    @Test
    void recreatingEndsTheSessionThereIsAndGivesANewLoginUrl() throws Exception {
        ConsoleSession older = rig.open(novnc());

        PanelAnswer answer = rig.call("action", "recreate_novnc", "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN);

        assertThat(older.ended()).contains(EndReason.CLOSED_BY_PANEL);
        assertThat(rig.open(answer).id()).isNotEqualTo(older.id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"check_novnc", "extend_novnc", "stop_novnc"})
    void aSessionOfAnotherCustomerOrServerIsAsGoodAsNone(String action) throws Exception {
        PanelAnswer answer = novnc();
        rig.open(answer);
        String stranger = PanelToken.of("14494", PanelRig.NOW).with("sub", "c-18").hs256(PanelRig.KEY);
        String key = (String) answer.body().get("Key");

        for (PanelAnswer refused : java.util.List.of(
                rig.call("action", action, "token", stranger, "key", key, "pin", PanelRig.PIN),
                rig.call("action", action, "token", rig.token("20110"), "key", key, "pin", PanelRig.PIN),
                rig.call("action", action, "token", rig.token("20110"), "id", "14494", "pin", PanelRig.PIN),
                rig.call("action", action, "token", rig.token("14494"), "key", "no such key", "pin", PanelRig.PIN))) {
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.body()).containsEntry("code", "NO_SESSION");
        }
    }

    @ParameterizedTest
    @CsvSource({"on, ON", "off, OFF", "soft_off, SOFT_OFF", "reboot, RESET"})
    void powerIsSwitchedForWhoeverHasThePin(String action, Action performed) {
        assertThat(rig.call("action", action, "token", rig.token("14494"), "id", "14494", "pin", "1111").status()).isEqualTo(403);
        assertThat(rig.vendor.performed).isEmpty();

        assertThat(rig.call("action", action, "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN).status()).isEqualTo(200);
        assertThat(rig.vendor.performed).containsExactly(performed);
    }

    @Test
    void thePowersStateIsTold() {
        assertThat(context(rig.call("action", "status", "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN)))
                .containsEntry("power", "on");
    }

    @Test
    void aVendorWithoutPowerControlOrViewerFileSaysSo() {
        rig.vendor.hasPower = false;

        for (String action : java.util.List.of("status", "on", "console")) {
            assertThat(rig.call("action", action, "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN).body())
                    .containsEntry("code", "UNSUPPORTED");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatTheVendorRefusesIsToldWithoutItsWords(Kind kind) {
        rig.vendor.refusal = Optional.of(new AdapterException(kind, "BMC 10.0.0.5 says no"));

        PanelAnswer answer = rig.call("action", "on", "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN);

        assertThat(answer.status()).isIn(409, 501, 502, 503, 504);
        assertThat(answer.body().toString()).doesNotContain("10.0.0.5");
    }

    @Test
    void aTokenThatAllowsWatchingOnlyOpensNothingAndSwitchesNothing() {
        String watcher = PanelToken.of("14494", PanelRig.NOW).with("mode", "view").hs256(PanelRig.KEY);

        for (String action : java.util.List.of("novnc", "recreate_novnc", "on", "off", "reboot", "status", "console")) {
            assertThat(rig.call("action", action, "token", watcher, "id", "14494", "pin", PanelRig.PIN).body())
                    .containsEntry("code", "PIN_REJECTED");
        }
    }

    @Test
    void aTokenThatAllowsWatchingOnlyNeitherStopsNorExtendsTheConsoleOfItsOwnCustomer() {
        String token = rig.token("14494");
        PanelAnswer novnc = rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN);
        String watcher = PanelToken.of("14494", PanelRig.NOW).with("mode", "view").hs256(PanelRig.KEY);
        String key = (String) novnc.body().get("Key");

        for (String action : java.util.List.of("stop_novnc", "extend_novnc")) {
            assertThat(rig.call("action", action, "token", watcher, "key", key, "pin", PanelRig.PIN).body())
                    .containsEntry("code", "PIN_REJECTED");
        }
        assertThat(context(rig.call("action", "check_novnc", "token", watcher, "key", key))).containsEntry("state", "waiting");
    }

    @Test
    void theLanguageOfATokenIsThatOfItsLoginUrl() {
        String token = PanelToken.of("14494", PanelRig.NOW).with("locale", "ru").hs256(PanelRig.KEY);

        PanelAnswer novnc = rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN);

        assertThat((String) novnc.body().get("scope")).endsWith("&locale=ru");
    }

    @Test
    void theKeyOfASessionStandsForItsServer() {
        String token = rig.token("14494");
        PanelAnswer novnc = rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN);

        PanelAnswer rebooted = rig.call("action", "reboot", "token", token, "key", (String) novnc.body().get("Key"), "pin", PanelRig.PIN);
        PanelAnswer unknown = rig.call("action", "reboot", "token", token, "key", "nobodys", "pin", PanelRig.PIN);

        assertThat(context(rebooted)).containsEntry("id", "14494");
        assertThat(unknown.body()).containsEntry("code", "NO_SESSION");
    }

    @Test
    void everyAnswerLeavesATrailOfWhoAskedForWhatAndWhatCameOfIt() {
        String token = rig.token("14494");
        PanelAnswer novnc = rig.call("action", "novnc", "token", token, "id", "14494", "pin", PanelRig.PIN);
        rig.call("action", "novnc", "token", token, "id", "14494", "pin", "1111");
        rig.vendor.refusal = Optional.of(new AdapterException(Kind.BUSY, "BMC 10.0.0.5 says no"));
        rig.call("action", "reboot", "token", token, "id", "14494", "pin", PanelRig.PIN);

        assertThat(rig.audited("novnc")).extracting(AuditEvent::outcome).containsExactly("OK", "PIN_WRONG");
        assertThat(rig.audited("novnc").get(0).key()).contains((String) novnc.body().get("Key"));
        assertThat(rig.audited("novnc")).allSatisfy(event -> {
            assertThat(event.customer()).contains("c-17");
            assertThat(event.server()).contains("14494");
            assertThat(event.address()).contains("198.51.100.1");
        });
        assertThat(rig.audited("reboot")).extracting(AuditEvent::outcome).containsExactly("UNAVAILABLE");
        assertThat(rig.audited("novnc").toString() + rig.audited("reboot")).doesNotContain(token, "ticket-", "1111");
    }

    @Test
    void aJournalThatIsDownIsARefusalAndNoCrash() {
        rig.journal.close();

        PanelAnswer answer = novnc();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.retryAfter()).isPresent();
    }

    private PanelAnswer novnc() {
        return rig.call("action", "novnc", "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN);
    }

    private PanelAnswer check(PanelAnswer of) {
        return rig.call("action", "check_novnc", "token", rig.token("14494"), "key", (String) of.body().get("Key"));
    }

    private PanelAnswer stop(PanelAnswer of) {
        return rig.call("action", "stop_novnc", "token", rig.token("14494"), "key", (String) of.body().get("Key"));
    }

    private PanelAnswer extend(PanelAnswer of, String pin) {
        return rig.call("action", "extend_novnc", "token", rig.token("14494"), "key", (String) of.body().get("Key"), "pin", pin);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> context(PanelAnswer answer) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return (Map<String, Object>) answer.body().get("context");
    }

    /** What a refusal says, but for its reference. */
    private Map<String, Object> refusal(String... parameters) {
        String[] all = new String[parameters.length + 2];
        all[0] = "action";
        all[1] = "novnc";
        System.arraycopy(parameters, 0, all, 2, parameters.length);
        PanelAnswer answer = rig.call(all);
        assertThat(answer.status()).isEqualTo(403);
        Map<String, Object> words = new java.util.HashMap<>(answer.body());
        words.remove("Key");
        return words;
    }
}
