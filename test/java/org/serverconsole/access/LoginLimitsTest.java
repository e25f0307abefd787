package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.serverconsole.access.Fixture.CLIENT;
import static org.serverconsole.access.Fixture.KEY;
import static org.serverconsole.access.Fixture.NOW;
import static org.serverconsole.access.Fixture.PIN;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.fake.FakeClock;

class LoginLimitsTest {

    private final FakeClock clock = new FakeClock(NOW);
    private final LoginLimits limits = new LoginLimits(3, clock);

    @Test
    void whoComesTooOftenIsToldWhenToComeAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            limits.count(CLIENT);
        }
        AccessException refused = refused(() -> limits.count(CLIENT));
        assertThat(refused.refusal()).isEqualTo(Refusal.TOO_MANY);
        assertThat(refused.getMessage()).contains("console-max-logins-per-minute", "3 logins a minute from one address");

        clock.advance(refused.retryAfter());
        limits.count(CLIENT);
        refused(() -> limits.count(CLIENT));
        clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 3; i++) {
            limits.count(CLIENT);
        }
    }

    @Test
    void oneAddressTakesNothingFromAnother() throws Exception {
        for (int i = 0; i < 3; i++) {
            limits.count(CLIENT);
        }
        refused(() -> limits.count(CLIENT));

        assertThatCode(() -> limits.count("192.0.2.18")).doesNotThrowAnyException();
    }

    @Test
    void aHouseholdIsOneHoweverManyAddressesItHas() throws Exception {
        limits.count("2001:db8:1:2::1");
        limits.count("2001:db8:1:2:aaaa:bbbb:cccc:dddd");
        limits.count("2001:0db8:0001:0002:0000:0000:0000:0003%eth0");
        refused(() -> limits.count("2001:db8:1:2::4"));

        limits.count("2001:db8:1:3::1");
        limits.count("::ffff:192.0.2.17");
        limits.count(CLIENT);
        limits.count(CLIENT);
        refused(() -> limits.count("::ffff:192.0.2.17"));
    }

    @Test
    void aCustomerBeyondHisLimitTakesNothingFromHisServersOthers() throws Exception {
        for (int i = 0; i < 3; i++) {
            limits.count("c-1", i < 2 ? "20110" : "14494");
        }
        for (int i = 0; i < 10; i++) {
            refused(() -> limits.count("c-1", "14494"));
        }

        limits.count("c-2", "14494");
        limits.count("c-3", "14494");
        assertThat(refused(() -> limits.count("c-4", "14494"))).hasMessageContaining("for one server");
    }

    @Test
    void ofManyAtOnceNoMoreGetInThanMay() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(20);
        List<Future<Boolean>> results = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            results.add(clients.submit(() -> {
                try {
                    limits.count(CLIENT);
                    return true;
                } catch (AccessException e) {
                    return false;
                }
            }));
        }
        int in = 0;
        for (Future<Boolean> result : results) {
            in += result.get() ? 1 : 0;
        }
        clients.shutdown();
        assertThat(in).isEqualTo(3);
    }

    @Test
    void aForgersTokensCountForNobodyAndNoPinIsTriedBeyondTheLimit() throws Exception {
        try (Fixture fixture = new Fixture(Map.of("console-max-logins-per-minute", "3"))) {
            for (int i = 0; i < 10; i++) {
                assertThat(Fixture.refusal(() -> fixture.admit(
                        "14494", fixture.token("14494").hs256("some other key, as long as any".getBytes()), PIN)))
                        .isEqualTo(Refusal.TOKEN);
            }
            for (int i = 0; i < 3; i++) {
                fixture.type("14494", PIN);
            }
            assertThat(Fixture.refusal(() -> fixture.type("14494", PIN))).isEqualTo(Refusal.TOO_MANY);
            String others = fixture.token("20110").with("sub", "c-18").hs256(KEY);
            assertThat(fixture.admit("20110", others, "271828").server().id()).isEqualTo("20110");
        }
    }

    @Test
    void thePanelMayCallAsOftenAsItHasCustomers() throws Exception {
        try (Fixture fixture = new Fixture(Map.of("console-max-logins-per-minute", "3", "console-pin", "off"))) {
            for (int i = 0; i < 50; i++) {
                String server = "server-" + i;
                fixture.add(server, "");
                String token = fixture.token(server).with("sub", "customer-" + i).hs256(KEY);
                assertThat(fixture.access.admitAtPanel(server, token, Optional.empty()).server().id()).isEqualTo(server);
            }
            String token = fixture.token("14494").hs256(KEY);
            for (int i = 0; i < 3; i++) {
                fixture.access.admitAtPanel("14494", token, Optional.empty());
            }
            AccessException refused = refused(() -> fixture.access.admitAtPanel("14494", token, Optional.empty()));
            assertThat(refused.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(21));
        }
    }

    private static AccessException refused(ThrowingCallable call) {
        AccessException refused = catchThrowableOfType(AccessException.class, call);
        assertThat(refused).isNotNull();
        return refused;
    }
}
