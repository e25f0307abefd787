package org.serverconsole.journal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * One event of the audit: who did what to which server, and what came of it. Holds no secret. To be built up from
 * {@link #at}; what is not said is not known.
 *
 * @param at when
 * @param action what was asked for or happened: {@code login}, {@code open}, {@code extend}, {@code end}, {@code watch},
 *     {@code record}, the panel's actions by their own names ({@code novnc}, {@code reboot}), the operator's as
 *     {@code operator.close} and the like
 * @param outcome {@code OK}, or the code of the refusal or failure
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

    public static final String OK = "OK";

    public static AuditEvent at(Instant at, String action, String outcome) {
        return new AuditEvent(at, action, outcome,
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public AuditEvent server(String id) {
        return new AuditEvent(at, action, outcome, Optional.of(id), customer, address, key, reason);
    }

    public AuditEvent customer(String name) {
        return new AuditEvent(at, action, outcome, server, Optional.of(name), address, key, reason);
    }

    public AuditEvent address(String client) {
        return new AuditEvent(at, action, outcome, server, customer, Optional.of(client), key, reason);
    }

    public AuditEvent key(String session) {
        return new AuditEvent(at, action, outcome, server, customer, address, Optional.of(session), reason);
    }

    public AuditEvent reason(String more) {
        return new AuditEvent(at, action, outcome, server, customer, address, key, Optional.of(more));
    }

    /** The event as one line of JSON, its fields by the names they have here; those not known are left out. */
    public String json() {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("at", at.toString()).put("action", action).put("outcome", outcome);
        server.ifPresent(value -> line.put("server", value));
        customer.ifPresent(value -> line.put("customer", value));
        address.ifPresent(value -> line.put("address", value));
        key.ifPresent(value -> line.put("key", value));
        reason.ifPresent(value -> line.put("reason", value));
        return line.toString();
    }

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
