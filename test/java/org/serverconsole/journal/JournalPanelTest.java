package org.serverconsole.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.config.ConfigException;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.journal.Journal.SessionEnd;
import org.serverconsole.journal.Journal.SessionRecord;
import org.serverconsole.journal.Journal.SessionState;
import org.serverconsole.journal.Journal.TicketRecord;

/** Login tickets, what is known of sessions, and the audit. */
class JournalPanelTest {

    private static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");

    private final FakeClock clock = new FakeClock(NOW);
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private Journal journal;

    @BeforeEach
    void open() throws ConfigException {
        journal = JdbiJournal.open(url, clock);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void aTicketIsFoundByItsHashAndByTheSessionItOpens() {
        TicketRecord bound = ticket("hash-1", "key-1", Optional.of("192.0.2.7"));
        TicketRecord free = ticket("hash-2", "key-2", Optional.empty());
        journal.mintTicket(bound);
        journal.mintTicket(free);

        assertThat(journal.ticket("hash-1")).contains(bound);
        assertThat(journal.ticketOf("key-2")).contains(free);
        assertThat(journal.ticket("key-1")).isEmpty();
    }

    @Test
    void aSessionIsPromisedToOneTicketOnly() {
        journal.mintTicket(ticket("hash-1", "key", Optional.empty()));

        assertThatThrownBy(() -> journal.mintTicket(ticket("hash-2", "key", Optional.empty())))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTicketIsForgottenThirtyDaysAfterItExpired() throws ConfigException {
        journal.mintTicket(ticket("hash", "key", Optional.empty()));
        clock.advance(Duration.ofDays(30));
        reopen();
        assertThat(journal.ticket("hash")).isPresent();
        clock.advance(Duration.ofDays(1));
        reopen();
        assertThat(journal.ticket("hash")).isEmpty();
    }

    @Test
    void aSessionIsKnownWhileItLivesAndAfterItsEnd() {
        SessionRecord session = new SessionRecord("key", "14494", "customer", NOW, NOW.plusSeconds(7200));
        journal.redeem("hash", NOW.plusSeconds(60), session);
        assertThat(journal.session("key")).contains(new SessionState(session, Optional.empty()));

        journal.sessionExtended("key", NOW.plusSeconds(9000));
        journal.sessionEnded("key", "CLOSED_BY_PANEL", NOW.plusSeconds(10));

        assertThat(journal.session("key")).contains(new SessionState(
                new SessionRecord("key", "14494", "customer", NOW, NOW.plusSeconds(9000)),
                Optional.of(new SessionEnd(NOW.plusSeconds(10), "CLOSED_BY_PANEL"))));
        assertThat(journal.session("another")).isEmpty();
    }

    @Test
    void theAuditIsAskedByServerByCustomerAndByTime() {
        AuditEvent first = event(0, "login", "14494", "ann");
        AuditEvent second = event(60, "reboot", "14494", "bob");
        AuditEvent third = event(120, "login", "20110", "ann");
        journal.audit(List.of(first, second));
        journal.audit(List.of(third));

        assertThat(audited(Optional.empty(), Optional.empty(), 10)).containsExactly(first, second, third);
        assertThat(audited(Optional.of("14494"), Optional.empty(), 10)).containsExactly(first, second);
        assertThat(audited(Optional.empty(), Optional.of("ann"), 10)).containsExactly(first, third);
        assertThat(audited(Optional.of("14494"), Optional.of("ann"), 10)).containsExactly(first);
        assertThat(audited(Optional.empty(), Optional.empty(), 2)).containsExactly(second, third);
        assertThat(journal.audited(new AuditEvent.Query(Optional.empty(), Optional.empty(),
                Optional.of(NOW.plusSeconds(60)), Optional.of(NOW.plusSeconds(120)), 10))).containsExactly(second);
    }

    @Test
    void anEventOfWhichLittleIsKnownIsKeptAsItIs() {
        AuditEvent little = new AuditEvent(NOW, "novnc", "TOKEN_REJECTED", Optional.empty(), Optional.empty(),
                Optional.of("192.0.2.7"), Optional.empty(), Optional.empty());
        journal.audit(List.of(little));

        assertThat(audited(Optional.empty(), Optional.empty(), 1)).containsExactly(little);
    }

    @Test
    void theAuditIsKeptForAYear() throws ConfigException {
        journal.audit(List.of(event(0, "login", "14494", "ann")));
        clock.advance(Duration.ofDays(365));
        reopen();
        assertThat(audited(Optional.empty(), Optional.empty(), 1)).hasSize(1);
        clock.advance(Duration.ofDays(1));
        reopen();
        assertThat(audited(Optional.empty(), Optional.empty(), 1)).isEmpty();
    }

    private void reopen() throws ConfigException {
        journal.close();
        open();
    }

    private List<AuditEvent> audited(Optional<String> server, Optional<String> customer, int most) {
        return journal.audited(new AuditEvent.Query(server, customer, Optional.empty(), Optional.empty(), most));
    }

    private static AuditEvent event(long after, String action, String server, String customer) {
        return new AuditEvent(NOW.plusSeconds(after), action, "OK", Optional.of(server), Optional.of(customer),
                Optional.of("192.0.2.7"), Optional.of("key"), Optional.of("reason"));
    }

    private static TicketRecord ticket(String hash, String key, Optional<String> address) {
        return new TicketRecord(hash, key, "14494", "customer", address, Optional.of("ru"), NOW.plusSeconds(60));
    }
}
