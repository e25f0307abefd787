package org.serverconsole.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.serverconsole.journal.AtOnce.atOnce;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.ConfigException;
import org.serverconsole.journal.Journal.LeaseRecord;
import org.serverconsole.journal.Journal.PinLimit;
import org.serverconsole.journal.Journal.SessionEnd;
import org.serverconsole.journal.Journal.SessionRecord;
import org.serverconsole.journal.Journal.SessionState;
import org.serverconsole.journal.Journal.TicketRecord;
import org.serverconsole.journal.Journal.Wish;
import org.serverconsole.parts.Postgres;

/** Two nodes at one journal in a real PostgreSQL. */
class SharedJournalIT {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private static final PinLimit LIMIT = new PinLimit(5, 900);

    @TempDir
    static Path folder;

    private static Postgres postgres;

    private Journal one;
    private Journal two;

    @BeforeAll
    static void start() throws Exception {
        postgres = Postgres.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void open() throws ConfigException {
        one = Journal.open(postgres.url());
        two = Journal.open(postgres.url());
    }

    @AfterEach
    void close() throws SQLException {
        one.close();
        two.close();
        sql("TRUNCATE node, console_session, lease, pin_failure, login_ticket, audit");
    }

    @Test
    void twoHundredRedemptionsOfOneTokenAtTwoNodesOpenOneSession() throws Exception {
        List<Boolean> redeemed = atOnce(200, i -> redeem(node(i), "hash", "session-" + i, "14494"));

        assertThat(redeemed).containsOnlyOnce(true).hasSize(200);
        assertThat(one.isRedeemed("hash")).isTrue();
    }

    @Test
    void tenThousandGuessesAtTwoNodesAreEvaluatedFiveTimes() throws Exception {
        List<Integer> evaluated = atOnce(100, i -> {
            int mine = 0;
            for (int guess = 0; guess < 100; guess++) {
                List<String> subjects = List.of("server:14494", "customer:c-" + i);
                mine += node(i).beginPinAttempt(subjects, LIMIT, NOW).isEmpty() ? 1 : 0;
            }
            return mine;
        });

        assertThat(evaluated.stream().mapToInt(Integer::intValue).sum()).isEqualTo(5);
        assertThat(two.beginPinAttempt(List.of("server:20110", "customer:c-1"), LIMIT, NOW)).isEmpty();
    }

    @Test
    void rightPinsOfOneCustomerAtTwoNodesDoNotGetInEachOthersWay() throws Exception {
        List<String> subjects = List.of("server:14494", "customer:c-17");
        PinLimit never = new PinLimit(1_000_000, 900);

        List<Integer> accepted = atOnce(8, i -> {
            int mine = 0;
            for (int login = 0; login < 100; login++) {
                mine += node(i).beginPinAttempt(subjects, never, NOW).isEmpty() ? 1 : 0;
                node(i).pinAccepted(subjects);
            }
            return mine;
        });

        assertThat(accepted).hasSize(8).containsOnly(100);
    }

    @Test
    void aRightPinAtOneNodeForgetsTheFailuresAtTheOther() {
        for (int i = 0; i < 4; i++) {
            assertThat(node(i).beginPinAttempt(List.of("server:1"), LIMIT, NOW)).isEmpty();
        }
        one.pinAccepted(List.of("server:1"));
        for (int i = 0; i < 5; i++) {
            assertThat(node(i).beginPinAttempt(List.of("server:1"), LIMIT, NOW)).isEmpty();
        }
        assertThat(one.beginPinAttempt(List.of("server:1"), LIMIT, NOW)).contains(NOW.plusSeconds(900));
    }

    @Test
    void aTicketMintedAtOneNodeIsKnownAtTheOther() {
        TicketRecord ticket = new TicketRecord("hash", "session", "14494", "c-17", Optional.of("192.0.2.7"), Optional.empty(),
                NOW.plusSeconds(60));
        one.mintTicket(ticket);

        assertThat(two.ticket("hash")).contains(ticket);
        assertThat(two.ticketOf("session")).contains(ticket);
    }

    @Test
    void aConsoleOpenedAtOneNodeSupersedesTheOthersEvenAtTheSameInstant() throws Exception {
        redeem(one, "first", "older", "14494");
        redeem(one, "other", "another server's", "20110");
        redeem(two, "second", "newer", "14494");

        assertThat(one.wishes()).containsExactly(new Wish("older", Optional.of(Journal.SUPERSEDED), Optional.empty()));
        assertThat(one.wishes()).as("told until it is done").hasSize(1);
        assertThat(two.wishes()).isEmpty();

        one.sessionEnded("older", Journal.SUPERSEDED, NOW);
        assertThat(one.wishes()).isEmpty();
        two.sessionEnded("newer", "EXPIRED", NOW);
        for (int i = 0; i < 20; i++) {
            String server = "server-" + i;
            atOnce(2, n -> redeem(node(n), server + n, server + "at" + n, server));
            assertThat(one.wishes().size() + two.wishes().size()).isEqualTo(i + 1);
        }
    }

    @Test
    void aNodeIsToldWhatOthersWantOfItsSessions() {
        redeem(one, "hash", "session", "14494");

        assertThat(two.liveSession("14494")).map(state -> state.session().id()).contains("session");
        assertThat(two.sessionsElsewhere()).extracting(SessionRecord::id).containsExactly("session");
        assertThat(one.sessionsElsewhere()).isEmpty();
        assertThat(two.wantDeadline("session", NOW.plusSeconds(9000))).isTrue();
        assertThat(two.session("session")).map(state -> state.session().deadline()).contains(NOW.plusSeconds(9000));
        assertThat(two.wantEnd("session", "CLOSED_BY_PANEL")).isTrue();
        assertThat(one.wishes()).containsExactly(
                new Wish("session", Optional.of("CLOSED_BY_PANEL"), Optional.of(NOW.plusSeconds(9000))));

        one.sessionEnded("session", "CLOSED_BY_PANEL", NOW);
        assertThat(two.wantEnd("session", "REVOKED")).isFalse();
        assertThat(two.wantDeadline("session", NOW)).isFalse();
        assertThat(two.liveSession("14494")).isEmpty();
        assertThat(two.session("session")).flatMap(SessionState::ended).contains(new SessionEnd(NOW, "CLOSED_BY_PANEL"));
    }

    @Test
    void whoseServerAnotherNodeHasTakenOverIsGrantedNothingAnyMore() {
        redeem(one, "hash", "older", "14494");
        long before = one.writeLease("older", "14494", "ovirt", Map.of("vm", "a"));
        redeem(two, "other hash", "newer", "14494");
        long after = two.writeLease("newer", "14494", "ovirt", Map.of("vm", "a"));

        assertThatThrownBy(() -> one.writeLease("older", "14494", "ovirt", Map.of("vm", "b"))).isInstanceOf(SessionOverException.class);

        assertThat(one.openLeases()).extracting(LeaseRecord::id).containsExactly(before, after);
    }

    @Test
    void ofTwoNodesOneTakesALeaseBack() throws Exception {
        redeem(one, "hash", "session", "14494");
        one.writeLease("session", "14494", "ovirt", Map.of("vm", "a"));
        one.writeLease("session", "14494", "ovirt", Map.of("vm", "b"));
        assertThat(two.claimLeases(Optional.empty())).as("of a server that is being served").isEmpty();
        one.sessionEnded("session", "EXPIRED", NOW);

        List<List<LeaseRecord>> claimed = atOnce(2, i -> node(i).claimLeases(Optional.empty()));

        assertThat(claimed.stream().flatMap(List::stream)).hasSize(2).doesNotHaveDuplicates();
        assertThat(one.openLeases()).hasSize(2);
    }

    @Test
    void whatADeadNodeWasGrantedIsTakenBackByTheOther() throws Exception {
        redeem(one, "hash", "session", "14494");
        long lease = one.writeLease("session", "14494", "ovirt", Map.of("vm", "a"));
        assertThat(one.claimLeases(Optional.of("session"))).extracting(LeaseRecord::id).containsExactly(lease);

        sql("UPDATE node SET seen = seen - INTERVAL '1 minute'");
        two.alive();
        two.strandedSessionsEnded("NODE_SHUTDOWN", NOW);

        assertThat(two.session("session")).flatMap(SessionState::ended).map(SessionEnd::reason).contains("NODE_SHUTDOWN");
        assertThat(two.claimLeases(Optional.empty())).extracting(LeaseRecord::id).containsExactly(lease);
        two.leaseReleased(lease);
        assertThat(two.openLeases()).isEmpty();
    }

    @Test
    void aNodeThatLivesKeepsItsSessions() {
        redeem(one, "hash", "session", "14494");
        two.strandedSessionsEnded("NODE_SHUTDOWN", NOW);

        assertThat(two.session("session")).flatMap(SessionState::ended).isEmpty();
    }

    @Test
    void aNodeThatLeavesInPeaceIsGoneAtOnce() throws Exception {
        redeem(one, "hash", "session", "14494");
        one.close();
        two.strandedSessionsEnded("NODE_SHUTDOWN", NOW);

        assertThat(two.session("session")).flatMap(SessionState::ended).isPresent();
    }

    @Test
    void theDatabasesClockRules() throws Exception {
        for (int wrong : List.of(-30, 30)) {
            try (Journal off = JdbiJournal.open(postgres.url(), Clock.offset(Clock.systemUTC(), Duration.ofSeconds(wrong)))) {
                assertThat(off.clock().instant()).isCloseTo(one.clock().instant(), within(5, ChronoUnit.SECONDS));
            }
        }
    }

    @Test
    void theAuditOfAllNodesIsOne() {
        one.audit(List.of(AuditEvent.at(NOW, "login", AuditEvent.OK).server("14494").customer("c-17")));
        two.audit(List.of(AuditEvent.at(NOW.plusMillis(1), "end", AuditEvent.OK).server("14494").reason("EXPIRED")));

        assertThat(one.audited(new AuditEvent.Query(Optional.of("14494"), Optional.empty(), Optional.empty(),
                Optional.empty(), 10))).extracting(AuditEvent::action).containsExactly("login", "end");
    }

    @Test
    void aDatabaseThatWasAwayIsUsedAgain() throws Exception {
        redeem(one, "hash", "session", "14494");
        postgres.stop();
        assertThatThrownBy(() -> redeem(one, "other", "another", "14494")).isInstanceOf(IllegalStateException.class);
        postgres.startAgain();

        Awaitility.await().ignoreExceptions().until(() -> one.isRedeemed("hash"));
        assertThat(redeem(one, "hash", "again", "14494")).isFalse();
    }

    @Test
    void aJournalWhoseDatabaseIsAwayIsClosedAndLeavesNothingBehind() throws Exception {
        long before = pools();
        Journal third = Journal.open(postgres.url());
        assertThat(pools()).isGreaterThan(before);
        postgres.stop();
        try {
            third.close();
        } finally {
            postgres.startAgain();
        }
        Awaitility.await().until(() -> pools() == before);
    }

    private static long pools() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("console-journal") && thread.getName().endsWith("housekeeper"))
                .count();
    }

    @Test
    @Timeout(60)
    void whileADatabaseIsAwayNobodyWaitsForThoseBeforeHim() throws Exception {
        postgres.stop();
        try {
            assertThat(atOnce(100, i -> {
                try {
                    return Boolean.toString(node(i).isRedeemed("hash"));
                } catch (JournalException e) {
                    return "away";
                }
            })).containsOnly("away");
        } finally {
            postgres.startAgain();
        }
        Awaitility.await().ignoreExceptions().until(() -> !one.isRedeemed("hash") && !two.isRedeemed("hash"));
    }

    @Test
    void whatCannotBeOpenedIsRefusedWithoutItsPassword() {
        for (String url : List.of(postgres.urlWithPassword("wr0ng-s3cret"), postgres.url().replace("/console", "/nowhere"),
                postgres.url().replace(":" + postgres.port(), ":1"), "jdbc:postgresql:?password=pg-secret-4711&sslmode=x")) {
            assertThatThrownBy(() -> Journal.open(url)).isInstanceOf(ConfigException.class)
                    .hasMessageContaining("console-journal").hasMessageNotContaining("s3cret")
                    .hasMessageNotContaining("pg-secret").hasNoCause();
        }
    }

    private Journal node(int number) {
        return number % 2 == 0 ? one : two;
    }

    private static boolean redeem(Journal journal, String hash, String sessionId, String server) {
        return journal.redeem(hash, NOW.plusSeconds(300),
                new SessionRecord(sessionId, server, "c-17", NOW, NOW.plus(Duration.ofHours(2))));
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = postgres.connect(); Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }
}
