package org.serverconsole.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.result.RowView;
import org.serverconsole.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal in a database. */
final class JdbiJournal implements Journal {

    private static final Logger LOG = LoggerFactory.getLogger(JdbiJournal.class);

    /** How long what is over can still be looked up. */
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Duration AUDIT_KEPT = Duration.ofDays(365);
    private static final Duration BETWEEN_PRUNINGS = Duration.ofDays(1);

    private static final int TOGETHER = 256;

    /** A transaction that holds the locks of several callers could wait for another node's, and that one for it. */
    private static final int ALONE = 1;

    private static final Insert SESSION = new Insert("console_session", "token_hash", "token_expires", "id", "server_id",
            "customer", "started", "deadline", "node");

    private static final String LEASES = "SELECT id, session_id, server_id, type, undo FROM lease";

    private static final TypeReference<Map<String, String>> UNDO = new TypeReference<>() { };

    /** What this process is called, in this run. */
    private final String node = UUID.randomUUID().toString();
    private final Dialect dialect;
    private final HikariDataSource pool;
    private final CommitQueue queue;
    private final SharedClock clock;
    private final ObjectMapper json = new ObjectMapper();
    private final AtomicReference<Instant> nextPruning;
    private volatile Optional<Notices> notices = Optional.empty();

    private JdbiJournal(Dialect dialect, HikariDataSource pool, Clock clock) {
        this.dialect = dialect;
        this.pool = pool;
        this.clock = new SharedClock(clock);
        this.nextPruning = new AtomicReference<>(clock.instant());
        this.queue = new CommitQueue(Jdbi.create(pool)
                .registerArgument(new InstantArgument())
                .registerColumnMapper(Instant.class, (row, column, context) -> {
                    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
                    return value == null ? null : value.toInstant();
                }), dialect == Dialect.H2 ? TOGETHER : ALONE, pool, dialect);
    }

    static Journal open(String url, Clock clock) throws ConfigException {
        Dialect dialect = Dialect.of(url);
        JdbiJournal journal = new JdbiJournal(dialect, dialect.open(url), clock);
        if (dialect == Dialect.H2) {
            journal.queue.run(Nodes::forgetAll);
        }
        journal.alive();
        journal.pruneIfDue();
        return journal;
    }

    static Journal openToRead(String url) throws ConfigException {
        Dialect dialect = Dialect.of(url);
        return new JdbiJournal(dialect, dialect.openToRead(url), Clock.systemUTC());
    }

    @Override
    public boolean isShared() {
        return dialect != Dialect.H2;
    }

