package org.serverconsole.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.serverconsole.journal.AtOnce.atOnce;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.ConfigException;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.journal.Journal.LeaseRecord;
import org.serverconsole.journal.Journal.SessionRecord;

class JournalTest {


    // The hour that central Europe does not have that night.
    private final FakeClock clock = new FakeClock(Instant.parse("2026-03-29T01:30:00Z"));

    @TempDir
    Path folder;

    private Journal journal;

    @BeforeEach
    void open() throws ConfigException {
        journal = JdbiJournal.open(url(), clock);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void aTokenOpensOneSessionOnly() throws Exception {
        List<Boolean> redeemed = atOnce(100, i -> redeem("hash", "session-" + i));
        assertThat(redeemed).containsOnlyOnce(true).hasSize(100);
    }

    @Test
    void aSessionThatCannotBeRecordedLeavesItsTokenUnused() {
        assertThat(redeem("first", "session")).isTrue();
        assertThatThrownBy(() -> redeem("second", "session")).isInstanceOf(IllegalStateException.class);
        assertThat(redeem("second", "another session")).isTrue();
    }

    @Test
    void oneCallersFailureIsNotAnothers() throws Exception {
        redeem("first", "taken");
        List<Boolean> redeemed = atOnce(64, i -> {
            try {
                return redeem("hash-" + i, i % 2 == 0 ? "taken" : "session-" + i);
            } catch (IllegalStateException e) {
                return false;
            }
        });
        assertThat(redeemed.stream().filter(done -> done)).hasSize(32);
    }

    @Test
    void aUsedTokenIsRememberedUntilItsSessionIsLongOverAndItHasExpired() throws ConfigException {
        redeem("hash", "session");
        clock.advance(Duration.ofDays(30));
        reopen();
        assertThat(redeem("hash", "again")).isFalse();
        clock.advance(Duration.ofDays(1));
        assertThat(redeem("hash", "again")).isTrue();
    }

    @Test
    void aSessionThatEndedIsForgottenAfterThirtyDays() throws ConfigException {
        redeem("hash", "session");
        journal.sessionEnded("session", "EXPIRED", clock.instant().plus(Duration.ofDays(20)));
        clock.advance(Duration.ofDays(40));
        reopen();
        assertThat(redeem("hash", "again")).isFalse();
        clock.advance(Duration.ofDays(11));
        reopen();
        assertThat(redeem("hash", "again")).isTrue();
    }

    @Test
    void aLaterEndDoesNotReplaceTheFirst() throws ConfigException {
        redeem("hash", "session");
        journal.sessionEnded("session", "EXPIRED", clock.instant());
        journal.sessionEnded("session", "REVOKED", clock.instant().plus(Duration.ofDays(300)));
        clock.advance(Duration.ofDays(31));
        reopen();
        assertThat(redeem("hash", "again")).as("forgotten, as it ended 31 days ago").isTrue();
    }

    @Test
    void theEndOfWhatACrashCutShortIsRecordedForSessionsWithoutOne() throws ConfigException {
        redeem("hash", "cut short");
        redeem("other", "ended long after");
        journal.sessionEnded("ended long after", "EXPIRED", clock.instant().plus(Duration.ofDays(300)));
        journal.strandedSessionsEnded("NODE_SHUTDOWN", clock.instant().plus(Duration.ofDays(20)));
        reopen();
        journal.strandedSessionsEnded("NODE_SHUTDOWN", clock.instant().plus(Duration.ofDays(20)));
        clock.advance(Duration.ofDays(49));
        reopen();
        assertThat(redeem("hash", "again")).isFalse();
        clock.advance(Duration.ofDays(2));
        reopen();
        assertThat(redeem("hash", "again")).as("forgotten, as it ended 31 days ago").isTrue();
        assertThat(redeem("other", "again")).isFalse();
    }

    @Test
    void anOpenLeaseIsKeptForEverAndAReleasedOneIsNot() throws ConfigException {
        long open = journal.writeLease("session", "14494", "ovirt", Map.of("vm", "a"));
        long released = journal.writeLease("session", "14494", "ovirt", Map.of("vm", "b"));
        journal.leaseReleased(released);
        clock.advance(Duration.ofDays(31));
        reopen();
        assertThat(journal.openLeases()).extracting(LeaseRecord::id).containsExactly(open);
        assertThat(journal.writeLease("session", "14494", "ovirt", Map.of("vm", "b"))).isNotEqualTo(released);
    }

    @Test
    void leasesComeOldestFirstWithTheirUndo() {
        long first = journal.writeLease("s-1", "14494", "ovirt", Map.of("vm", "a", "quote", "\"'; ä\u0000"));
        long other = journal.writeLease("s-2", "20110", "idrac", Map.of());
        long second = journal.writeLease("s-1", "14494", "ovirt", Map.of("vm", "b"));
        assertThat(journal.claimLeases(Optional.of("s-1"))).containsExactly(
                new LeaseRecord(first, "s-1", "14494", "ovirt", Map.of("vm", "a", "quote", "\"'; ä\u0000")),
                new LeaseRecord(second, "s-1", "14494", "ovirt", Map.of("vm", "b")));
        assertThat(journal.openLeases()).extracting(LeaseRecord::id).containsExactly(first, other, second);
        journal.leaseReleased(first);
        assertThat(journal.openLeases()).extracting(LeaseRecord::id).containsExactly(other, second);
    }

    @Test
    void theSameUndoInOneSessionIsOneLease() throws Exception {
        List<Long> leases = atOnce(20, i -> journal.writeLease("s-1", "14494", "ovirt", Map.of("vm", "a", "was", "b")));
        assertThat(leases).containsOnly(leases.get(0));
        assertThat(journal.writeLease("s-2", "14494", "ovirt", Map.of("vm", "a", "was", "b"))).isNotEqualTo(leases.get(0));
        assertThat(journal.openLeases()).hasSize(2);
    }

    @Test
    void aLeaseGrantedAgainAfterItsReleaseIsOpenAgain() {
        long lease = journal.writeLease("s-1", "14494", "ovirt", Map.of("vm", "a"));
        journal.leaseReleased(lease);
        assertThat(journal.writeLease("s-1", "14494", "ovirt", Map.of("vm", "a"))).isEqualTo(lease);
        assertThat(journal.claimLeases(Optional.of("s-1"))).hasSize(1);
    }

    @Test
    void anInterruptedCallerLosesNothing() {
        Thread.currentThread().interrupt();
        try {
            assertThat(redeem("hash", "session")).isTrue();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(redeem("hash", "again")).isFalse();
    }

    @Test
    void aClosedJournalSaysSo() {
        journal.close();
        journal.close();
        assertThatThrownBy(() -> redeem("hash", "session")).isInstanceOf(IllegalStateException.class)
                .hasMessage("The journal is closed.");
    }

    @Test
    void theContextClassLoaderDoesNotMatter() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader knowsNothing = new URLClassLoader(new URL[0], null)) {
            Thread.currentThread().setContextClassLoader(knowsNothing);
            Journal other = Journal.open("jdbc:h2:mem:context-class-loader");
            assertThat(other.openLeases()).isEmpty();
            other.close();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void memoryIsForgottenWhenClosed() throws ConfigException {
        for (int i = 0; i < 2; i++) {
            try (Journal memory = JdbiJournal.open("jdbc:h2:mem:forgotten", clock)) {
                assertThat(memory.redeem("hash", clock.instant().plusSeconds(60), session("session"))).isTrue();
            }
        }
    }

    @Test
    void anUnusableFileIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("garbage.mv.db"), "not a database\n".repeat(1000));
        String garbage = "jdbc:h2:file:" + file.toString().replace(".mv.db", "");
        for (String url : List.of(garbage, "jdbc:h2:file:/proc/none/journal", "jdbc:h2:mem:", "jdbc:h2:file:relative",
                "jdbc:h2:file:" + folder.resolve("x") + ";NO_SUCH_SETTING=1", "jdbc:other:x")) {
            assertThatThrownBy(() -> Journal.open(url)).as(url).isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("console-journal: ");
        }
    }

