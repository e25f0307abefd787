package org.serverconsole.journal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.serverconsole.journal.Journal.PinLimit;

/**
 * What is known of one subject's wrong PINs.
 *
 * @param attempts since the last lock
 * @param locks since the last right PIN
 * @param lockedUntil the end of the last lock
 */
record PinFailures(String subject, int attempts, int locks, Optional<Instant> lockedUntil) {

    private static final Insert NEW = new Insert("pin_failure", "subject", "attempts", "locks");

    private static final Duration LONGEST_LOCK = Duration.ofDays(7);

    /** Nobody else reads or writes it until this transaction is over. */
    static PinFailures read(Handle handle, Dialect dialect, String subject) {
        Optional<PinFailures> read = Optional.empty();
        while (read.isEmpty()) {
            dialect.insertIfAbsent(handle.getConnection(), NEW, subject, 0, 0);
            // Nothing where another node has forgotten the failures in between.
            read = lock(handle, subject);
        }
        return read.get();
    }

    private static Optional<PinFailures> lock(Handle handle, String subject) {
        return handle.createQuery("SELECT attempts, locks, locked_until FROM pin_failure WHERE subject = ? FOR UPDATE")
                .bind(0, subject)
                .map(row -> new PinFailures(subject, row.getColumn("attempts", Integer.class),
                        row.getColumn("locks", Integer.class),
                        Optional.ofNullable(row.getColumn("locked_until", Instant.class))))
                .findOne();
    }

    Optional<Instant> lockedAt(Instant now) {
        return lockedUntil.filter(now::isBefore);
    }

    PinFailures counted(PinLimit limit, Instant now) {
        if (attempts + 1 < limit.attempts()) {
            return new PinFailures(subject, attempts + 1, locks, lockedUntil);
        }
        return new PinFailures(subject, 0, locks + 1, Optional.of(now.plus(nextLock(limit))));
    }

    private Duration nextLock(PinLimit limit) {
        long most = LONGEST_LOCK.toSeconds();
        // Twenty doublings of one second are beyond the longest lock; more would overflow.
        long seconds = Math.min(limit.lockoutSeconds(), most) << Math.min(locks, 20);
        return Duration.ofSeconds(Math.min(seconds, most));
    }

    void write(Handle handle) {
        handle.createUpdate("UPDATE pin_failure SET attempts = ?, locks = ?, locked_until = ? WHERE subject = ?")
                .bind(0, attempts).bind(1, locks).bindByType(2, lockedUntil.orElse(null), Instant.class)
                .bind(3, subject).execute();
    }
}
