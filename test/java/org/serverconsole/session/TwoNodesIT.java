package org.serverconsole.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.SessionEnd;
import org.serverconsole.journal.Journal.SessionState;
import org.serverconsole.parts.Postgres;

/** Console sessions of two nodes that share a journal in a real PostgreSQL. */
class TwoNodesIT {

    @TempDir
    static Path folder;

    private static Postgres postgres;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(2);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Node one;
    private Node two;

    /** One node: its journal, its sessions and the vendor as it asks it. */
    private record Node(Journal journal, ScriptedAdapter vendor, ConsoleSessions sessions) {

        ConsoleSession start(String serverId, String customer) throws NoRoomException {
            String token = UUID.randomUUID().toString();
            return sessions.start(UUID.randomUUID().toString(), server(serverId), customer, token, record ->
                    journal.redeem(token, record.started().plusSeconds(600), record)).orElseThrow();
        }

        Optional<String> endReason(ConsoleSession session) {
            return journal.session(session.id()).flatMap(SessionState::ended).map(SessionEnd::reason);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        postgres = Postgres.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void open() throws Exception {
        one = node();
        two = node();
    }

    private Node node() throws Exception {
        Journal journal = Journal.open(postgres.url());
        ScriptedAdapter vendor = new ScriptedAdapter();
        ConsoleSessions sessions = new ConsoleSessions(journal.clock(), journal, Map.of("scripted", vendor),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(5), 10, 10), id -> Optional.of(server(id)), timer,
                List.of());
        opened.add(journal);
        opened.add(sessions);
        sessions.recover().get();
        return new Node(journal, vendor, sessions);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        timer.shutdownNow();
        sql("TRUNCATE node, console_session, lease");
    }

    @Test
    void aConsoleOpenedAtOneNodeEndsTheOneAtTheOther() throws Exception {
        ConsoleSession older = one.start("14494", "c-17");
        ConsoleSession newer = two.start("14494", "c-18");

        await().until(() -> older.ended().equals(Optional.of(EndReason.SUPERSEDED)));
        await().until(() -> one.endReason(older).equals(Optional.of("SUPERSEDED")));
        assertThat(newer.ended()).isEmpty();
    }

    @Test
    void whatTheOtherNodeWantsIsDone() throws Exception {
        ConsoleSession session = one.start("14494", "c-17");
        Instant later = session.started().plus(Duration.ofHours(4)).truncatedTo(ChronoUnit.SECONDS);
        two.journal.wantDeadline(session.id(), later);
        await().until(() -> session.deadline().equals(later));

        two.journal.wantEnd(session.id(), EndReason.CLOSED_BY_PANEL.name());
        await().until(() -> session.ended().equals(Optional.of(EndReason.CLOSED_BY_PANEL)));
        await().until(() -> one.vendor.asked.contains("revoke 14494"));
        assertThat(two.vendor.asked).as("nobody takes back twice").isEmpty();
    }

    @Test
    void whatADeadNodeHeldIsTakenBackOnceByAnother() throws Exception {
        Journal dead = Journal.open(postgres.url());
        ScriptedAdapter itsVendor = new ScriptedAdapter();
        // Never recovers, hence never says that it lives: to the others it has died.
        ConsoleSessions itsSessions = new ConsoleSessions(dead.clock(), dead, Map.of("scripted", itsVendor),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(5), 10, 10), id -> Optional.of(server(id)), timer,
                List.of());
        opened.add(dead);
        opened.add(itsSessions);
        ConsoleSession session = new Node(dead, itsVendor, itsSessions).start("20110", "c-17");
        await().until(() -> dead.openLeases().size() == 1);
        sql("UPDATE node SET seen = seen - INTERVAL '1 minute'");
        one.journal.alive();
        two.journal.alive();

        one.sessions.recover().get();
        two.sessions.recover().get();

        List<String> asked = new ArrayList<>(one.vendor.asked);
        asked.addAll(two.vendor.asked);
        assertThat(asked).containsExactly("revoke 20110");
        assertThat(one.endReason(session)).contains("NODE_SHUTDOWN");
        assertThat(one.journal.openLeases()).isEmpty();
    }

    @Test
    void aJournalThatIsAwayEndsNoConsole() throws Exception {
        ConsoleSession session = one.start("14494", "c-17");
        postgres.stop();
        postgres.startAgain();
        two.journal.wantEnd(session.id(), EndReason.CLOSED_BY_PANEL.name());

        await().until(() -> session.ended().equals(Optional.of(EndReason.CLOSED_BY_PANEL)));
    }

    private static Server server(String id) {
        return new Server(id, "label of " + id, "scripted", Secret.NONE, Secret.NONE, Map.of());
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = postgres.connect(); Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }
}
