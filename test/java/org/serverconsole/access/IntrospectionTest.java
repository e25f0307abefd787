package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.serverconsole.access.Fixture.CLIENT;
import static org.serverconsole.access.Fixture.NOW;
import static org.serverconsole.access.Fixture.PIN;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakePanel;
import org.serverconsole.fake.FakePanel.Answer;
import org.serverconsole.fake.FakePanel.Request;
import org.serverconsole.fake.IntrospectingPanel;
import org.serverconsole.https.Authorities;
import org.serverconsole.https.PanelHttps;
import org.serverconsole.journal.Journal.SessionRecord;

/** Session tokens that only the panel can read. */
class IntrospectionTest {

    private static final String TOKEN = "Zm9v+YmFy/opaque.1~2";
    private static final String PANELS_PIN = "314159";

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private static PanelHttps https;

    private final AtomicInteger evaluated = new AtomicInteger();
    private IntrospectingPanel panel;
    private FakePanel server;
    private Fixture fixture;

    @BeforeAll
    static void prepare() throws Exception {
        certificate = Certificate.make(folder);
        https = new PanelHttps(Authorities.context(Optional.of(certificate.pem())), Duration.ofSeconds(30));
    }

    @BeforeEach
    void open() throws Exception {
        open("");
    }

    private void open(String panelsPin, String... moreProperties) throws Exception {
        close();
        panel = new IntrospectingPanel(panelsPin);
        panel.grant(TOKEN, "14494", NOW.plus(Duration.ofDays(30)));
        server = new FakePanel(certificate, panel);
        Map<String, String> properties = new HashMap<>(Map.of(
                "console-token-introspection-url", server.url("/introspect"), "console-panel-key", "panel-key"));
        for (int i = 0; i < moreProperties.length; i += 2) {
            properties.put(moreProperties[i], moreProperties[i + 1]);
        }
        fixture = new Fixture(properties, (pin, hash) -> {
            evaluated.incrementAndGet();
            return PinCheck.bcrypt().matches(pin, hash);
        }, Duration.ofMinutes(1), https);
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
            fixture.close();
        }
    }

    @Test
    void thePanelIsAskedForTheTokenAndTheServer() throws Exception {
        Admission admission = fixture.admit("14494", "token-" + TOKEN, PIN);

        assertThat(admission.token().customer()).isEqualTo("c-17");
        assertThat(admission.server().id()).isEqualTo("14494");
        assertThat(server.received()).containsExactly(new Request("POST", "/introspect", "Bearer panel-key",
                "token=Zm9v%2BYmFy%2Fopaque.1%7E2&server=14494"));
    }

    @Test
    void whereThePanelSaysNothingOfPinsTheInventoryDoes() {
        assertThat(refusal("14494", "token-" + TOKEN, "1111")).isEqualTo(Refusal.PIN_WRONG);
        assertThat(refusal("14494", "token-" + TOKEN, "")).isEqualTo(Refusal.PIN_MISSING);
        assertThat(server.received()).noneMatch(request -> request.body().contains("pin="));
    }

    @Test
    void itIsGoodAtThePanelsApiAsItIs() throws Exception {
        assertThat(fixture.access.admitAtPanel("14494", TOKEN, Optional.of(PIN)).server().id()).isEqualTo("14494");
        assertThat(fixture.access.bearer(TOKEN).customer()).isEqualTo("c-17");
        assertThat(server.received()).extracting(request -> IntrospectingPanel.parse(request.body()).containsKey("server"))
                .containsExactly(true, false);
    }

    @Test
    void aPasswordWithoutItsMarkIsNeverSentToThePanel() {
        assertThat(fixture.access.recognises("token-" + TOKEN)).isTrue();
        assertThat(fixture.access.recognises(TOKEN)).isFalse();
        assertThat(fixture.access.recognises("correct horse battery staple")).isFalse();
    }

    @Test
    void whereThePanelIsNotAskedTheMarkMeansNothing() throws Exception {
        try (Fixture signedOnly = new Fixture(Map.of())) {
            assertThat(signedOnly.access.recognises("token-" + TOKEN)).isFalse();
        }
    }

    @Test
    void aSignedTokenIsNotAskedFor() throws Exception {
        open("", "console-token-key", Fixture.base64(Fixture.KEY));

        fixture.type("14494", PIN);
        assertThat(server.requests()).isZero();
        fixture.admit("14494", "token-" + TOKEN, PIN);
        assertThat(server.requests()).isEqualTo(1);
    }

    @Test
    void aJwtThatOnlyThePanelCanVerifyIsAskedFor() throws Exception {
        String jwt = fixture.token("14494").hs256("another key, which only the panel has".getBytes());
        assertThat(refusal("14494", jwt, PIN)).isEqualTo(Refusal.TOKEN);

        panel.grant(jwt, "14494", NOW.plusSeconds(600));
        assertThat(fixture.admit("14494", jwt, PIN).server().id()).isEqualTo("14494");
    }

    @Test
    void whatIsGrantedIsBelievedForTenSecondsAndWhatIsRefusedNever() throws Exception {
        fixture.admit("14494", "token-" + TOKEN, PIN);
        panel.revoke(TOKEN);
        clockForward(Introspection.BELIEVED.minusMillis(1));
        fixture.admit("14494", "token-" + TOKEN, PIN);
        assertThat(server.requests()).isEqualTo(1);

        clockForward(Duration.ofMillis(1));
        assertThat(refusal("14494", "token-" + TOKEN, PIN)).isEqualTo(Refusal.TOKEN);
        panel.grant(TOKEN, "14494", NOW.plusSeconds(600));
        fixture.admit("14494", "token-" + TOKEN, PIN);
        assertThat(server.requests()).isEqualTo(3);
    }

    @Test
    void whatIsBelievedOfOneServerIsNotOfAnother() throws Exception {
        fixture.admit("14494", "token-" + TOKEN, PIN);

        assertThat(refusal("20110", "token-" + TOKEN, "271828")).isEqualTo(Refusal.TOKEN);
        assertThat(server.requests()).isEqualTo(2);
    }

    @Test
    void aTokenIsNotBelievedBeyondItsEnd() throws Exception {
        panel.grant(TOKEN, "14494", NOW.plusSeconds(4));
        fixture.admit("14494", "token-" + TOKEN, PIN);
        clockForward(Duration.ofSeconds(4));

        assertThat(refusal("14494", "token-" + TOKEN, PIN)).isEqualTo(Refusal.TOKEN);
    }

    @Test
    void aTokenOpensOneSessionWithOrWithoutAnIdOfItsOwn() throws Exception {
        panel.grant("second", "14494", NOW.plusSeconds(600));
        panel.with("second", "jti", "t-1");
        panel.grant("third", "14494", NOW.plusSeconds(600));
        panel.with("third", "jti", "t-1");

        assertThat(redeem(fixture.admit("14494", "token-" + TOKEN, PIN))).isTrue();
        assertThat(refusal("14494", "token-" + TOKEN, PIN)).isEqualTo(Refusal.TOKEN);
        assertThat(redeem(fixture.admit("14494", "token-second", PIN))).isTrue();
        assertThat(refusal("14494", "token-third", PIN)).isEqualTo(Refusal.TOKEN);
    }

    @Test
    void theAddressThatThePanelNamesIsTheOnlyOne() throws Exception {
        panel.with(TOKEN, "ip", "192.0.2.99");
        assertThat(refusal("14494", "token-" + TOKEN, PIN)).isEqualTo(Refusal.TOKEN);

        clockForward(Introspection.BELIEVED);
        panel.with(TOKEN, "ip", CLIENT);
        assertThat(fixture.admit("14494", "token-" + TOKEN, PIN).server().id()).isEqualTo("14494");
    }

    @Test
    void aPinThatThePanelJudgesIsNotJudgedHere() throws Exception {
        open(PANELS_PIN);

        assertThat(refusal("14494", "token-" + TOKEN, "")).isEqualTo(Refusal.PIN_MISSING);
        assertThat(refusal("14494", "token-" + TOKEN, PIN)).isEqualTo(Refusal.PIN_WRONG);
        assertThat(fixture.admit("14494", "token-" + TOKEN, PANELS_PIN).server().id()).isEqualTo("14494");
        assertThat(evaluated).hasValue(0);
    }

    @Test
    void aPinIsSentOnlyWithATokenThatIsActive() throws Exception {
        open(PANELS_PIN);

        assertThat(refusal("14494", "token-forged", PANELS_PIN)).isEqualTo(Refusal.TOKEN);
        assertThat(pinsSent()).isEmpty();
    }

    @Test
    void whoeverGuessesPinsIsLockedOutAndThePanelIsNotToldTheRest() throws Exception {
        open(PANELS_PIN);
        for (int i = 0; i < 5; i++) {
            assertThat(refusal("14494", "token-" + TOKEN, "wrong-" + i)).isEqualTo(Refusal.PIN_WRONG);
        }
        int asked = server.requests();

        assertThat(refusal("14494", "token-" + TOKEN, PANELS_PIN)).isEqualTo(Refusal.PIN_LOCKED);
        assertThat(pinsSent()).hasSize(5).doesNotContain(PANELS_PIN);
        assertThat(server.requests()).as("asked all the same, to take as long").isEqualTo(asked + 1);
        clockForward(Duration.ofSeconds(901));
        assertThat(fixture.admit("14494", "token-" + TOKEN, PANELS_PIN).server().id()).isEqualTo("14494");
    }

    @Test
    void aPanelThatNeedsNoPinSaysSo() throws Exception {
        panel.with(TOKEN, "pin", "accepted");

        assertThat(fixture.access.admit("14494", "token-" + TOKEN, Optional.empty(), CLIENT).server().id()).isEqualTo("14494");
    }

    @Test
    void aServerOfThePanelThatTheInventoryDoesNotKnowIsNotSetUp() throws Exception {
        open(PANELS_PIN);
        panel.grant(TOKEN, "30000", NOW.plusSeconds(600));

        assertThat(refusal("30000", "token-" + TOKEN, PANELS_PIN)).isEqualTo(Refusal.NOT_SET_UP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "<html>", "{}", "{\"active\":\"true\"}", "{\"active\":true}",
        "{\"active\":true,\"sub\":\"c-17\",\"server\":\"14494\"}",
        "{\"active\":true,\"sub\":\"c-17\",\"exp\":4102444800}",
        "{\"active\":true,\"server\":\"14494\",\"exp\":4102444800}",
        "{\"active\":true,\"sub\":\"c-17\",\"server\":\"14494\",\"exp\":4102444800,\"pin\":\"yes\"}",
        "{\"active\":true,\"sub\":\"c-17\",\"server\":\"14494\",\"exp\":4102444800,\"mode\":\"all\"}"})
    void anAnswerThatIsNoneAdmitsNobody(String answer) {
        server.answer(Answer.with(200, answer));
        assertThat(refusal("14494", "token-" + TOKEN, PIN)).isEqualTo(Refusal.UNAVAILABLE);
    }

    @Test
    void aPanelThatDoesNotAnswerAdmitsNobodyAndIsAskedAgain() throws Exception {
        for (Answer ill : List.of(Answer.with(500, "{\"active\":true}"), Answer.with(401, ""), Answer.nothing(),
                Answer.redirect(server.url()), Answer.endless())) {
            server.answer(ill);
            assertThat(refusal("14494", "token-" + TOKEN, PIN)).isEqualTo(Refusal.UNAVAILABLE);
        }
        server.answer(panel);
        assertThat(fixture.admit("14494", "token-" + TOKEN, PIN).server().id()).isEqualTo("14494");
    }

    @ParameterizedTest
    @ValueSource(strings = {"token-", "token-a b", "token-ä", "token-a\nb"})
    void whatNoPanelCouldHaveMadeIsNotAskedFor(String password) {
        assertThat(refusal("14494", password, PIN)).isEqualTo(Refusal.TOKEN);
        assertThat(server.requests()).isZero();
    }

    @Test
    void noMoreThanThirtyTwoWaitForASilentPanel() throws Exception {
        server.answer(Answer.silence());
        ExecutorService callers = Executors.newFixedThreadPool(50);
        try {
            List<Future<Refusal>> refusals = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String token = "token-" + i;
                refusals.add(callers.submit(() -> refusal("14494", token, PIN)));
            }
            await().until(() -> refusals.stream().filter(Future::isDone).count() == 18);
            server.close();
            List<Refusal> told = new ArrayList<>();
            for (Future<Refusal> refusal : refusals) {
                told.add(refusal.get());
            }
            assertThat(told).filteredOn(Refusal.TOO_MANY::equals).hasSize(18);
            assertThat(told).filteredOn(Refusal.UNAVAILABLE::equals).hasSize(32);
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void noRefusalTellsTokenOrPin() throws Exception {
        open(PANELS_PIN);
        for (String token : List.of("token-forged-token", "token-" + TOKEN)) {
            AccessException refused = catchThrowableOfType(
                    AccessException.class, () -> fixture.admit("14494", token, "wrong-pin"));
            assertThat(refused.getMessage()).doesNotContain("forged-token", TOKEN, "wrong-pin");
        }
    }

    private Refusal refusal(String serverId, String password, String pin) {
        return Fixture.refusal(() -> fixture.admit(serverId, password, pin));
    }

    private boolean redeem(Admission admission) {
        return fixture.access.redeem(admission,
                new SessionRecord(admission.key(), admission.server().id(), "c-17", NOW, NOW.plusSeconds(7200)));
    }

    private List<String> pinsSent() {
        return server.received().stream().map(request -> IntrospectingPanel.parse(request.body()).get("pin"))
                .filter(pin -> pin != null).toList();
    }

    private void clockForward(Duration by) {
        fixture.clock.advance(by);
    }
}
