package org.serverconsole.journal;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.config.ConfigException;

/**
 * What survives a crash. Every method is one transaction and returns only when it is on the disk's side of the process, so
 * that {@code kill -9} right after loses nothing; where the journal cannot be used it throws {@link JournalException}. Safe
 * for use by many threads.
 */
public interface Journal extends AutoCloseable {

    /**
     * Opens the journal, making or upgrading its tables where needed.
     *
     * @param jdbcUrl H2's, of a file ({@code jdbc:h2:file:<path>}) or, for tests, named memory ({@code jdbc:h2:mem:<name>});
     *     or PostgreSQL's ({@code jdbc:postgresql://<host>/<database>}), which several nodes may have open
     * @throws ConfigException naming {@code console-journal}, where the file cannot be opened or another process has it open,
     *     or the database cannot be used
     */
    static Journal open(String jdbcUrl) throws ConfigException {
        return open(jdbcUrl, Clock.systemUTC());
    }

    /**
     * The same.
     *
     * @param own this node's clock, however wrong it is
     */
    static Journal open(String jdbcUrl, Clock own) throws ConfigException {
        return JdbiJournal.open(jdbcUrl, own);
    }

    /**
     * Opens a journal that is there already, to read it: nothing is made, upgraded or deleted, and what would write fails.
     *
     * @throws JournalInUseException where another process has it open, as a running Guacamole has
     * @throws NoJournalException where there is none
     * @throws ConfigException naming {@code console-journal}, where it cannot be read
     */
    static Journal openToRead(String jdbcUrl) throws ConfigException {
        return JdbiJournal.openToRead(jdbcUrl);
    }

    /**
     * Redeems a one-time token for a console session and records that session, both or neither.
     *
     * @param tokenHash hex SHA-256 of the token's ID, never the token
     * @param tokenExpires until when the token must be remembered
     * @return false where the token had been redeemed before; nothing is recorded then
     */
    boolean redeem(String tokenHash, Instant tokenExpires, SessionRecord session);

    /**
     * Uses a one-time token up with which no console is opened: its session is recorded as one that has ended, and the server's
     * consoles at other nodes go on.
     *
     * @param reason why nothing is opened
     * @return false where the token had been redeemed before; nothing is recorded then
     */
    boolean useUp(String tokenHash, Instant tokenExpires, SessionRecord session, String reason);

    /** Whether a token or ticket of that hash has been redeemed. */
    boolean isRedeemed(String tokenHash);

    /** Promises the console session that a login ticket is to open. */
    void mintTicket(TicketRecord ticket);

    /** The login ticket of that hash, redeemed or not, as long as it is remembered. */
    Optional<TicketRecord> ticket(String tokenHash);

    /** The login ticket that was to open the console session of that key. */
    Optional<TicketRecord> ticketOf(String sessionId);

    /** What is known of a console session, live or ended, for 30 days. */
    Optional<SessionState> session(String sessionId);

    /** When and why the session ended that a token or ticket of that hash opened; empty where it has not, or there was none. */
    Optional<SessionEnd> endOf(String tokenHash);

    /** The newest session of a server that has no end yet. */
    Optional<SessionState> liveSession(String serverId);

    /** The sessions that other living nodes serve, oldest first. */
    List<SessionRecord> sessionsElsewhere();

    /** At how many servers a customer is through other living nodes, beside one server. */
    int serversElsewhere(String customer, String exceptServer);

    /**
     * Whether another living node still is at a server: has a console open there, or takes back what one was granted.
     *
     * @param sessionId a session that does not count
     */
    boolean isBusyElsewhere(String serverId, String sessionId);

    /**
     * Records that a console session ended, once; a later reason does not replace the first. Nothing is wanted of it from
     * then on.
     */
    void sessionEnded(String sessionId, String reason, Instant when);

    /** Records a session's new deadline. */
    void sessionExtended(String sessionId, Instant deadline);

    /** Whether other nodes may have it open, too. */
    boolean isShared();

    /** What time it is to all that have it open: this node's clock, and where the journal is shared the database's. */
    Clock clock();

    /** Says that this node lives: to be said every few seconds, or the others take it for dead and take over. */
    void alive();

    /**
     * Records the end of every session that is without one although no living node serves it, here and in the audit: a crash
     * ended those.
     *
     * @return the sessions, of which no other node is told
     */
    List<SessionRecord> strandedSessionsEnded(String reason, Instant when);

