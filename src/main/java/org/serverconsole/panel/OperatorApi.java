package org.serverconsole.panel;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import javax.servlet.http.HttpServletRequest;
import javax.ws.rs.WebApplicationException;
import javax.ws.rs.core.HttpHeaders;
import javax.ws.rs.core.Response;
import org.serverconsole.journal.Audit;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;
import org.serverconsole.session.ConsoleSessions;

/**
 * {@code operator/...}, {@code health} and {@code metrics} below {@code api/ext/console}, for whoever shows the operator's key
 * as {@code Authorization: Bearer <key>}. Where {@code console-operator-key} is not set none of them is there. The extension's
 * one resource hands over to these methods what it is asked at those three paths; {@code authorization} is that header, or
 * empty text.
 */
public final class OperatorApi {

    private static final String JSON = "application/json; charset=utf-8";

    private final OperatorKey key;
    private final ConsoleSessions sessions;
    private final Journal journal;
    private final Audit audit;
    private final Metrics metrics;
    private final Health health;

    public OperatorApi(
            OperatorKey key, ConsoleSessions sessions, Journal journal, Audit audit, Metrics metrics, Health health) {
        this.key = key;
        this.sessions = sessions;
        this.journal = journal;
        this.audit = audit;
        this.metrics = metrics;
        this.health = health;
    }

    /** What is at {@code operator}. */
    public OperatorResource operator(String authorization, HttpServletRequest request) {
        requireKey(authorization, request);
        return new OperatorResource(sessions, journal, audit, request.getRemoteAddr());
    }

    /** The answer to a GET of {@code metrics}. */
    public Response metrics(String authorization, HttpServletRequest request) {
        requireKey(authorization, request);
        return Response.ok(metrics.scrape(), Metrics.CONTENT_TYPE).build();
    }

    /**
     * The answer to a GET of {@code health}, whether this node can open consoles: 200 and {@code {"status": "UP"}}, or 503 and {@code DOWN}. That much is for load
     * balancers, which need no key; whoever shows the key is told of each part. A node that is being drained is up: it goes on
     * serving the consoles it has.
     */
    public Response health(String authorization, HttpServletRequest request) {
        if (authorization.isEmpty()) {
            requireApi();
        } else {
            requireKey(authorization, request);
        }
        Health.Report report = health.report();
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("status", report.up() ? "UP" : "DOWN");
        if (!authorization.isEmpty()) {
            body.put("draining", sessions.draining()).put("live", sessions.live().size());
            ObjectNode parts = body.putObject("parts");
            report.parts().forEach(parts::put);
        }
        return Response.status(report.up() ? Response.Status.OK : Response.Status.SERVICE_UNAVAILABLE)
                .type(JSON).header(HttpHeaders.CACHE_CONTROL, "no-store").entity(body.toString()).build();
    }

    private void requireApi() {
        if (!key.isSet()) {
            throw new WebApplicationException(Response.status(Response.Status.NOT_FOUND).build());
        }
    }

    /** The answer says nothing of what was wrong with the key. */
    private void requireKey(String authorization, HttpServletRequest request) {
        requireApi();
        if (!key.opens(authorization)) {
            audit.writeOfStranger(AuditEvent.at(audit.now(), "operator", "UNAUTHORIZED").address(request.getRemoteAddr()));
            throw new WebApplicationException(Response.status(Response.Status.UNAUTHORIZED)
                    .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer").type(JSON)
                    .entity("{\"result\":\"ERROR\",\"code\":\"UNAUTHORIZED\",\"message\":\"the operator's key is needed, as"
                            + " Authorization: Bearer <key>\"}").build());
        }
    }
}