    @Test
    void aPasswordInTheUrlIsNotRepeated() throws ConfigException {
        String url = "jdbc:h2:file:" + folder.resolve("own") + ";USER=sa;PASSWORD=hunter2";
        Journal.open(url).close();
        for (String wrong : List.of(url.replace("hunter2", "hunter3"), url + ";NO_SUCH_SETTING=hunter3")) {
            assertThatThrownBy(() -> Journal.open(wrong)).isInstanceOf(ConfigException.class).hasNoCause()
                    .message().doesNotContain("hunter");
        }
    }

    @Test
    void whatTheOperatorHasSetStays() {
        assertThat(H2Database.withSettings("jdbc:h2:mem:x;write_delay=7")).contains(";write_delay=7")
                .doesNotContain("WRITE_DELAY").contains(";TRACE_LEVEL_FILE=0").contains(";DB_CLOSE_ON_EXIT=FALSE");
        assertThat(H2Database.withSettings("jdbc:h2:mem:x")).contains(";WRITE_DELAY=0");
    }

    private boolean redeem(String hash, String sessionId) {
        return journal.redeem(hash, clock.instant().plusSeconds(300), session(sessionId));
    }

    private SessionRecord session(String id) {
        return new SessionRecord(id, "14494", "c-17", clock.instant(), clock.instant().plusSeconds(7200));
    }

    private String url() {
        return "jdbc:h2:file:" + folder.resolve("journal");
    }

    private void reopen() throws ConfigException {
        journal.close();
        open();
    }
}
