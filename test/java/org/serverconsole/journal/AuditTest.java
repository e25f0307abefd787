package org.serverconsole.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.fake.FakeClock;
import org.slf4j.LoggerFactory;

class AuditTest {

    private static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");

    private final FakeClock clock = new FakeClock(NOW);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final ListAppender<ILoggingEvent> complaints = new ListAppender<>();
    private Journal journal;
    private Audit audit;

    @BeforeEach
    void open() throws Exception {
        capture("console.audit", lines);
        capture(Audit.class.getName(), complaints);
        journal = JdbiJournal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", clock);
        audit = new Audit(journal, clock);
    }

    @AfterEach
    void close() {
        audit.close();
        journal.close();
        release("console.audit", lines);
        release(Audit.class.getName(), complaints);
    }

    @Test
    void anEventIsOneLineOfJsonAtOnceAndInTheJournalSoonAfter() {
        AuditEvent event = AuditEvent.at(NOW, "login", "PIN_WRONG")
                .server("14494").customer("c-17").address("192.0.2.7").key("key-1").reason("reference K7F3Q9");

        audit.write(event);

        assertThat(lines()).containsExactly("{\"at\":\"2026-03-01T03:00:00Z\",\"action\":\"login\",\"outcome\":\"PIN_WRONG\","
                + "\"server\":\"14494\",\"customer\":\"c-17\",\"address\":\"192.0.2.7\",\"key\":\"key-1\","
                + "\"reason\":\"reference K7F3Q9\"}");
        await().untilAsserted(() -> assertThat(journalled()).containsExactly(event));
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        audit.write(AuditEvent.at(NOW, "operator.drain", "OK"));

        assertThat(lines()).containsExactly("{\"at\":\"2026-03-01T03:00:00Z\",\"action\":\"operator.drain\",\"outcome\":\"OK\"}");
    }

    @Test
    void whatCameFromOutsideStartsNoLineOfItsOwnAndIsCut() {
        audit.write(AuditEvent.at(NOW, "login", "TOKEN").server("a\n{\"action\":\"login\"}" + "x".repeat(5000)).address("\u001b[2J"));

        assertThat(lines()).singleElement().asString().hasSizeLessThan(500)
                .doesNotContain("\n", "\\n", "\u001b").contains("\"server\":\"a?{\\\"action\\\"");
    }

    @Test
    void everyEventIsInTheJournalOnceTheAuditIsClosed() {
        for (int i = 0; i < 1000; i++) {
            audit.write(AuditEvent.at(NOW, "login", "OK").key("key-" + i));
        }

        audit.close();

        assertThat(journalled()).hasSize(1000).extracting(event -> event.key().orElseThrow())
                .startsWith("key-0", "key-1").endsWith("key-999");
    }

    @Test
    void aJournalThatFailsCostsTheJournalsCopyOnlyAndIsComplainedOfOnce() {
        journal.close();

        audit.write(AuditEvent.at(NOW, "login", "OK").key("one"));
        await().until(() -> !complaints.list.isEmpty());
        audit.write(AuditEvent.at(NOW, "login", "OK").key("two"));
        audit.close();

        assertThat(lines()).hasSize(2);
        assertThat(complaints.list).singleElement().satisfies(complaint -> {
            assertThat(complaint.getLevel()).isEqualTo(Level.ERROR);
            assertThat(complaint.getFormattedMessage()).startsWith("The journal does not take the audit");
        });
    }

    @Test
    void ofStrangersSoManyAMinuteAreWrittenAndTheRestIsCounted() {
        for (int i = 0; i < 1000; i++) {
            audit.writeOfStranger(AuditEvent.at(NOW, "login", "TOKEN"));
        }
        audit.write(AuditEvent.at(NOW, "login", "OK"));
        assertThat(lines()).hasSize(Audit.STRANGERS_A_MINUTE + 1);

        clock.advance(Duration.ofSeconds(61));
        audit.writeOfStranger(AuditEvent.at(clock.instant(), "login", "TOKEN"));

        assertThat(lines()).hasSize(Audit.STRANGERS_A_MINUTE + 3);
        assertThat(lines().get(Audit.STRANGERS_A_MINUTE + 1)).contains("LEFT_OUT", "940 refusals");
    }

    @Test
    void theCountOfThoseLeftOutIsWrittenAtTheEndAsWell() {
        for (int i = 0; i < Audit.STRANGERS_A_MINUTE + 7; i++) {
            audit.writeOfStranger(AuditEvent.at(NOW, "login", "TOKEN"));
        }

        audit.close();

        assertThat(lines().get(lines().size() - 1)).contains("7 refusals");
    }

    private List<AuditEvent> journalled() {
        return journal.audited(new AuditEvent.Query(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 10_000));
    }

    private List<String> lines() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static void capture(String name, ListAppender<ILoggingEvent> appender) {
        Logger logger = (Logger) LoggerFactory.getLogger(name);
        appender.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(appender);
    }

    private static void release(String name, ListAppender<ILoggingEvent> appender) {
        Logger logger = (Logger) LoggerFactory.getLogger(name);
        logger.detachAppender(appender);
        logger.setAdditive(true);
        logger.setLevel(null);
    }
}
