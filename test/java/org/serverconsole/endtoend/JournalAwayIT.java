package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.endtoend.Cluster.Ticket;
import org.serverconsole.host.GuacamoleProcess;

/** A journal that cannot be used for a while: at login, at connect, at release; away, or read-only. */
@Timeout(300)
class JournalAwayIT {

    private static final String LOGIN = "login";
    private static final String RUNNING = "running";
    private static final String CONNECT = "connect";
    private static final String RELOAD = "reload";
    private static final String RELEASE = "release";

    private static final String DEADLINE = "deadline";
    private static final String FULL = "full";
    private static final String FULL_RELEASE = "full-release";

    private static final int EXPIRED = 0x250;
    private static final int CLOSED_BY_CUSTOMER = 0x252;
    private static final int INTERNAL = 0x269;
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static Cluster cluster;
    private static GuacamoleProcess node;

    @BeforeAll
    static void start() throws Exception {
        cluster = new Cluster(folder, LOGIN, RUNNING, CONNECT, RELOAD, RELEASE, DEADLINE, FULL, FULL_RELEASE);
        node = cluster.nodes(cluster.postgres().url()).get(0);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    @Test
    void whileTheJournalIsAwayLiveConsolesGoOnAndAfterwardsAllDoes() throws Exception {
        whileUnusable("away", () -> cluster.postgres().stop(), () -> cluster.postgres().startAgain());
    }

    @Test
    void theSameWhileTheJournalIsReadOnly() throws Exception {
        whileUnusable("read-only", () -> readOnly("on"), () -> readOnly("off"));
    }

    /** A file may not grow, as on a full disk. */
    @Test
    void whileTheDiskOfAJournalInAFileIsFullLiveConsolesGoOnAndAfterwardsAllDoes() throws Exception {
        Path file = folder.resolve("full.mv.db");
        GuacamoleProcess alone = cluster.nodes("jdbc:h2:file:" + folder.resolve("full")).get(0);
        Customer running = shown(alone, FULL);
        Customer release = shown(alone, FULL_RELEASE);
        limit(alone, Long.toString(Files.size(file)));

        await().atMost(SOON).until(() -> Cluster.refusal(cluster.login(alone, cluster.link(LOGIN).withPin(House.PIN).parameters()))
                .equals("CONSOLE.JOURNAL_DOWN"));
        int frames = running.frames();
        running.press();
        await().atMost(SOON).until(() -> running.frames() > frames);
        assertThat(Cluster.ask(alone, release, "end")).isEqualTo(200);
        await().until(() -> release.told().equals(Optional.of(CLOSED_BY_CUSTOMER)));
        limit(alone, "unlimited");

        await().atMost(SOON).until(() -> !cluster.box(FULL_RELEASE).isOpen());
        await().atMost(SOON).until(() -> cluster.customer(alone, LOGIN).show() != null);
        assertThat(cluster.panel(alone, "check_novnc", FULL_RELEASE, "&key=" + release.key()).at("/context/end_reason").asText())
                .isEqualTo("CLOSED_BY_CUSTOMER");
        int before = running.frames();
        running.press();
        await().atMost(SOON).until(() -> running.frames() > before);
        NothingLost.note("journal's disk full (H2)", 3, 1, 1, 0);
        alone.close();
    }

    private static void limit(GuacamoleProcess process, String bytes) throws Exception {
        assertThat(new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), "--fsize=" + bytes + ":unlimited")
                .inheritIO().start().waitFor()).isZero();
    }

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private static void whileUnusable(String how, Work begin, Work end) throws Exception {
        Customer running = shown(RUNNING);
        Customer reload = shown(RELOAD);
        Customer release = shown(RELEASE);
        Customer connect = cluster.customer(node, CONNECT);
        await().until(() -> cluster.box(CONNECT).viewers() == 1);
        Ticket ticket = cluster.ticket(node, LOGIN);
        Customer deadline = shown(DEADLINE);
        cluster.run("UPDATE console_session SET (deadline, deadline_wanted) = (now() + INTERVAL '6 s', now() + INTERVAL '6 s')"
                + " WHERE id = '" + deadline.key() + "'");
        await().until(() -> cluster.select("SELECT id FROM console_session WHERE deadline_wanted IS NOT NULL").isEmpty());
        begin.run();

        await().until(() -> Cluster.refusal(cluster.login(node, ticket.parameters())).equals("CONSOLE.JOURNAL_DOWN"));
        assertThat(cluster.panel(node, "novnc", LOGIN, "").path("code").asText()).isEqualTo("UNAVAILABLE");
        await().atMost(SOON).until(() -> Cluster.health(node) == 503);
        connect.show();
        await().atMost(SOON).until(() -> connect.frames() > 0);
        reload.show();
        await().atMost(SOON).until(() -> reload.told().equals(Optional.of(INTERNAL)));
        assertThat(Cluster.ask(node, release, "end")).isEqualTo(200);
        await().until(() -> release.told().equals(Optional.of(CLOSED_BY_CUSTOMER)));
        int frames = running.frames();
        running.press();
        await().until(() -> running.frames() > frames);
        await().atMost(SOON).until(() -> deadline.told().equals(Optional.of(EXPIRED)));
        end.run();

        NothingLost check = new NothingLost(cluster, node);
        await().atMost(SOON).ignoreExceptions().until(() -> cluster.login(node, ticket.parameters()).statusCode() == 200);
        await().atMost(SOON).until(() -> Cluster.health(node) == 200);
        check.after("journal " + how + " at login", 2, List.of(running), List.of());
        await().atMost(SOON).until(() -> reload.show().frames() > 0 || shows(reload));
        check.after("journal " + how + " at connect", 2, List.of(connect, reload), List.of());
        check.after("journal " + how + " at release", 1, List.of(running), List.of(release));
        assertThat(cluster.endReason(release.key())).contains("CLOSED_BY_CUSTOMER");
        check.after("journal " + how + " at the deadline", 1, List.of(running), List.of(deadline));
        assertThat(cluster.endReason(deadline.key())).contains("EXPIRED");
    }

    private static boolean shows(Customer customer) {
        await().atMost(SOON).until(() -> customer.frames() > 0 || customer.told().isPresent());
        return customer.told().isEmpty();
    }

    private static Customer shown(String server) throws Exception {
        return shown(node, server);
    }

    private static Customer shown(GuacamoleProcess node, String server) throws Exception {
        Customer customer = cluster.customer(node, server).show();
        await().atMost(SOON).until(() -> customer.frames() > 0);
        return customer;
    }

    /** For sessions of the database that are yet to come; those that are there end. */
    private static void readOnly(String on) throws Exception {
        cluster.run("SET default_transaction_read_only = off", "ALTER DATABASE console SET default_transaction_read_only = " + on,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'console' AND pid <> pg_backend_pid()");
    }
}