    @Override
    public void alive() {
        queue.run(handle -> {
            if (isShared()) {
                clock.follow(() -> handle.createQuery("SELECT CLOCK_TIMESTAMP()").mapTo(Instant.class).one());
            }
            return Nodes.seen(handle, node);
        });
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public boolean redeem(String tokenHash, Instant tokenExpires, SessionRecord session) {
        pruneIfDue();
        return isShared() ? queue.run(handle -> {
            Nodes.oneAtATime(handle, session.serverId());
            boolean first = insert(handle, tokenHash, tokenExpires, session);
            if (first) {
                Nodes.supersede(handle, node, session.serverId(), SUPERSEDED);
            }
            return first;
        }) : queue.runOne(handle -> insert(handle, tokenHash, tokenExpires, session));
    }

    @Override
    public boolean useUp(String tokenHash, Instant tokenExpires, SessionRecord session, String reason) {
        return queue.run(handle -> {
            boolean first = insert(handle, tokenHash, tokenExpires, session);
            if (first) {
                end(handle, session.id(), reason, session.started());
            }
            return first;
        });
    }

    private boolean insert(Handle handle, String tokenHash, Instant tokenExpires, SessionRecord session) {
        return dialect.insertIfAbsent(handle.getConnection(), SESSION, tokenHash, tokenExpires, session.id(),
                session.serverId(), session.customer(), session.started(), session.deadline(), node);
    }

    @Override
    public boolean isRedeemed(String tokenHash) {
        return queue.runOne(handle -> SESSION.isThere(handle.getConnection(), tokenHash));
    }

    @Override
    public void mintTicket(TicketRecord ticket) {
        pruneIfDue();
        queue.run(handle -> handle.createUpdate("INSERT INTO login_ticket"
                        + " (token_hash, session_id, server_id, customer, address, locale, expires) VALUES (?, ?, ?, ?, ?, ?, ?)")
                .bind(0, ticket.tokenHash()).bind(1, ticket.sessionId()).bind(2, ticket.serverId())
                .bind(3, ticket.customer()).bind(4, ticket.address()).bind(5, ticket.locale())
                .bind(6, ticket.expires()).execute());
    }

    @Override
    public Optional<TicketRecord> ticket(String tokenHash) {
        return queue.run(handle -> findTicket(handle, "token_hash", tokenHash));
    }

    @Override
    public Optional<TicketRecord> ticketOf(String sessionId) {
        return queue.run(handle -> findTicket(handle, "session_id", sessionId));
    }

    private static Optional<TicketRecord> findTicket(Handle handle, String column, String value) {
        return handle.createQuery("SELECT * FROM login_ticket WHERE " + column + " = ?").bind(0, value)
                .map(row -> new TicketRecord(text(row, "token_hash"), text(row, "session_id"), text(row, "server_id"),
                        text(row, "customer"), optionalText(row, "address"), optionalText(row, "locale"),
                        row.getColumn("expires", Instant.class)))
                .findOne();
    }

    @Override
    public Optional<SessionState> session(String sessionId) {
        return findSession(" WHERE id = ?", sessionId);
    }

    @Override
    public Optional<SessionState> liveSession(String serverId) {
        return findSession(" WHERE server_id = ? AND ended IS NULL ORDER BY started DESC LIMIT 1", serverId);
    }

    @Override
    public Optional<SessionEnd> endOf(String tokenHash) {
        return queue.run(handle -> handle.createQuery(
                        "SELECT ended, end_reason FROM console_session WHERE token_hash = ? AND ended IS NOT NULL")
                .bind(0, tokenHash)
                .map(row -> new SessionEnd(row.getColumn("ended", Instant.class), text(row, "end_reason"))).findOne());
    }

    @Override
    public List<SessionRecord> sessionsElsewhere() {
        return queue.run(handle -> Nodes.sessionsElsewhere(handle, node).map(JdbiJournal::session).list());
    }

    @Override
    public int serversElsewhere(String customer, String exceptServer) {
        return queue.run(handle -> Nodes.serversElsewhere(handle, node, customer, exceptServer));
    }

    @Override
    public boolean isBusyElsewhere(String serverId, String sessionId) {
        return queue.run(handle -> Nodes.busyElsewhere(handle, node, serverId, sessionId));
    }

    private Optional<SessionState> findSession(String which, String value) {
        return queue.run(handle -> handle.createQuery("SELECT * FROM console_session" + which).bind(0, value)
                .map(row -> new SessionState(session(row), Optional.ofNullable(row.getColumn("ended", Instant.class))
                        .map(when -> new SessionEnd(when, text(row, "end_reason")))))
                .findOne());
    }

    private static SessionRecord session(RowView row) {
        return new SessionRecord(text(row, "id"), text(row, "server_id"), text(row, "customer"),
                row.getColumn("started", Instant.class), row.getColumn("deadline", Instant.class));
    }

    @Override
    public void audit(List<AuditEvent> events) {
        pruneIfDue();
        queue.run(handle -> AuditQuery.insert(handle, events));
    }

    @Override
    public List<AuditEvent> audited(AuditEvent.Query query) {
        return queue.run(handle -> AuditQuery.run(handle, query));
    }

    private static String text(RowView row, String column) {
        return row.getColumn(column, String.class);
    }

    private static Optional<String> optionalText(RowView row, String column) {
        return Optional.ofNullable(text(row, column));
    }

    @Override
    public void sessionEnded(String sessionId, String reason, Instant when) {
        queue.run(handle -> end(handle, sessionId, reason, when));
    }

    private static int end(Handle handle, String sessionId, String reason, Instant when) {
        return handle.createUpdate("UPDATE console_session SET ended = COALESCE(ended, ?),"
                        + " end_reason = COALESCE(end_reason, ?), end_wanted = NULL, deadline_wanted = NULL WHERE id = ?")
                .bind(0, when).bind(1, reason).bind(2, sessionId).execute();
    }

    @Override
    public void sessionExtended(String sessionId, Instant deadline) {
        queue.run(handle -> handle.createUpdate("UPDATE console_session SET deadline = ? WHERE id = ?")
                .bind(0, deadline).bind(1, sessionId).execute());
    }

    @Override
    public List<SessionRecord> strandedSessionsEnded(String reason, Instant when) {
        List<SessionRecord> ended = queue.run(handle -> {
            List<SessionRecord> stranded = Nodes.stranded(handle, node).map(JdbiJournal::session).list();
            stranded.forEach(session -> Nodes.endStranded(handle, session, reason, when));
            return stranded;
        });
        ended.forEach(session -> Audit.log(Nodes.endOf(session, reason, when)));
        return ended;
    }

    @Override
    public void overdueSessionsEnded(String reason, Instant before) {
        queue.run(handle -> handle.createUpdate("UPDATE console_session SET ended = deadline, end_reason = ?"
                        + " WHERE ended IS NULL AND node = ? AND deadline < ?")
                .bind(0, reason).bind(1, node).bind(2, before).execute());
    }

    @Override
    public boolean wantEnd(String sessionId, String reason) {
        return want(sessionId, handle -> handle.createUpdate(
                        "UPDATE console_session SET end_wanted = ? WHERE id = ? AND ended IS NULL")
                .bind(0, reason).bind(1, sessionId).execute() == 1);
    }

    @Override
    public boolean wantDeadline(String sessionId, Instant deadline) {
        return want(sessionId, handle -> handle.createUpdate(
                        "UPDATE console_session SET deadline_wanted = ?, deadline = ? WHERE id = ? AND ended IS NULL")
                .bind(0, deadline).bind(1, deadline).bind(2, sessionId).execute() == 1);
    }

    private boolean want(String sessionId, Predicate<Handle> wish) {
        return queue.run(handle -> {
            boolean wanted = wish.test(handle);
            if (wanted && isShared()) {
                Nodes.tell(handle, "id", sessionId);
            }
            return wanted;
        });
    }

    @Override
    public List<Wish> wishes() {
        return queue.run(handle -> {
            List<Wish> wishes = handle.createQuery("SELECT id, end_wanted, deadline_wanted FROM console_session"
                            + " WHERE node = ? AND (end_wanted IS NOT NULL OR deadline_wanted IS NOT NULL)")
                    .bind(0, node)
                    .map(row -> new Wish(text(row, "id"), optionalText(row, "end_wanted"),
                            Optional.ofNullable(row.getColumn("deadline_wanted", Instant.class))))
                    .list();
            wishes.stream().filter(wish -> wish.deadline().isPresent()).forEach(wish -> handle.execute(
                    "UPDATE console_session SET deadline_wanted = NULL WHERE id = ?", wish.sessionId()));
            return wishes;
        });
    }

    @Override
    public void onWish(Runnable listener) {
        if (isShared()) {
            notices = Optional.of(Notices.listen(pool.getDataSource(), node, listener));
        }
    }

    @Override
    public long writeLease(String sessionId, String serverId, String type, Map<String, String> undo) {
        return queue.run(handle -> isShared() && Nodes.isOver(handle, sessionId) ? Optional.<Long>empty()
                        : Optional.of(writeLease(handle, sessionId, serverId, type, write(undo))))
                .orElseThrow(() -> new SessionOverException(sessionId));
    }

    private long writeLease(Handle handle, String sessionId, String serverId, String type, String undo) {
        Optional<Long> written = handle.createQuery(
                        "SELECT id FROM lease WHERE session_id = ? AND server_id = ? AND type = ? AND undo = ?")
                .bind(0, sessionId).bind(1, serverId).bind(2, type).bind(3, undo).mapTo(Long.class).findOne();
        if (written.isPresent()) {
            // Released and granted again: it is open once more.
            handle.createUpdate("UPDATE lease SET released = NULL WHERE id = ? AND released IS NOT NULL")
                    .bind(0, written.get()).execute();
            return written.get();
        }
        return handle.createUpdate(
                        "INSERT INTO lease (session_id, server_id, type, undo, written) VALUES (?, ?, ?, ?, ?)")
                .bind(0, sessionId).bind(1, serverId).bind(2, type).bind(3, undo).bind(4, clock.instant())
                .executeAndReturnGeneratedKeys("id").mapTo(Long.class).one();
    }

    @Override
    public void leaseReleased(long lease) {
        queue.run(handle -> handle.createUpdate("UPDATE lease SET released = ? WHERE id = ? AND released IS NULL")
                .bind(0, clock.instant()).bind(1, lease).execute());
    }

    @Override
    public List<LeaseRecord> openLeases() {
        return queue.run(handle -> handle.createQuery(LEASES + " WHERE released IS NULL ORDER BY id")
                .map((row, context) -> lease(row)).list());
    }

    @Override
    public List<LeaseRecord> claimLeases(Optional<String> sessionId) {
        return queue.run(handle -> leases(handle, sessionId.isPresent()
                ? Nodes.claimOf(handle, node, sessionId.get()) : Nodes.claimLeft(handle, node)));
    }

    @Override
    public List<LeaseRecord> claimLeasesBefore(String serverId, String sessionId) {
        return queue.run(handle -> leases(handle, Nodes.claimBefore(handle, node, serverId, sessionId)));
    }

    @Override
    public void disclaimLease(long lease) {
        queue.run(handle -> handle.createUpdate("UPDATE lease SET claimed_by = NULL, claimed_until = NULL"
                        + " WHERE id = ? AND claimed_by = ?").bind(0, lease).bind(1, node).execute());
    }

    private List<LeaseRecord> leases(Handle handle, List<Long> numbers) {
        return numbers.isEmpty() ? List.of() : handle.createQuery(LEASES + " WHERE id IN (<numbers>) ORDER BY id")
                .bindList("numbers", numbers).map((row, context) -> lease(row)).list();
    }

    @Override
    public Optional<Instant> beginPinAttempt(List<String> subjects, PinLimit limit, Instant now) {
        return queue.run(handle -> {
            List<PinFailures> all = inOneOrder(subjects)
                    .map(subject -> PinFailures.read(handle, dialect, subject)).toList();
            Optional<Instant> locked = all.stream().flatMap(failures -> failures.lockedAt(now).stream())
                    .max(Instant::compareTo);
            if (locked.isEmpty()) {
                all.forEach(failures -> failures.counted(limit, now).write(handle));
            }
            return locked;
        });
    }

    @Override
    public void pinAccepted(List<String> subjects) {
        queue.run(handle -> {
            inOneOrder(subjects).forEach(subject -> handle.execute("DELETE FROM pin_failure WHERE subject = ?", subject));
            return null;
        });
    }

    /** So that of two nodes neither waits for what the other has. */
    private static Stream<String> inOneOrder(List<String> subjects) {
        return subjects.stream().distinct().sorted();
    }

    @Override
    public void close() {
        notices.ifPresent(Notices::close);
        try {
            queue.run(handle -> handle.isReadOnly() ? 0 : Nodes.gone(handle, node));
        } catch (IllegalStateException e) {
            LOG.debug("The journal is not told that this node leaves: {}", e.getMessage());
        }
        try {
            queue.close();
        } catch (JournalException e) {
            LOG.debug("The journal cannot be reached any more: {}", e.getMessage());
        } finally {
            pool.close();
        }
    }

    private void pruneIfDue() {
        Instant now = clock.instant();
        Instant due = nextPruning.get();
        if (now.isBefore(due) || !nextPruning.compareAndSet(due, now.plus(BETWEEN_PRUNINGS))) {
            return;
        }
        try {
            queue.run(handle -> prune(handle, now, now.minus(KEPT)));
        } catch (RuntimeException e) {
            LOG.warn("The journal's old entries could not be deleted; tried again tomorrow.", e);
        }
    }

    private static int prune(Handle handle, Instant now, Instant longAgo) {
        return handle.execute("DELETE FROM console_session WHERE token_expires < ? AND COALESCE(ended, deadline) < ?",
                now, longAgo)
                + handle.execute("DELETE FROM login_ticket WHERE expires < ?", longAgo)
                + handle.execute("DELETE FROM audit WHERE at < ?", now.minus(AUDIT_KEPT))
                + handle.execute("DELETE FROM lease WHERE released < ?", longAgo);
    }

    private LeaseRecord lease(ResultSet row) throws SQLException {
        try {
            return new LeaseRecord(row.getLong("id"), row.getString("session_id"), row.getString("server_id"),
                    row.getString("type"), json.readValue(row.getString("undo"), UNDO));
        } catch (JsonProcessingException e) {
            throw new SQLException("lease " + row.getLong("id") + " is not JSON", e);
        }
    }

    /** Sorted, so that the same undo is the same text. */
    private String write(Map<String, String> undo) {
        try {
            return json.writeValueAsString(new TreeMap<>(undo));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a map of text is always JSON", e);
        }
    }

    /** Jdbi's own would go through the time zone of the machine, which has an hour twice a year. */
    private static final class InstantArgument extends AbstractArgumentFactory<Instant> {

        InstantArgument() {
            super(Types.TIMESTAMP_WITH_TIMEZONE);
        }

        @Override
        protected Argument build(Instant value, ConfigRegistry config) {
            return (position, statement, context) -> statement.setObject(position, value.atOffset(ZoneOffset.UTC));
        }
    }
}