    /**
     * Records the end, at its deadline, of every session of this node whose deadline was before that. Such are left where the
     * journal took a session but its answer was lost.
     */
    void overdueSessionsEnded(String reason, Instant before);

    /**
     * Has the node that serves a session end it.
     *
     * @return false where the session has ended already
     */
    boolean wantEnd(String sessionId, String reason);

    /** Has the node that serves a session move its deadline; false where the session has ended already. */
    boolean wantDeadline(String sessionId, Instant deadline);

    /**
     * What other nodes want of the sessions that this one serves. A deadline is told once, an end until it is recorded. Also
     * told is that others took this node for dead, and have given its sessions an end.
     */
    List<Wish> wishes();

    /**
     * Has somebody told that there may be wishes, at once where all goes well, and where the journal is shared. What it says
     * may be missed: they must be asked for from time to time all the same.
     *
     * @param listener must neither block nor throw
     */
    void onWish(Runnable listener);

    /**
     * Records how to undo what is about to be granted. The same undo again in one session is the same lease.
     *
     * @return the lease's number
     * @throws SessionOverException where another node has the session ended, so that what comes after it there finds everything
     *     that it was granted
     */
    long writeLease(String sessionId, String serverId, String type, Map<String, String> undo);

    /** Records that a lease has been taken back. */
    void leaseReleased(long lease);

    /** The leases not taken back, oldest first. */
    List<LeaseRecord> openLeases();

    /**
     * The leases to be taken back, oldest first, which no other node is told of while this one lives and for two minutes.
     *
     * @param sessionId the session whose leases they are, none where another living node serves its server by now; or empty
     *     for all of servers that no living node serves
     */
    List<LeaseRecord> claimLeases(Optional<String> sessionId);

    /** The same of what is left of a server's other sessions, before anything is opened for that one. */
    List<LeaseRecord> claimLeasesBefore(String serverId, String sessionId);

    /** Leaves a lease that this node has claimed, and has not taken back, to whoever comes. */
    void disclaimLease(long lease);

    /**
     * Counts an attempt at a PIN before it is evaluated, for all subjects or none, so that parallel guesses cannot outrun the
     * lock.
     *
     * @param subjects what is counted, such as {@code server:14494} and {@code customer:c-17}
     * @return until when the first of them is locked, or empty where the attempt may be evaluated
     */
    Optional<Instant> beginPinAttempt(List<String> subjects, PinLimit limit, Instant now);

    /** Forgets the failures of all subjects, after a right PIN. */
    void pinAccepted(List<String> subjects);

    /** Writes down events of the audit. */
    void audit(List<AuditEvent> events);

    /** The events asked for, oldest first. */
    List<AuditEvent> audited(AuditEvent.Query query);

    @Override
    void close();

    /** Why a session ends whose server is opened at another node; {@code EndReason}'s word. */
    String SUPERSEDED = "SUPERSEDED";

    /** One console session. */
    record SessionRecord(String id, String serverId, String customer, Instant started, Instant deadline) { }

    /**
     * A console session and its end.
     *
     * @param ended when and why, empty while it is live
     */
    record SessionState(SessionRecord session, Optional<SessionEnd> ended) { }

    /**
     * What another node wants of a session.
     *
     * @param end why it is to end, or empty where it is not
     * @param deadline the new one, or empty where it stays
     */
    record Wish(String sessionId, Optional<String> end, Optional<Instant> deadline) { }

    /** When a console session ended, and why, in the words of whoever recorded it. */
    record SessionEnd(Instant when, String reason) { }

    /**
     * What a login ticket is good for.
     *
     * @param tokenHash hex SHA-256 of the ticket, never the ticket
     * @param sessionId the key of the console session it opens
     * @param address the only client address it is good for, or empty for any
     * @param locale BCP 47, or empty
     * @param expires until when it can be redeemed
     */
    record TicketRecord(
            String tokenHash, String sessionId, String serverId, String customer, Optional<String> address,
            Optional<String> locale, Instant expires) { }

    /** One lease. */
    record LeaseRecord(long id, String sessionId, String serverId, String type, Map<String, String> undo) {
        public LeaseRecord {
            undo = Map.copyOf(undo);
        }
    }

    /**
     * When a subject is locked.
     *
     * @param attempts wrong PINs until a lock; the attempt that reaches it is still evaluated
     * @param lockoutSeconds length of the first lock; it doubles with each further one until a right PIN
     */
    record PinLimit(int attempts, long lockoutSeconds) { }
}
