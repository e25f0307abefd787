package org.serverconsole.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.LeaseRecord;
import org.serverconsole.journal.Journal.SessionEnd;
import org.serverconsole.journal.Journal.SessionState;
import org.serverconsole.parts.Postgres;
import org.serverconsole.session.Neighbours.Pace;

/** Console sessions of two nodes that share a journal in a real PostgreSQL. */
class TwoNodesIT {

    @TempDir
    static Path folder;

    private static Postgres postgres;

    private static final Pace QUICK = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ZERO);
    private static final Duration NEVER = Duration.ofDays(1);

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
        return node(Clock.systemUTC(), QUICK);
    }

    /** One that has started to look after the others. */
    private Node node(Clock clock, Pace pace) throws Exception {
        Node node = silentNode(clock, pace);
        node.sessions.recover().get();
        return node;
    }

    /** One that never says that it lives: to the others it has died. */
    private Node silentNode(Clock clock, Pace pace) throws Exception {
        Journal journal = Journal.open(postgres.url(), clock);
        ScriptedAdapter vendor = new ScriptedAdapter();
        ConsoleSessions sessions = new ConsoleSessions(journal.clock(), journal, Map.of("scripted", vendor),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(5), 10, 2), id -> Optional.of(server(id)), timer,
                List.of(), pace);
        opened.add(journal);
        opened.add(sessions);
        return new Node(journal, vendor, sessions);
    }

    private void everybodyElseHasDied(Node... living) throws SQLException {
        sql("UPDATE node SET seen = seen - INTERVAL '1 minute'");
        for (Node node : living) {
            node.journal.alive();
        }
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
        Node dead = silentNode(Clock.systemUTC(), QUICK);
        ConsoleSession session = dead.start("20110", "c-17");
        await().until(() -> dead.journal.openLeases().size() == 1);
        everybodyElseHasDied(one, two);

        one.sessions.recover().get();
        two.sessions.recover().get();

        List<String> asked = new ArrayList<>(one.vendor.asked);
        asked.addAll(two.vendor.asked);
        assertThat(asked).containsExactly("revoke 20110");
        assertThat(one.endReason(session)).contains("NODE_SHUTDOWN");
        assertThat(one.journal.openLeases()).isEmpty();
    }

    @Test
    void whatIsWantedIsDoneAtOnceWhereTheNodeLooksByItselfOnceADay() throws Exception {
        Node told = node(Clock.systemUTC(), new Pace(NEVER, Duration.ofSeconds(5), Duration.ZERO));
        ConsoleSession session = told.start("14494", "c-17");
        ConsoleSession another = told.start("20110", "c-17");
        two.journal.wantEnd(session.id(), EndReason.CLOSED_BY_PANEL.name());
        await().until(() -> session.ended().equals(Optional.of(EndReason.CLOSED_BY_PANEL)));

        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' OR query = 'SELECT 1'");
        two.start("20110", "c-18");
        await().until(() -> another.ended().equals(Optional.of(EndReason.SUPERSEDED)));
    }

    @Test
    void whatIsWantedIsDoneWhereNobodyTellsTheNode() throws Exception {
        ConsoleSession session = one.start("14494", "c-17");

        sql("UPDATE console_session SET end_wanted = 'REVOKED'");

        await().until(() -> session.ended().equals(Optional.of(EndReason.REVOKED)));
    }

    @Test
    void aNodeThatWasTakenForDeadLearnsIt() throws Exception {
        ConsoleSession session = one.start("14494", "c-17");
        await().until(() -> one.journal.openLeases().size() == 1);
        List<EndReason> told = new CopyOnWriteArrayList<>();
        session.attach(told::add);
        List<String> asked = one.vendor.asked;
        everybodyElseHasDied(two);
        two.sessions.recover().get();
        assertThat(two.vendor.asked).containsExactly("revoke 14494");

        await().until(() -> told.equals(List.of(EndReason.NODE_SHUTDOWN)));
        await().until(() -> one.journal.wishes().isEmpty());
        assertThat(asked).as("what has been taken back already").doesNotContain("revoke 14494");
        assertThat(two.endReason(session)).contains("NODE_SHUTDOWN");
        assertThat(one.sessions.live()).isEmpty();
        ConsoleSession next = one.start("14494", "c-17");
        await().until(() -> asked.equals(List.of("open 14494", "open 14494")));
        assertThat(next.ended()).isEmpty();
    }

    @Test
    void theOlderConsoleIsTakenBackBeforeTheNewerIsOpenedAtTheOtherNode() throws Exception {
        one.vendor.held = true;
        ConsoleSession older = one.start("14494", "c-17");
        await().until(() -> one.journal.openLeases().size() == 1);

        ConsoleSession newer = two.start("14494", "c-18");

        await().until(() -> two.vendor.asked.contains("open 14494"));
        assertThat(two.vendor.asked).containsExactly("revoke 14494", "open 14494");
        assertThat(one.vendor.asked).containsExactly("open 14494");
        assertThat(one.endReason(older)).contains("SUPERSEDED");
        assertThat(newer.ended()).isEmpty();
        await().until(() -> one.journal.openLeases().size() == 1);
    }

    @Test
    void anOpeningThatIsSlowToLeaveIsGrantedNothingAnyMore() throws Exception {
        one.vendor.door.acquire();
        ConsoleSession older = one.start("14494", "c-17");
        await().until(() -> one.vendor.asked.contains("open 14494"));
        ConsoleSession newer = two.start("14494", "c-18");
        await().until(() -> two.vendor.asked.contains("open 14494"));

        one.vendor.door.release();

        await().until(() -> one.endReason(older).isPresent());
        assertThat(one.endReason(older)).contains("SUPERSEDED");
        assertThat(one.journal.openLeases()).extracting(LeaseRecord::sessionId).containsExactly(newer.id());
        assertThat(one.vendor.channels).isEmpty();
        assertThat(newer.ended()).isEmpty();
    }

    @Test
    void whatOneNodeCouldNotTakeBackTheOtherDoesBeforeItOpensAnything() throws Exception {
        one.vendor.revokeFailure = Optional.of(new AdapterException(AdapterException.Kind.UNREACHABLE, "unplugged"));
        ConsoleSession session = one.start("14494", "c-17");
        await().until(() -> one.journal.openLeases().size() == 1);
        session.end(EndReason.CLOSED_BY_CUSTOMER);
        await().until(() -> one.vendor.asked.contains("revoke 14494"));
        assertThat(one.sessions.releasesPending()).isEqualTo(1);

        two.start("14494", "c-18");

        await().until(() -> two.vendor.asked.equals(List.of("revoke 14494", "open 14494")));
        one.sessions.recover().get();
        assertThat(one.sessions.releasesPending()).isZero();
    }

    @Test
    void aCustomersConsolesCountAtAllNodes() throws Exception {
        one.start("14494", "c-17");
        ConsoleSession another = two.start("20110", "c-17");

        assertThatThrownBy(() -> two.start("30000", "c-17")).isInstanceOfSatisfying(NoRoomException.class,
                e -> assertThat(e.reason()).isEqualTo(NoRoomException.Reason.CUSTOMER_FULL));
        assertThatThrownBy(() -> one.sessions.requireRoom("30000", "c-17")).isInstanceOf(NoRoomException.class);
        one.start("20110", "c-17");
        await().until(() -> another.ended().isPresent());
        two.start("30000", "c-18");
    }

    @Test
    void anEndThatTheJournalCouldNotTakeIsWrittenDownAndTakenBackWhenItCan() throws Exception {
        ConsoleSession session = one.start("14494", "c-17");
        await().until(() -> one.journal.openLeases().size() == 1);
        postgres.stop();
        session.end(EndReason.CLOSED_BY_CUSTOMER);
        await().until(() -> one.sessions.releasesPending() == 1);
        postgres.startAgain();

        await().until(() -> one.sessions.releasesPending() == 0);
        await().ignoreExceptions().until(() -> one.journal.openLeases().isEmpty());
        assertThat(one.endReason(session)).contains("CLOSED_BY_CUSTOMER");
        assertThat(one.vendor.asked).containsExactly("open 14494", "revoke 14494");
    }

    @Test
    void aSessionWhoseStartWasNotHeardOfIsOverAtItsDeadline() throws Exception {
        one.journal.redeem("unheard", Instant.now().plusSeconds(600), new Journal.SessionRecord(
                "unheard", "14494", "c-17", Instant.now().minusSeconds(300), Instant.now().minusSeconds(120)));

        one.sessions.recover().get();

        assertThat(one.journal.session("unheard").flatMap(SessionState::ended)).map(SessionEnd::reason).contains("EXPIRED");
    }

    @Test
    void nodesWhoseClocksAreAMinuteApartAgreeOnDeadlines() throws Exception {
        Node late = node(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-30)), QUICK);
        Node early = node(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(30)), QUICK);
        ConsoleSession session = late.start("14494", "c-17");
        assertThat(session.timeLeft()).isCloseTo(Duration.ofHours(2), Duration.ofSeconds(5));
        Journal.SessionRecord seen = early.journal.session(session.id()).orElseThrow().session();
        assertThat(Duration.between(early.journal.clock().instant(), seen.deadline()))
                .isCloseTo(session.timeLeft(), Duration.ofSeconds(5));

        Instant soon = early.journal.clock().instant().plusSeconds(2);
        early.journal.wantDeadline(session.id(), soon);

        await().until(() -> session.ended().equals(Optional.of(EndReason.EXPIRED)));
        await().until(() -> late.endReason(session).isPresent());
        assertThat(early.journal.session(session.id()).orElseThrow().ended().orElseThrow().when())
                .isCloseTo(soon, within(5, ChronoUnit.SECONDS));
    }

    @Test
    void aJournalThatIsAwayEndsNoConsole() throws Exception {
        ConsoleSession session = one.start("14494", "c-17");
        postgres.stop();
        postgres.startAgain();
        await().ignoreExceptions().until(() -> two.journal.wantEnd(session.id(), EndReason.CLOSED_BY_PANEL.name()));

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
