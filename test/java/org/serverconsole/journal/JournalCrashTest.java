package org.serverconsole.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.ConfigException;
import org.serverconsole.journal.Journal.LeaseRecord;
import org.serverconsole.journal.Journal.SessionRecord;

class JournalCrashTest {

    @TempDir
    Path folder;

    private String url;

    @BeforeEach
    void placeTheFile() {
        url = "jdbc:h2:file:" + folder.resolve("journal");
    }

    @Test
    void whatWasWrittenIsThereAfterTheProcessHalts() throws Exception {
        assertThat(JournalChild.start(url).waitFor()).isZero();
        assertEverythingIsThere();
    }

    @Test
    void whatWasWrittenIsThereAfterTheProcessIsKilled() throws Exception {
        Process process = startAndWaitUntilWritten();
        process.destroyForcibly().waitFor();
        assertEverythingIsThere();
    }

    @Test
    void aJournalThatAnotherProcessHasOpenIsRefusedInOneSentence() throws Exception {
        Process process = startAndWaitUntilWritten();
        try {
            assertThatThrownBy(() -> Journal.open(url)).isInstanceOf(ConfigException.class)
                    .hasMessage("console-journal: " + url + " is in use by another process (a second Guacamole, or one that"
                            + " has not ended yet): end that one, or name another file");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void aJournalThatAnotherProcessHasOpenIsNotReadEither() throws Exception {
        Process process = startAndWaitUntilWritten();
        try {
            assertThatThrownBy(() -> Journal.openToRead(url)).isInstanceOf(JournalInUseException.class);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void whatAKilledProcessLeftIsReadWithoutTouchingIt() throws Exception {
        Process process = startAndWaitUntilWritten();
        process.destroyForcibly().waitFor();
        Path file = folder.resolve("journal.mv.db");
        byte[] before = Files.readAllBytes(file);

        try (Journal journal = Journal.openToRead(url)) {
            assertThat(journal.openLeases()).isNotEmpty();
            assertThatThrownBy(() -> journal.audit(List.of(AuditEvent.at(Instant.EPOCH, "login", "OK"))))
                    .isInstanceOf(IllegalStateException.class);
        }

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void toReadAJournalThatIsNotThereMakesNone() throws Exception {
        assertThatThrownBy(() -> Journal.openToRead(url)).isInstanceOf(NoJournalException.class)
                .hasMessage("console-journal: " + url + " is not there");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void nothingButTheDatabaseIsLeftInTheFolder() throws Exception {
        assertThat(JournalChild.start(url).waitFor()).isZero();
        Journal.open(url).close();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("journal.mv.db"));
        }
    }

    private Process startAndWaitUntilWritten() throws Exception {
        Path written = folder.resolve("written");
        Process process = JournalChild.start(url, written.toString());
        await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(written) || !process.isAlive());
        assertThat(process.isAlive()).isTrue();
        return process;
    }

    private void assertEverythingIsThere() throws ConfigException {
        try (Journal journal = Journal.open(url)) {
            Instant now = Instant.now();
            for (int i = 0; i < 20; i++) {
                assertThat(journal.redeem("hash-" + i, now.plusSeconds(300),
                        new SessionRecord("other-" + i, "14494", "c-17", now, now.plusSeconds(7200)))).isFalse();
            }
            assertThat(journal.openLeases()).extracting(LeaseRecord::sessionId)
                    .hasSize(19).startsWith("session-1").endsWith("session-19");
            assertThat(journal.beginPinAttempt(List.of("server:14494"), JournalChild.LIMIT, JournalChild.NOW))
                    .contains(JournalChild.NOW.plusSeconds(900));
        }
    }
}
