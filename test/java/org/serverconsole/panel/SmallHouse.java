package org.serverconsole.panel;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.awaitility.Awaitility;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.journal.Audit;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.SessionAudit;
import org.serverconsole.session.SessionRules;

/** Console sessions with all that notes down what becomes of them, over a vendor that opens at once or fails. */
final class SmallHouse implements AutoCloseable {

    final FakeClock clock = new FakeClock(Instant.parse("2026-03-01T03:00:00Z"));
    final Journal journal;
    final Audit audit;
    final Metrics metrics = new Metrics();
    final ConsoleSessions sessions;
    volatile Optional<AdapterException.Kind> failure = Optional.empty();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

    SmallHouse() throws Exception {
        journal = Journal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        audit = new Audit(journal, clock);
        sessions = new ConsoleSessions(clock, journal, Map.of("plain", new Plain()),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(8), 100, 100), id -> Optional.empty(), timer,
                List.of(new SessionAudit(audit), metrics));
        metrics.watch(sessions);
    }

    ConsoleSession start(String server, String customer) throws Exception {
        return sessions.start(UUID.randomUUID().toString(),
                new Server(server, "label of " + server, "plain", Secret.NONE, Secret.NONE, Map.of()), customer,
                UUID.randomUUID().toString(), record -> true).orElseThrow();
    }

    /** The events of that action which have reached the journal, once everything reported before has. */
    List<AuditEvent> audited(String action) {
        // In order: behind this one there is nothing left to come.
        String mark = UUID.randomUUID().toString();
        audit.write(AuditEvent.at(clock.instant(), "mark", mark));
        Awaitility.await().until(() -> all().stream().anyMatch(event -> event.outcome().equals(mark)));
        return all().stream().filter(event -> event.action().equals(action)).toList();
    }

    private List<AuditEvent> all() {
        return journal.audited(new AuditEvent.Query(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 10_000));
    }

    @Override
    public void close() {
        sessions.close();
        timer.shutdownNow();
        audit.close();
        journal.close();
        metrics.close();
    }

    private final class Plain implements ConsoleAdapter {

        @Override
        public String type() {
            return "plain";
        }

        @Override
        public Optional<ServerRule.Problem> check(Server server) {
            return Optional.empty();
        }

        @Override
        public void start(AdapterEnvironment environment) { }

        @Override
        public ConsoleStream open(Server server, Opening opening) throws AdapterException {
            if (failure.isPresent()) {
                throw new AdapterException(failure.get(), "made to fail");
            }
            return new ConsoleStream(ConsoleStream.Protocol.RFB, new EmbeddedChannel(), Map.of());
        }

        @Override
        public void close() { }
    }
}
