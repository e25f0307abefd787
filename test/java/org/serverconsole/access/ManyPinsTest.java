package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.serverconsole.access.Fixture.KEY;
import static org.serverconsole.access.Fixture.PIN;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.access.AccessException.Refusal;

/** Many PINs at once. */
class ManyPinsTest {

    private static final String WRONG = "9999";
    private static final Duration LONG = Duration.ofMinutes(2);

    private final ExecutorService clients = Executors.newCachedThreadPool();

    /** Lets evaluations pass, one for each permit. */
    private final Semaphore gate = new Semaphore(0);
    private final AtomicInteger entered = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();
    private final AtomicInteger comparedWithTheServers = new AtomicInteger();
    private Fixture fixture;

    private void open(Duration patience) throws Exception {
        fixture = new Fixture(Map.of(), (pin, hash) -> {
            entered.incrementAndGet();
            mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
            gate.acquireUninterruptibly();
            try {
                if (fixture.servers.values().stream().anyMatch(server -> server.pin().equals(hash.text()))) {
                    comparedWithTheServers.incrementAndGet();
                }
                return PinCheck.bcrypt().matches(pin, hash);
            } finally {
                inside.decrementAndGet();
            }
        }, patience);
    }

    @AfterEach
    void close() {
        gate.release(1_000_000);
        clients.shutdownNow();
        fixture.close();
    }

    private Future<Refusal> guess(String server, String customer) {
        String token = fixture.token(server).with("sub", customer).hs256(KEY);
        return clients.submit(() -> Fixture.refusal(() -> fixture.admit(server, token, WRONG)));
    }

    private Future<Admission> login(String server, String customer) {
        String token = fixture.token(server).with("sub", customer).hs256(KEY);
        return clients.submit(() -> fixture.admit(server, token, PIN));
    }

    private void addServers(int count) {
        for (int i = 0; i < count; i++) {
            fixture.add("s-" + i, Fixture.hash(PIN));
        }
    }

    @Test
    void ofTenThousandGuessesFrom200AddressesAtOnceFiveAreEvaluated() throws Exception {
        open(LONG);
        gate.release(1_000_000);
        ExecutorService callers = Executors.newFixedThreadPool(200);
        try {
            List<Callable<Refusal>> guesses = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                String token = fixture.token("14494").with("sub", "c-" + i % 3).hs256(KEY);
                String address = "198.51.100." + i % 200;
                guesses.add(() -> Fixture.refusal(() -> fixture.access.admit("14494", token, Optional.of(WRONG), address)));
            }
            List<Refusal> refusals = new ArrayList<>();
            for (Future<Refusal> refusal : callers.invokeAll(guesses)) {
                refusals.add(refusal.get());
            }
            assertThat(comparedWithTheServers).hasValue(5);
            assertThat(refusals).containsOnly(Refusal.PIN_WRONG, Refusal.PIN_LOCKED, Refusal.TOO_MANY);
            assertThat(refusals.stream().filter(refusal -> refusal == Refusal.PIN_WRONG)).hasSize(5);
            assertThat(mostInside.get()).isLessThanOrEqualTo(2);
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void twoAreEvaluatedAtOnceAndTheOthersWait() throws Exception {
        open(LONG);
        addServers(20);
        List<Future<Admission>> logins = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            logins.add(login("s-" + i, "c-" + i));
        }
        await().until(() -> fixture.turns.waitingOrServed() == 40);
        await().until(() -> entered.get() == 2);
        gate.release(20);

        for (Future<Admission> login : logins) {
            assertThat(login.get().server().id()).startsWith("s-");
        }
        assertThat(mostInside).hasValue(2);
        assertThat(fixture.turns.waitingOrServed()).as("nothing is kept of those who are gone").isZero();
    }

    @Test
    void whoeverGuessesByTheThousandDoesNotKeepAnotherOwnerWaiting() throws Exception {
        open(LONG);
        List<Future<Refusal>> guesses = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            guesses.add(guess("14494", "c-" + i % 50));
        }
        await().until(() -> guesses.stream().filter(Future::isDone).count() == 192);
        assertThat(entered).as("one of the guesses is evaluated, seven wait").hasValue(1);

        addServers(1);
        Future<Admission> owner = login("s-0", "owner");
        await().until(() -> entered.get() == 2);
        gate.release(2);
        assertThat(owner.get().server().id()).isEqualTo("s-0");

        gate.release(100);
        for (Future<Refusal> guess : guesses) {
            assertThat(guess.get()).isIn(Refusal.PIN_WRONG, Refusal.PIN_LOCKED, Refusal.TOO_MANY);
        }
    }

    @Test
    void aCustomerWithManyServersStandsInOneLine() throws Exception {
        open(LONG);
        addServers(51);
        List<Future<Refusal>> guesses = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            guesses.add(guess("s-" + i, "c-17"));
        }
        await().until(() -> guesses.stream().filter(Future::isDone).count() == 42);

        Future<Admission> owner = login("s-50", "owner");
        await().until(() -> entered.get() == 2);
        gate.release(2);
        assertThat(owner.get().server().id()).isEqualTo("s-50");
    }

    @Test
    void whoHasWaitedTooLongIsToldToComeAgainAndHasLostNoAttempt() throws Exception {
        open(Duration.ofMillis(100));
        addServers(3);
        Future<Admission> first = login("s-0", "c-0");
        Future<Admission> second = login("s-1", "c-1");
        await().until(() -> entered.get() == 2);

        for (int i = 0; i < 10; i++) {
            assertThat(guess("s-2", "c-2").get()).isEqualTo(Refusal.TOO_MANY);
        }
        gate.release(3);
        first.get();
        second.get();
        assertThat(login("s-2", "c-2").get().server().id()).isEqualTo("s-2");
    }

    @Test
    void whoIsInterruptedWhileWaitingLeavesTheLine() throws Exception {
        open(LONG);
        addServers(3);
        Future<Admission> first = login("s-0", "c-0");
        Future<Admission> second = login("s-1", "c-1");
        await().until(() -> entered.get() == 2);
        Future<Admission> third = login("s-2", "c-2");
        await().until(() -> fixture.turns.waitingOrServed() == 6);

        third.cancel(true);
        await().until(() -> fixture.turns.waitingOrServed() == 4);
        gate.release(3);
        first.get();
        second.get();
        assertThat(login("s-2", "c-2").get().server().id()).isEqualTo("s-2");
    }

    @Test
    void anEvaluationThatFailsGivesItsTurnBack() throws Exception {
        try (Fixture broken = new Fixture(Map.of(), (pin, hash) -> {
            throw new IllegalStateException("broken");
        }, Duration.ofMillis(100))) {
            fixture = broken;
            for (int i = 0; i < 4; i++) {
                Future<Admission> login = login("14494", "c-17");
                assertThat(failure(login)).isInstanceOf(IllegalStateException.class);
            }
            assertThat(broken.turns.waitingOrServed()).isZero();
        }
    }

    private static Throwable failure(Future<?> future) throws InterruptedException {
        try {
            future.get();
            throw new AssertionError("did not fail");
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
