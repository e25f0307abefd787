package org.serverconsole.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.ConfigException;
import org.serverconsole.journal.Journal.PinLimit;

class JournalPinTest {

    private static final Instant NOW = Instant.parse("2026-10-25T00:59:59.123456Z");
    private static final PinLimit LIMIT = new PinLimit(5, 900);
    private static final String SERVER = "server:14494";
    private static final String CUSTOMER = "customer:c-17";
    private static final List<String> BOTH = List.of(SERVER, CUSTOMER);

    @TempDir
    Path folder;

    private Journal journal;

    @BeforeEach
    void open() throws ConfigException {
        journal = JdbiJournal.open("jdbc:h2:file:" + folder.resolve("journal"), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void theFifthAttemptIsStillEvaluatedAndTheSixthIsLocked() {
        attempt(BOTH, NOW, 5);
        assertThat(journal.beginPinAttempt(BOTH, LIMIT, NOW)).contains(NOW.plusSeconds(900));
        assertThat(journal.beginPinAttempt(List.of(SERVER), LIMIT, NOW)).contains(NOW.plusSeconds(900));
        assertThat(journal.beginPinAttempt(List.of(CUSTOMER), LIMIT, NOW)).contains(NOW.plusSeconds(900));
    }

    @Test
    void aLockEndsOnTheSecond() {
        attempt(BOTH, NOW, 5);
        assertThat(journal.beginPinAttempt(BOTH, LIMIT, NOW.plusSeconds(900).minusMillis(1))).isPresent();
        assertThat(journal.beginPinAttempt(BOTH, LIMIT, NOW.plusSeconds(900))).isEmpty();
    }

    @Test
    void eachFurtherLockIsTwiceAsLongUpToSevenDays() {
        Instant now = NOW;
        for (long expected = 900; expected < 7 * 86400; expected *= 2) {
            attempt(BOTH, now, 5);
            assertThat(journal.beginPinAttempt(BOTH, LIMIT, now)).contains(now.plusSeconds(expected));
            now = now.plusSeconds(expected);
        }
        for (int i = 0; i < 100; i++) {
            attempt(BOTH, now, 5);
            assertThat(journal.beginPinAttempt(BOTH, LIMIT, now)).contains(now.plus(Duration.ofDays(7)));
            now = now.plus(Duration.ofDays(7));
        }
    }

    @Test
    void aLongLockoutDoesNotOverflow() {
        PinLimit endless = new PinLimit(1, Long.MAX_VALUE);
        assertThat(journal.beginPinAttempt(BOTH, endless, NOW)).isEmpty();
        assertThat(journal.beginPinAttempt(BOTH, endless, NOW)).contains(NOW.plus(Duration.ofDays(7)));
    }

    @Test
    void aRightPinForgetsFailuresAndLocks() {
        attempt(BOTH, NOW, 5);
        journal.pinAccepted(BOTH);
        attempt(BOTH, NOW, 5);
        assertThat(journal.beginPinAttempt(BOTH, LIMIT, NOW)).as("the first lock's length again")
                .contains(NOW.plusSeconds(900));
    }

    @Test
    void whatIsLockedCountsForNobodyElse() {
        attempt(List.of(SERVER), NOW, 5);
        for (int i = 0; i < 10; i++) {
            assertThat(journal.beginPinAttempt(BOTH, LIMIT, NOW)).isPresent();
        }
        attempt(List.of(CUSTOMER), NOW, 5);
    }

    @Test
    void theLatestLockIsTold() {
        attempt(List.of(SERVER), NOW, 5);
        attempt(List.of(CUSTOMER), NOW.plusSeconds(60), 5);
        assertThat(journal.beginPinAttempt(BOTH, LIMIT, NOW.plusSeconds(60))).contains(NOW.plusSeconds(960));
    }

    @Test
    void parallelGuessesCannotOutrunTheLock() throws Exception {
        for (int lock = 0; lock < 3; lock++) {
            Instant now = NOW.plus(Duration.ofDays(lock));
            List<List<String>> guesses = new ArrayList<>(Collections.nCopies(50, BOTH));
            guesses.addAll(Collections.nCopies(50, List.of(CUSTOMER, SERVER)));
            assertThat(evaluatedAtOnce(guesses, now)).isEqualTo(5);
        }
    }

    @Test
    void failuresAndLocksSurviveAReopening() throws ConfigException {
        attempt(BOTH, NOW, 3);
        reopen();
        attempt(BOTH, NOW, 2);
        reopen();
        assertThat(journal.beginPinAttempt(BOTH, LIMIT, NOW)).contains(NOW.plusSeconds(900));
    }

    private long evaluatedAtOnce(List<List<String>> guesses, Instant now) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(guesses.size());
        try {
            List<Callable<Optional<Instant>>> calls = new ArrayList<>();
            guesses.forEach(subjects -> calls.add(() -> journal.beginPinAttempt(subjects, LIMIT, now)));
            long evaluated = 0;
            for (Future<Optional<Instant>> lock : executor.invokeAll(calls)) {
                evaluated += lock.get().isEmpty() ? 1 : 0;
            }
            return evaluated;
        } finally {
            executor.shutdownNow();
        }
    }

    private void attempt(List<String> subjects, Instant now, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(journal.beginPinAttempt(subjects, LIMIT, now)).isEmpty();
        }
    }

    private void reopen() throws ConfigException {
        close();
        open();
    }
}
