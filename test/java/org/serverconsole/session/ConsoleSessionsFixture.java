package org.serverconsole.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;

/** Console sessions of a vendor that does as a test says, their clock and their journal. */
abstract class ConsoleSessionsFixture {

    static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");
    static final SessionRules RULES = new SessionRules(Duration.ofHours(2), Duration.ofHours(5), 3, 2);

    final ScriptedAdapter adapter = new ScriptedAdapter();
    final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    final FakeClock clock = new FakeClock(NOW);
    final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    final List<SessionEvent> events = new CopyOnWriteArrayList<>();
    Journal journal;
    ConsoleSessions sessions;

    @BeforeEach
    void open() throws Exception {
        journal = Journal.open(url);
        sessions = sessions(Duration.ofHours(2));
    }

    @AfterEach
    void close() {
        sessions.close();
        journal.close();
        timer.shutdownNow();
    }

    ConsoleSessions sessions(Duration duration) {
        return new ConsoleSessions(clock, journal, Map.of("scripted", adapter),
                new SessionRules(duration, RULES.limit(), RULES.most(), RULES.mostPerCustomer()),
                id -> Optional.of(server(id)), timer, List.of(events::add));
    }

    ConsoleSession start(String serverId, String tokenHash) {
        try {
            return sessions.start(UUID.randomUUID().toString(), server(serverId), "customer", tokenHash,
                    record -> journal.redeem(tokenHash, NOW.plusSeconds(600), record)).orElseThrow();
        } catch (NoRoomException e) {
            throw new AssertionError(e);
        }
    }

    static Server server(String id) {
        return new Server(id, "label of " + id, "scripted", Secret.NONE, Secret.NONE, Map.of());
    }

    static ConsoleStream join(PendingStream pending) throws CompletionException {
        return pending.stream().toCompletableFuture().join();
    }
}
