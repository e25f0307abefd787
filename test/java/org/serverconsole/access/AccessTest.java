package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.serverconsole.access.Fixture.CLIENT;
import static org.serverconsole.access.Fixture.KEY;
import static org.serverconsole.access.Fixture.NOW;
import static org.serverconsole.access.Fixture.PIN;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.config.ConfigException;
import org.serverconsole.journal.Journal;
import org.serverconsole.fake.PanelToken;
import org.serverconsole.inventory.InventoryException;
import org.serverconsole.journal.Journal.SessionRecord;

class AccessTest {

    private Fixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new Fixture(Map.of());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private PanelToken token() {
        return fixture.token("14494");
    }

    private Refusal refusal(String server, String token) {
        return Fixture.refusal(() -> fixture.admit(server, token, PIN));
    }

    @Test
    void aGoodTokenAndTheRightPinAdmitToTheServer() throws Exception {
        Admission admission = fixture.type("14494", PIN);

        assertThat(admission.server()).isEqualTo(fixture.servers.get("14494"));
        assertThat(admission.token().customer()).isEqualTo("c-17");
    }

    @Test
    void aRefusalNamesTheCustomerWhereAGoodTokenDidAndNobodyElse() {
        assertThatThrownBy(() -> fixture.type("14494", "1")).isInstanceOfSatisfying(AccessException.class, refused -> {
            assertThat(refused.refusal()).isEqualTo(Refusal.PIN_WRONG);
            assertThat(refused.customer()).contains("c-17");
        });
        assertThatThrownBy(() -> fixture.admit("14494", token().hs256(KEY) + "x", PIN)).isInstanceOfSatisfying(
                AccessException.class, refused -> assertThat(refused.customer()).isEmpty());
    }

    @Test
    void productionsOwnAccessAdmitsJustSo() throws Exception {
        Access access = new Access(Fixture.config(Map.of()), Fixture.https(), fixture.tickets, id -> Optional.ofNullable(fixture.servers.get(id)),
                fixture.journal, fixture.clock);

        assertThat(access.admit("14494", token().hs256(KEY), Optional.of(PIN), CLIENT).server().id()).isEqualTo("14494");
        assertThat(Fixture.refusal(() -> access.admit("14494", token().hs256(KEY), Optional.of("1"), CLIENT)))
                .isEqualTo(Refusal.PIN_WRONG);
    }

    @Test
    void keysThatCannotBeUsedAreNamedAtStart() throws Exception {
        var config = Fixture.config(Map.of("console-token-jwks", Path.of("pom.xml").toAbsolutePath().toString()));
        assertThatThrownBy(() -> new Access(config, Fixture.https(), fixture.tickets, id -> Optional.empty(), fixture.journal, fixture.clock))
                .isInstanceOf(ConfigException.class).hasMessageContaining("console-token-jwks");
    }

    @Test
    void aUsedLinkIsNoLongerGoodForGuessingPins() throws Exception {
        String used = token().hs256(KEY);
        Admission admission = fixture.admit("14494", used, PIN);
        fixture.access.redeem(admission, new Journal.SessionRecord("key", "14494", "c-17", Fixture.NOW, Fixture.NOW));

        for (int i = 0; i < 10; i++) {
            assertThat(Fixture.refusal(() -> fixture.admit("14494", used, "1111"))).isEqualTo(Refusal.TOKEN);
        }
        assertThat(fixture.type("14494", PIN).server().id()).as("nothing is locked").isEqualTo("14494");
    }

    @Test
    void aTokenForSeveralServersAdmitsToEachOfThem() throws Exception {
        String token = token().with("server", List.of("14494", "20110")).hs256(KEY);

        fixture.admit("14494", token, PIN);
        fixture.admit("20110", token, "271828");
        assertThat(refusal("30000", token)).isEqualTo(Refusal.TOKEN);
    }

    @Test
    void aTokenForAnotherServerIsRefused() {
        assertThat(refusal("14494", fixture.token("20110").hs256(KEY))).isEqualTo(Refusal.TOKEN);
        assertThat(refusal("14494", fixture.token("1449").hs256(KEY))).isEqualTo(Refusal.TOKEN);
        assertThat(refusal("", token().hs256(KEY))).isEqualTo(Refusal.TOKEN);
    }

    @Test
    void aTokenBoundToAnAddressIsGoodThereOnly() throws Exception {
        String four = token().with("ip", "192.0.2.17").hs256(KEY);
        String six = token().with("ip", "2001:DB8::17").hs256(KEY);

        for (String here : List.of("192.0.2.17", "::ffff:192.0.2.17")) {
            fixture.access.admit("14494", four, Optional.of(PIN), here);
        }
        fixture.access.admit("14494", six, Optional.of(PIN), "2001:db8:0:0:0:0:0:17");
        for (String elsewhere : List.of("192.0.2.18", "2001:db8::17", "", "unknown", "192.0.2.17, 192.0.2.18")) {
            assertThat(Fixture.refusal(() -> fixture.access.admit("14494", four, Optional.of(PIN), elsewhere)))
                    .isEqualTo(Refusal.TOKEN);
        }
    }

    @Test
    void whoMayLookOnOnlyNeedsNoPinAndOpensNoConsole() throws Exception {
        String token = token().with("mode", "view").hs256(KEY);
        Admission admission = fixture.access.admit("14494", token, Optional.empty(), CLIENT);

        assertThat(admission.token().mode()).isEqualTo(SessionToken.Mode.VIEW);
        assertThat(refusal("20110", token)).isEqualTo(Refusal.TOKEN);
        assertThat(Fixture.refusal(() -> fixture.access.admitAtPanel("14494", token, Optional.of(PIN))))
                .isEqualTo(Refusal.TOKEN);
    }

