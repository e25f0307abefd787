package org.serverconsole.journal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** The nodes that share a journal: which of them live, and which takes back what. The database's clock rules. */
final class Nodes {

    /** A node tells that it lives every few seconds; one that has said nothing for so long is dead. */
    private static final String LIVING = "SELECT id FROM node WHERE seen > CURRENT_TIMESTAMP - INTERVAL '20' SECOND";

    /** A node that has been taking a lease back for so long has lost interest. */
    private static final String CLAIM = "CURRENT_TIMESTAMP + INTERVAL '2' MINUTE";

    private Nodes() { }

    /** Forgets the nodes of earlier runs, where no two nodes can have the journal at once. */
    static int forgetAll(Handle handle) {
        return handle.execute("DELETE FROM node");
    }

    static int seen(Handle handle, String node) {
        int updated = handle.execute("UPDATE node SET seen = CURRENT_TIMESTAMP WHERE id = ?", node);
        return updated > 0 ? updated : handle.execute("INSERT INTO node (id, seen) VALUES (?, CURRENT_TIMESTAMP)", node);
    }

    static int gone(Handle handle, String node) {
        return handle.execute("DELETE FROM node WHERE id = ?", node);
    }

    static Query sessionsElsewhere(Handle handle, String node) {
        return handle.createQuery("SELECT * FROM console_session WHERE ended IS NULL AND node <> :node"
                + " AND node IN (" + LIVING + ") ORDER BY started, id").bind("node", node);
    }

    /** Gives the sessions of dead nodes an end, once. */
    static int endStranded(Handle handle, String node, String reason, Instant when) {
        return handle.createUpdate("UPDATE console_session SET ended = :when, end_reason = :reason"
                        + " WHERE ended IS NULL AND node <> :node AND node NOT IN (" + LIVING + ")")
                .bind("when", when).bind("reason", reason).bind("node", node).execute();
    }

    /** Of two nodes that open a server's console at once, one comes first, and the other supersedes it; PostgreSQL only. */
    static void oneAtATime(Handle handle, String serverId) {
        handle.createQuery("SELECT CAST(pg_advisory_xact_lock(hashtextextended(?, 0)) AS VARCHAR)")
                .bind(0, serverId).mapTo(String.class).one();
    }

    /** Has the other nodes end what they serve of a server. */
    static int supersede(Handle handle, String node, String serverId, String reason) {
        return handle.createUpdate("UPDATE console_session SET end_wanted = :reason"
                        + " WHERE server_id = :server AND ended IS NULL AND node <> :node")
                .bind("reason", reason).bind("server", serverId).bind("node", node).execute();
    }

    /**
     * Claims leases that are to be taken back: no other node gets them for a while, or as long as this one lives.
     *
     * @param session the session whose leases they are, or empty for all of servers that no living node serves
     * @return their numbers, oldest first
     */
    static List<Long> claim(Handle handle, String node, Optional<String> session) {
        String which = session.isPresent() ? "session_id = :session"
                : "NOT EXISTS (SELECT 1 FROM console_session s WHERE s.server_id = lease.server_id AND s.ended IS NULL"
                        + " AND (s.node = :node OR s.node IN (" + LIVING + ")))";
        var query = handle.createQuery("SELECT id FROM lease WHERE released IS NULL AND " + which
                        + " AND (claimed_by IS NULL OR claimed_by = :node OR claimed_until < CURRENT_TIMESTAMP"
                        + " OR claimed_by NOT IN (" + LIVING + ")) ORDER BY id FOR UPDATE SKIP LOCKED")
                .bind("node", node);
        session.ifPresent(id -> query.bind("session", id));
        List<Long> claimed = query.mapTo(Long.class).list();
        claimed.forEach(id -> handle.execute(
                "UPDATE lease SET claimed_by = ?, claimed_until = " + CLAIM + " WHERE id = ?", node, id));
        return claimed;
    }
}
