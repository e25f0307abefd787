package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.serverconsole.access.Fixture.CLIENT;
import static org.serverconsole.access.Fixture.KEY;
import static org.serverconsole.access.Fixture.PIN;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.access.AccessException.Refusal;

/** PINs, one after the other. What happens when many come at once is in {@link ManyPinsTest}. */
class PinGateTest {

    private static final String WRONG = "9999";

    /** Every bcrypt that was spent. */
    private final List<PinHash> spent = new CopyOnWriteArrayList<>();
    private Fixture fixture;

    @BeforeEach
    void open() throws Exception {
        open(Map.of());
    }

    private void open(Map<String, String> properties) throws Exception {
        if (fixture != null) {
            fixture.close();
        }
        fixture = new Fixture(properties, (pin, hash) -> {
            spent.add(hash);
            return PinCheck.bcrypt().matches(pin, hash);
        }, Duration.ofMinutes(1));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Refusal typed(String server, String pin) {
        return Fixture.refusal(() -> fixture.type(server, pin));
    }

    private Refusal withoutPin(String server) {
        return Fixture.refusal(
                () -> fixture.access.admit(server, fixture.token(server).hs256(KEY), Optional.empty(), CLIENT));
    }

    private long comparedWithTheServers() {
        return spent.stream().filter(hash -> fixture.servers.values().stream().anyMatch(s -> s.pin().equals(hash.text()))).count();
    }

    @Test
    void aMissingPinIsAskedForAndCountsAsNoAttempt() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(withoutPin("14494")).isEqualTo(Refusal.PIN_MISSING);
            assertThat(typed("14494", "")).isEqualTo(Refusal.PIN_MISSING);
        }
        assertThat(spent).isEmpty();
        fixture.type("14494", PIN);
    }

    @Test
    void aWrongPinIsWrong() {
        assertThat(typed("14494", WRONG)).isEqualTo(Refusal.PIN_WRONG);
        assertThat(typed("14494", "271828")).as("another server's").isEqualTo(Refusal.PIN_WRONG);
    }

    @Test
    void leadingZerosArePartOfAPin() throws Exception {
        assertThat(typed("14494", "42")).isEqualTo(Refusal.PIN_WRONG);
        assertThat(typed("14494", "042")).isEqualTo(Refusal.PIN_WRONG);
        assertThat(typed("14494", "00042")).isEqualTo(Refusal.PIN_WRONG);
        fixture.type("14494", "0042");

        fixture.add("30000", Fixture.hash("000000"));
        fixture.type("30000", "000000");
        assertThat(typed("30000", "0")).isEqualTo(Refusal.PIN_WRONG);
    }

    @Test
    void hashesOfAllThreePrefixesAreUnderstood() throws Exception {
        for (BCrypt.Version version : List.of(BCrypt.Version.VERSION_2A, BCrypt.Version.VERSION_2B, BCrypt.Version.VERSION_2Y)) {
            fixture.add("30000", BCrypt.with(version).hashToString(4, "31415".toCharArray()));
            fixture.type("30000", "31415");
            assertThat(typed("30000", WRONG)).isEqualTo(Refusal.PIN_WRONG);
        }
    }

    @Test
    void aHashOfAnotherImplementationIsUnderstood() throws Exception {
        // From the test vectors of OpenBSD's and Openwall's bcrypt: $2a$, and $2y$ with a byte above 127.
        fixture.add("30000", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        fixture.type("30000", "U*U");
        fixture.add("30001", "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e");
        assertThat(typed("30001", "U*U")).isEqualTo(Refusal.PIN_WRONG);
    }

    @Test
    void afterFiveWrongPinsTheRightOneIsRefusedToo() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(typed("14494", WRONG)).isEqualTo(Refusal.PIN_WRONG);
        }
        assertThat(typed("14494", PIN)).isEqualTo(Refusal.PIN_LOCKED);
        assertThat(typed("14494", WRONG)).isEqualTo(Refusal.PIN_LOCKED);

        fixture.clock.advance(Duration.ofSeconds(900));
        fixture.type("14494", PIN);
    }

    @Test
    void theFifthPinMayBeTheRightOneAndForgetsTheFourBefore() throws Exception {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 4; i++) {
                assertThat(typed("14494", WRONG)).isEqualTo(Refusal.PIN_WRONG);
            }
            fixture.type("14494", PIN);
        }
    }

    @Test
    void aSecondLockLastsTwiceAsLong() throws Exception {
        lock("14494");
        fixture.clock.advance(Duration.ofSeconds(900));
        lock("14494");
        fixture.clock.advance(Duration.ofSeconds(1799));
        assertThat(typed("14494", PIN)).isEqualTo(Refusal.PIN_LOCKED);
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.type("14494", PIN);
    }

    @Test
    void attemptsAndLockoutAreTheOperatorsChoice() throws Exception {
        open(Map.of("console-pin-attempts", "2", "console-pin-lockout", "60"));
        assertThat(typed("14494", WRONG)).isEqualTo(Refusal.PIN_WRONG);
        assertThat(typed("14494", WRONG)).isEqualTo(Refusal.PIN_WRONG);
        assertThat(typed("14494", PIN)).isEqualTo(Refusal.PIN_LOCKED);
        fixture.clock.advance(Duration.ofSeconds(60));
        fixture.type("14494", PIN);
    }

    @Test
    void aLockedServerIsLockedForAllItsCustomers() {
        lock("14494");
        assertThat(Fixture.refusal(() -> fixture.admit("14494", fixture.token("14494").with("sub", "c-18").hs256(KEY), PIN)))
                .isEqualTo(Refusal.PIN_LOCKED);
    }

    @Test
    void aCustomerWhoGuessedIsLockedAtHisOtherServersToo() {
        lock("14494");
        assertThat(typed("20110", "271828")).isEqualTo(Refusal.PIN_LOCKED);
    }

    @Test
    void guessingSpreadOverServersIsCountedForTheCustomer() {
        for (int i = 0; i < 5; i++) {
            assertThat(typed(i % 2 == 0 ? "14494" : "20110", WRONG)).isEqualTo(Refusal.PIN_WRONG);
        }
        assertThat(typed("14494", PIN)).isEqualTo(Refusal.PIN_LOCKED);
    }

    @Test
    void nobodyLocksAnothersServer() throws Exception {
        String foreign = fixture.token("14494").with("sub", "c-99").hs256(KEY);
        for (int i = 0; i < 20; i++) {
            assertThat(Fixture.refusal(() -> fixture.admit("20110", foreign, WRONG))).isEqualTo(Refusal.TOKEN);
            Fixture.refusal(() -> fixture.admit("14494", foreign, WRONG));
        }
        fixture.type("20110", "271828");
    }

    @Test
    void aCustomersNameCannotBeTakenForAServers() throws Exception {
        String odd = fixture.token("20110").with("sub", "server:14494").hs256(KEY);
        for (int i = 0; i < 5; i++) {
            assertThat(Fixture.refusal(() -> fixture.admit("20110", odd, WRONG))).isEqualTo(Refusal.PIN_WRONG);
        }
        fixture.type("14494", PIN);
    }

    @Test
    void withoutAGoodTokenNoBcryptIsSpentAndNothingIsCounted() throws Exception {
        byte[] otherKey = new byte[32];
        for (int i = 0; i < 50; i++) {
            assertThat(Fixture.refusal(() -> fixture.admit("14494", fixture.token("14494").hs256(otherKey), PIN)))
                    .isEqualTo(Refusal.TOKEN);
        }
        assertThat(spent).isEmpty();
        fixture.type("14494", PIN);
    }

    @Test
    void everyPinCostsOneBcryptOfTheSameCost() {
        assertThat(typed("14494", WRONG)).isEqualTo(Refusal.PIN_WRONG);
        assertThat(typed("14494", "x".repeat(73))).isEqualTo(Refusal.PIN_WRONG);
        assertThat(typed("14494", "0042\0x")).isEqualTo(Refusal.PIN_WRONG);
        assertThat(typed("unknown", WRONG)).isEqualTo(Refusal.NOT_SET_UP);
        lock("14494", 2);
        assertThat(typed("14494", PIN)).isEqualTo(Refusal.PIN_LOCKED);
        assertThat(typed("14494", "x".repeat(73))).isEqualTo(Refusal.PIN_LOCKED);

        assertThat(spent).hasSize(8).allMatch(hash -> hash.cost() == 4);
        assertThat(comparedWithTheServers()).isEqualTo(3);
    }

    @Test
    void theRightPinIsNotComparedWhileLocked() {
        lock("14494");
        spent.clear();
        for (int i = 0; i < 20; i++) {
            assertThat(typed("14494", PIN)).isEqualTo(Refusal.PIN_LOCKED);
        }
        assertThat(comparedWithTheServers()).isZero();
        assertThat(spent).hasSize(20);
    }

    @Test
    void aDecoyIsRealWorkOfItsCost() {
        for (int cost : List.of(4, 5, 12)) {
            PinHash decoy = PinHash.decoy(cost);
            assertThat(PinHash.of(decoy.text())).contains(decoy);
            assertThat(BCrypt.verifyer().verify(WRONG.getBytes(), decoy.bytes()).validFormat).isTrue();
        }
    }

    @Test
    void anUnknownServerIsLockedLikeAnyOtherAndLocksNobodyOut() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(typed("unknown", PIN)).isEqualTo(Refusal.NOT_SET_UP);
        }
        assertThat(typed("unknown", PIN)).isEqualTo(Refusal.PIN_LOCKED);
        fixture.type("14494", PIN);
    }

    @Test
    void aLongPinOfSeventyTwoBytesIsStillAPin() throws Exception {
        String longest = "\u20ac".repeat(24);
        fixture.add("30000", Fixture.hash(longest));

        fixture.type("30000", longest);
        assertThat(typed("30000", longest + "x")).isEqualTo(Refusal.PIN_WRONG);
        assertThat(typed("30000", longest.repeat(10_000))).isEqualTo(Refusal.PIN_WRONG);
    }

    @Test
    void aServerWithoutPinIsNotSetUpWhereOneIsRequired() throws Exception {
        fixture.add("30000", "");
        assertThat(withoutPin("30000")).isEqualTo(Refusal.NOT_SET_UP);
        assertThat(typed("30000", PIN)).isEqualTo(Refusal.NOT_SET_UP);
        assertThat(typed("30000", "-")).as("what stands for no PIN").isEqualTo(Refusal.NOT_SET_UP);
    }

    @Test
    void aServerWithAHashThatIsNoneIsNotSetUp() throws Exception {
        for (String odd : List.of(PIN, "$2b$12$", "$1$abc$def", "$2b$99$" + "a".repeat(53), "$2x$04$" + "a".repeat(53))) {
            fixture.add("30000", odd);
            assertThat(withoutPin("30000")).isEqualTo(Refusal.NOT_SET_UP);
            fixture.clock.advance(Duration.ofDays(8));
            assertThat(typed("30000", odd)).isEqualTo(Refusal.NOT_SET_UP);
        }
    }

    @Test
    void whereThePinIsOptionalOnlyServersThatHaveOneAskForIt() throws Exception {
        open(Map.of("console-pin", "optional"));
        fixture.add("30000", "");

        assertThat(fixture.access.admit("30000", fixture.token("30000").hs256(KEY), Optional.empty(), CLIENT).server().id())
                .isEqualTo("30000");
        fixture.type("30000", "typed for nothing");
        assertThat(spent).isEmpty();

        assertThat(withoutPin("14494")).isEqualTo(Refusal.PIN_MISSING);
        assertThat(typed("14494", WRONG)).isEqualTo(Refusal.PIN_WRONG);
        fixture.type("14494", PIN);
        assertThat(typed("unknown", PIN)).isEqualTo(Refusal.NOT_SET_UP);
        assertThat(spent).hasSize(3);
    }

    @Test
    void whereThePinIsOffNobodyIsAsked() throws Exception {
        open(Map.of("console-pin", "off"));
        for (int i = 0; i < 10; i++) {
            fixture.access.admit("14494", fixture.token("14494").hs256(KEY), Optional.empty(), CLIENT);
            fixture.type("14494", WRONG);
        }
        assertThat(withoutPin("unknown")).isEqualTo(Refusal.NOT_SET_UP);
        assertThat(spent).isEmpty();
    }

    private void lock(String server) {
        lock(server, 5);
    }

    private void lock(String server, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(typed(server, WRONG)).isEqualTo(Refusal.PIN_WRONG);
        }
    }
}