    @Test
    void anExpiredTokenIsRefusedWithTheRightPinToo() {
        String token = token().hs256(KEY);
        fixture.clock.advance(Duration.ofMinutes(10));
        assertThat(refusal("14494", token)).isEqualTo(Refusal.TOKEN);
    }

    @Test
    void aTokenOpensOneSessionOnly() throws Exception {
        Admission admission = fixture.type("14494", PIN);

        assertThat(redeem(admission)).isTrue();
        assertThat(redeem(admission)).isFalse();
        assertThat(redeem(fixture.type("14494", PIN))).as("another token").isTrue();
    }

    @Test
    void aTokenForTwoServersOpensOneSessionInAll() throws Exception {
        String token = token().with("server", List.of("14494", "20110")).hs256(KEY);

        Admission one = fixture.admit("14494", token, PIN);
        Admission other = fixture.admit("20110", token, "271828");

        assertThat(redeem(one)).isTrue();
        assertThat(redeem(other)).isFalse();
    }

    @Test
    void anotherTokenOfTheSameIdIsTheSameToken() throws Exception {
        PanelToken token = token().with("jti", "t-1");

        Admission one = fixture.admit("14494", token.hs256(KEY), PIN);
        Admission other = fixture.admit("14494", token.with("locale", "nl").hs256(KEY), PIN);

        assertThat(redeem(one)).isTrue();
        assertThat(redeem(other)).isFalse();
    }

    @Test
    void customersWhoseTokensAreNumberedAlikeDoNotUseUpEachOthers() throws Exception {
        PanelToken token = token().with("jti", "1");

        Admission one = fixture.admit("14494", token.with("sub", "c-1").hs256(KEY), PIN);
        Admission other = fixture.admit("14494", token.with("sub", "c-2").hs256(KEY), PIN);

        assertThat(redeem(one)).isTrue();
        assertThat(redeem(other)).isTrue();
        assertThat(redeem(other)).isFalse();
    }

    @Test
    void theJournalKnowsATokenByTheHashOfCustomerAndId() throws Exception {
        String token = token().with("jti", "t-1").hs256(KEY);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest("c-17\nt-1".getBytes());

        assertThat(fixture.admit("14494", token, PIN).tokenHash()).isEqualTo(HexFormat.of().formatHex(hash));
    }

    @Test
    void ofAHundredRedemptionsAtOnceExactlyOneSucceeds() throws Exception {
        String token = token().hs256(KEY);
        Admission admission = fixture.admit("14494", token, PIN);
        ExecutorService browsers = Executors.newFixedThreadPool(100);
        try {
            List<Callable<Boolean>> redemptions = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                redemptions.add(() -> redeem(admission));
            }
            int redeemed = 0;
            for (Future<Boolean> redemption : browsers.invokeAll(redemptions)) {
                redeemed += redemption.get() ? 1 : 0;
            }
            assertThat(redeemed).isEqualTo(1);
        } finally {
            browsers.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "eyJhbGciOiJIUzI1NiJ9.%%.AAAA",
        "eyJhbGciOiJIUzI1NiJ9.e30.AA/A+=", "eyAiYWxnIiA6ICJIUzI1NiJ9.e30.AAAA", "ewoiYWxnIjogIkhTMjU2In0.e30.AAAA",
        "eyJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiZGlyIn0..aaaa.bbbb.cccc"})
    void tokensGoodAndBadAreMeantAsTokens(String password) {
        assertThat(Access.looksLikeToken(password)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "a.b.c", "...", "eve.was.here", "e1.2.3", "eyJhbGciOiJIUzI1NiJ9.e30", "192.168.100.100",
        "every-good.password.has-dots", "everyGoodPassword.hasOneDot", " eyJhbGciOiJub25lIn0.e30."})
    void passwordsAreLeftToOtherExtensions(String password) {
        assertThat(Access.looksLikeToken(password)).isFalse();
    }

    @Test
    void aTokenOfAnyLengthIsMeantAsOne() {
        String endless = "eyJ" + "A".repeat(5_000_000);
        assertThat(Access.looksLikeToken(endless)).isFalse();
        assertThat(Access.looksLikeToken(endless + "." + endless + ".")).isTrue();
        assertThatCode(() -> Access.looksLikeToken(endless + "." + endless)).doesNotThrowAnyException();
    }

    private boolean redeem(Admission admission) {
        return fixture.access.redeem(admission, new SessionRecord(UUID.randomUUID().toString(), admission.server().id(),
                admission.token().customer(), NOW, NOW.plusSeconds(7200)));
    }

    @Test
    void nobodyIsToldThatAServerIsUnknownWhileTheInventoryCannotTell() throws Exception {
        Access access = new Access(Fixture.config(Map.of()), Fixture.https(), fixture.tickets, id -> {
            throw new InventoryException("the panel has not said what server " + id + " is");
        }, fixture.journal, fixture.clock);
        String ticket = fixture.mint(fixture.type("14494", Fixture.PIN), Optional.empty()).text().reveal();

        for (String token : List.of(fixture.token("14494").hs256(Fixture.KEY), ticket)) {
            assertThat(Fixture.refusal(() -> access.admit("14494", token, Optional.of(Fixture.PIN), Fixture.CLIENT)))
                    .isEqualTo(AccessException.Refusal.UNAVAILABLE);
        }
    }
}
