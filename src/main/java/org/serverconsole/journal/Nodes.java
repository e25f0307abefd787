package org.serverconsole.journal;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.serverconsole.journal.Journal.SessionRecord;

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

    /** How many servers a customer is at elsewhere, beside one. */
    static int serversElsewhere(Handle handle, String node, String customer, String exceptServer) {
        return handle.createQuery("SELECT COUNT(DISTINCT server_id) FROM console_session WHERE ended IS NULL"
                        + " AND customer = :customer AND server_id <> :server AND node <> :node AND node IN (" + LIVING + ")")
                .bind("customer", customer).bind("server", exceptServer).bind("node", node).mapTo(int.class).one();
    }

    /** The sessions of dead nodes that have no end yet, which no other node gets until this transaction is over. */
    static Query stranded(Handle handle, String node) {
        return handle.createQuery("SELECT * FROM console_session WHERE ended IS NULL AND node <> :node"
                + " AND node NOT IN (" + LIVING + ") ORDER BY started, id FOR UPDATE SKIP LOCKED").bind("node", node);
    }

    /** Gives a session of a dead node its end, which that node is to learn should it not be dead after all. */
    static void endStranded(Handle handle, SessionRecord session, String reason, Instant when) {
        handle.createUpdate("UPDATE console_session SET ended = :when, end_reason = :reason, end_wanted = :reason WHERE id = :id")
                .bind("when", when).bind("reason", reason).bind("id", session.id()).execute();
        AuditQuery.insert(handle, List.of(endOf(session, reason, when)));
    }

    /** How the audit tells that. */
    static AuditEvent endOf(SessionRecord session, String reason, Instant when) {
        return AuditEvent.at(when, "end", AuditEvent.OK).server(session.serverId()).customer(session.customer()).key(session.id())
                .reason(reason);
    }

    /** Of two nodes that open a server's console at once, one comes first, and the other supersedes it; PostgreSQL only. */
    static void oneAtATime(Handle handle, String serverId) {
        handle.createQuery("SELECT CAST(pg_advisory_xact_lock(hashtextextended(?, 0)) AS VARCHAR)")
                .bind(0, serverId).mapTo(String.class).one();
    }

    /** Has the other nodes end what they serve of a server. */
    static void supersede(Handle handle, String node, String serverId, String reason) {
        int wanted = handle.createUpdate("UPDATE console_session SET end_wanted = :reason"
                        + " WHERE server_id = :server AND ended IS NULL AND node <> :node")
                .bind("reason", reason).bind("server", serverId).bind("node", node).execute();
        if (wanted > 0) {
            tell(handle, "server_id", serverId);
        }
    }

    /**
     * Whether another node has ended a session or wants it ended. What is written of the session in this transaction is there
     * before any other node can want that.
     */
    static boolean isOver(Handle handle, String sessionId) {
        return handle.createQuery("SELECT ended IS NOT NULL OR end_wanted IS NOT NULL FROM console_session WHERE id = ? FOR UPDATE")
                .bind(0, sessionId).mapTo(boolean.class).findOne().orElse(false);
    }

    /**
     * Has the nodes that serve some sessions look at once at what is wanted of them; PostgreSQL only.
     *
     * @param column which sessions: those that have the value there
     */
    static void tell(Handle handle, String column, String value) {
        handle.createQuery("SELECT CAST(pg_notify('" + Notices.CHANNEL + "', node) AS VARCHAR) FROM (SELECT DISTINCT node"
                        + " FROM console_session WHERE " + column + " = ? AND ended IS NULL) serving")
                .bind(0, value).mapTo(String.class).list();
    }

    /**
     * Whether another living node still is at a server: has a console of it open, or takes back what one was granted.
     *
     * @param session does not count
     */
    static boolean busyElsewhere(Handle handle, String node, String serverId, String session) {
        return handle.createQuery("SELECT COUNT(*) FROM console_session WHERE server_id = :server AND ended IS NULL"
                        + " AND id <> :session AND node <> :node AND node IN (" + LIVING + ")")
                .bind("server", serverId).bind("session", session).bind("node", node).mapTo(int.class).one() > 0
                || handle.createQuery("SELECT COUNT(*) FROM lease WHERE server_id = :server AND released IS NULL"
                        + " AND claimed_by <> :node AND claimed_until > CURRENT_TIMESTAMP AND claimed_by IN (" + LIVING + ")")
                .bind("server", serverId).bind("node", node).mapTo(int.class).one() > 0;
    }

    /**
     * Claims what a session was granted: no other node gets it for a while, or as long as this one lives. Where another node
     * is at that server by now, that one takes back what is left there before it opens anything, and nobody may interfere.
     *
     * @return the leases' numbers, oldest first
     */
    static List<Long> claimOf(Handle handle, String node, String session) {
        return claim(handle, node, "session_id = :session AND NOT EXISTS (SELECT 1 FROM console_session s"
                + " WHERE s.server_id = lease.server_id AND s.ended IS NULL AND s.end_wanted IS NULL"
                + " AND s.node <> :node AND s.node IN (" + LIVING + "))", Map.of("session", session));
    }

    /** The same of all that earlier sessions of a server have left. */
    static List<Long> claimBefore(Handle handle, String node, String serverId, String session) {
        return claim(handle, node, "server_id = :server AND session_id <> :session",
                Map.of("server", serverId, "session", session));
    }

    /** The same of all that is left at servers that no living node is at. */
    static List<Long> claimLeft(Handle handle, String node) {
        return claim(handle, node, "NOT EXISTS (SELECT 1 FROM console_session s WHERE s.server_id = lease.server_id"
                + " AND s.ended IS NULL AND (s.node = :node OR s.node IN (" + LIVING + ")))", Map.of());
    }

    private static List<Long> claim(Handle handle, String node, String which, Map<String, String> whose) {
        List<Long> claimed = handle.createQuery("SELECT id FROM lease WHERE released IS NULL AND " + which
                        + " AND (claimed_by IS NULL OR claimed_by = :node OR claimed_until < CURRENT_TIMESTAMP"
                        + " OR claimed_by NOT IN (" + LIVING + ")) ORDER BY id FOR UPDATE SKIP LOCKED")
                .bind("node", node).bindMap(whose).mapTo(Long.class).list();
        claimed.forEach(id -> handle.execute(
                "UPDATE lease SET claimed_by = ?, claimed_until = " + CLAIM + " WHERE id = ?", node, id));
        return claimed;
    }
}
