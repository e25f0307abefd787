package org.serverconsole.journal;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.config.ConfigException;

/**
 * What survives a crash. Every method is one transaction and returns only when it is on the disk's side of the process, so
 * that {@code kill -9} right after loses nothing. Safe for use by many threads.
 */
public interface Journal extends AutoCloseable {

    /**
     * Opens the journal, making or upgrading its tables where needed.
     *
     * @param jdbcUrl H2's, of a file ({@code jdbc:h2:file:<path>}) or, for tests, named memory ({@code jdbc:h2:mem:<name>})
     * @throws ConfigException naming {@code console-journal}, where the file cannot be opened or another process has it open
     */
    static Journal open(String jdbcUrl) throws ConfigException {
        return JdbiJournal.open(jdbcUrl, Clock.systemUTC());
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

    /** Records that a console session ended, once; a later reason does not replace the first. */
    void sessionEnded(String sessionId, String reason, Instant when);

    /** Records a session's new deadline. */
    void sessionExtended(String sessionId, Instant deadline);

    /** Records the end of every session that has none yet: those of an earlier run, which ended without saying so. */
    void everySessionEnded(String reason, Instant when);

    /**
     * Records how to undo what is about to be granted. The same undo again in one session is the same lease.
     *
     * @return the lease's number
     */
    long writeLease(String sessionId, String serverId, String type, Map<String, String> undo);

    /** Records that a lease has been taken back. */
    void leaseReleased(long lease);

    /** The leases not taken back: of that session, or of all sessions where it is empty. Oldest first. */
    List<LeaseRecord> openLeases(Optional<String> sessionId);

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

    /** One console session. */
    record SessionRecord(String id, String serverId, String customer, Instant started, Instant deadline) { }

    /**
     * A console session and its end.
     *
     * @param ended when and why, empty while it is live
     */
    record SessionState(SessionRecord session, Optional<SessionEnd> ended) { }

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
