package org.serverconsole.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Audit;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;

class SessionAuditTest {

    private static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");
    private static final AuditEvent.Query ALL =
            new AuditEvent.Query(Optional.of("14494"), Optional.empty(), Optional.empty(), Optional.empty(), 100);

    @Test
    void recordingsAndThoseWhoLookOnAreAuditedByName() throws Exception {
        FakeClock clock = new FakeClock(NOW);
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        try (Journal journal = Journal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
                Audit audit = new Audit(journal, clock);
                ConsoleSessions sessions = new ConsoleSessions(clock, journal, Map.of("scripted", new ScriptedAdapter()),
                        new SessionRules(Duration.ofHours(2), Duration.ofHours(8), 10, 10), id -> Optional.empty(), timer,
                        List.of(new SessionAudit(audit)))) {
            Server server = new Server("14494", "14494", "scripted", Secret.NONE, Secret.NONE, Map.of());
            ConsoleSession session = sessions.start("key-1", server, "c-17", "token", record -> true).orElseThrow();
            session.recorded("key-1-1");
            session.watched("support-3", "192.0.2.9");

            AuditEvent record = AuditEvent.at(NOW, "record", AuditEvent.OK)
                    .server("14494").customer("c-17").key("key-1").reason("key-1-1");
            AuditEvent watch = AuditEvent.at(NOW, "watch", AuditEvent.OK)
                    .server("14494").customer("support-3").address("192.0.2.9").key("key-1");
            await().untilAsserted(() -> assertThat(journal.audited(ALL)).contains(record, watch));
        } finally {
            timer.shutdownNow();
        }
    }
}
