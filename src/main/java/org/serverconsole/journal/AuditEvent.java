package org.serverconsole.journal;

import java.time.Instant;
import java.util.Optional;

/**
 * One event of the audit: who did what to which server, and what came of it. Holds no secret.
 *
 * @param at when
 * @param action what was asked for, such as {@code login}, {@code novnc}, {@code end} or {@code reboot}
 * @param outcome {@code OK}, or the code of the refusal
 * @param server the server's ID, where it is known
 * @param customer the customer, where a valid token named one
 * @param address the client's address, where there is a client
 * @param key the key of the console session, where there is one
 * @param reason more of it: an end reason, a reference, the name of a recording
 */
public record AuditEvent(
        Instant at,
        String action,
        String outcome,
        Optional<String> server,
        Optional<String> customer,
        Optional<String> address,
        Optional<String> key,
        Optional<String> reason) {

    /**
     * Which events to look for, oldest first.
     *
     * @param server of that server only
     * @param customer of that customer only
     * @param from not before
     * @param until before
     * @param most how many at the most, the newest ones
     */
    public record Query(
            Optional<String> server, Optional<String> customer, Optional<Instant> from, Optional<Instant> until, int most) { }
}
