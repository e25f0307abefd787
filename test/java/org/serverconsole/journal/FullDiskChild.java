package org.serverconsole.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.serverconsole.journal.Journal.SessionRecord;

/**
 * A process of its own that has a journal whose file, again and again, may not grow, as on a full disk; it ends with 0 where nobody
 * hung, the journal worked whenever there was room again, and what it had confirmed is in it.
 */
final class FullDiskChild {

    private static final int CALLERS = 4;
    private static final Duration ANSWERED = Duration.ofSeconds(40);

    private final Path file;
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final List<String> confirmed = new ArrayList<>();
    private Journal journal;
    private int tokens;

    private FullDiskChild(Path file) {
        this.file = file;
    }

    /** Arguments: the journal's file without its ending, and how often the disk is to be full. */
    public static void main(String[] arguments) {
        int status = 1;
        try {
            new FullDiskChild(Path.of(arguments[0] + ".mv.db")).run("jdbc:h2:file:" + arguments[0], Integer.parseInt(arguments[1]));
            status = 0;
        } catch (Throwable e) {
            e.printStackTrace();
            Thread.getAllStackTraces().forEach((thread, stack) -> System.err.println(thread + " " + List.of(stack)));
        }
        Runtime.getRuntime().halt(status);
    }

    private void run(String url, int times) throws Exception {
        journal = Journal.open(url);
        for (int i = 0; i < times; i++) {
            assertThat(redeem()).isNotEmpty();
            limit(Long.toString(Files.size(file)));
            await().atMost(ANSWERED).until(() -> redeem().size() < CALLERS);
            redeem();
            limit("unlimited");
            await().atMost(ANSWERED).until(() -> redeem().size() == CALLERS);
            allConfirmedAreThere();
        }
        journal.close();
        journal = Journal.open(url);
        allConfirmedAreThere();
        journal.close();
    }

    private void allConfirmedAreThere() {
        assertThat(confirmed).allMatch(journal::isRedeemed);
    }

    /** Has every caller redeem a token, and returns those that were confirmed. */
    private List<String> redeem() throws Exception {
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            String token = "token-" + tokens++;
            calls.add(CompletableFuture.supplyAsync(() -> redeem(token), callers));
        }
        List<String> redeemed = new ArrayList<>();
        for (CompletableFuture<String> call : calls) {
            String token = call.get(ANSWERED.toSeconds(), TimeUnit.SECONDS);
            if (!token.isEmpty()) {
                redeemed.add(token);
            }
        }
        confirmed.addAll(redeemed);
        return redeemed;
    }

    private String redeem(String token) {
        Instant now = Instant.now();
        try {
            // The numbers of these rows are what H2 writes in the middle of a transaction.
            journal.audit(List.of(AuditEvent.at(now, "login", token)));
            journal.writeLease("session-of-" + token, "14494", "ovirt", Map.of("vm", token));
            return journal.redeem(token, now.plusSeconds(300),
                    new SessionRecord("session-of-" + token, "14494", "c-17", now, now.plusSeconds(7200))) ? token : "";
        } catch (JournalException e) {
            return "";
        }
    }

    private static void limit(String bytes) throws Exception {
        assertThat(new ProcessBuilder("prlimit", "--pid", Long.toString(ProcessHandle.current().pid()),
                "--fsize=" + bytes + ":unlimited").inheritIO().start().waitFor()).isZero();
    }
}
