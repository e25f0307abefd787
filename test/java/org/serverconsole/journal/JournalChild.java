package org.serverconsole.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.journal.Journal.PinLimit;
import org.serverconsole.journal.Journal.SessionRecord;

/** A process of its own that writes a journal and then dies at once, or waits to be killed. */
final class JournalChild {

    static final Instant NOW = Instant.parse("2026-03-29T01:30:00Z");
    static final PinLimit LIMIT = new PinLimit(2, 900);

    private JournalChild() { }

    /** Arguments: the journal's URL and, to wait for being killed, the file to make once everything is written. */
    public static void main(String[] arguments) throws Exception {
        Journal journal = Journal.open(arguments[0]);
        Instant now = Instant.now();
        for (int i = 0; i < 20; i++) {
            journal.redeem("hash-" + i, now.plusSeconds(300),
                    new SessionRecord("session-" + i, "14494", "c-17", now, now.plusSeconds(7200)));
            journal.writeLease("session-" + i, "14494", "ovirt", Map.of("vm", "vm-" + i));
        }
        journal.beginPinAttempt(List.of("server:14494"), LIMIT, NOW);
        journal.beginPinAttempt(List.of("server:14494"), LIMIT, NOW);
        journal.leaseReleased(journal.openLeases().get(0).id());
        if (arguments.length > 1) {
            Files.createFile(Path.of(arguments[1]));
            System.in.read();
        }
        Runtime.getRuntime().halt(0);
    }

    static Process start(String... arguments) throws IOException {
        return start(JournalChild.class, arguments);
    }

    static Process start(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).inheritIO().redirectInput(ProcessBuilder.Redirect.PIPE).start();
    }
}
