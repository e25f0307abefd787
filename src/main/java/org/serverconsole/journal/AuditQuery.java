package org.serverconsole.journal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;

/** Writes events of the audit and looks them up. */
final class AuditQuery {

    private static final Insert INSERT = new Insert(
            "audit", "at", "action", "outcome", "server_id", "customer", "address", "session_id", "reason");

    private AuditQuery() { }

    /** How many have been written: all of them, or an exception. */
    static int insert(Handle handle, List<AuditEvent> events) {
        return INSERT.runAll(handle.getConnection(), events.stream().map(event -> new Object[] {event.at(), event.action(),
            event.outcome(), event.server(), event.customer(), event.address(), event.key(), event.reason()}));
    }

    static List<AuditEvent> run(Handle handle, AuditEvent.Query query) {
        Map<String, Object> bound = new LinkedHashMap<>();
        List<String> conditions = new ArrayList<>();
        condition("server_id = :server", "server", query.server(), conditions, bound);
        condition("customer = :customer", "customer", query.customer(), conditions, bound);
        condition("at >= :from", "from", query.from(), conditions, bound);
        condition("at < :until", "until", query.until(), conditions, bound);
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        List<AuditEvent> newestFirst = handle.createQuery("SELECT * FROM audit" + where + " ORDER BY id DESC LIMIT :most")
                .bindMap(bound).bind("most", query.most()).map(AuditQuery::event).list();
        List<AuditEvent> oldestFirst = new ArrayList<>(newestFirst);
        Collections.reverse(oldestFirst);
        return oldestFirst;
    }

    private static void condition(
            String sql, String name, Optional<?> value, List<String> conditions, Map<String, Object> bound) {
        value.ifPresent(wanted -> {
            conditions.add(sql);
            bound.put(name, wanted);
        });
    }

    private static AuditEvent event(RowView row) {
        return new AuditEvent(row.getColumn("at", Instant.class), row.getColumn("action", String.class),
                row.getColumn("outcome", String.class), text(row, "server_id"), text(row, "customer"),
                text(row, "address"), text(row, "session_id"), text(row, "reason"));
    }

    private static Optional<String> text(RowView row, String column) {
        return Optional.ofNullable(row.getColumn(column, String.class));
    }
}
