package org.serverconsole.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.ws.rs.Consumes;
import javax.ws.rs.DefaultValue;
import javax.ws.rs.GET;
import javax.ws.rs.POST;
import javax.ws.rs.Path;
import javax.ws.rs.Produces;
import javax.ws.rs.QueryParam;
import javax.ws.rs.WebApplicationException;
import javax.ws.rs.core.HttpHeaders;
import javax.ws.rs.core.MediaType;
import javax.ws.rs.core.MultivaluedMap;
import javax.ws.rs.core.Response;
import org.serverconsole.journal.Audit;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.SessionRecord;
import org.serverconsole.location.SessionKey;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.EndReason;

/** {@code operator/...}: what the operator sees and does, once {@link OperatorApi} has let him in. */
public final class OperatorResource {

    /** The media type of the audit's lines. */
    private static final String JSON_LINES = "application/x-ndjson; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    private static final int MOST_EVENTS = 100_000;

    private final ConsoleSessions sessions;
    private final Journal journal;
    private final Audit audit;
    private final String address;

    OperatorResource(ConsoleSessions sessions, Journal journal, Audit audit, String address) {
        this.sessions = sessions;
        this.journal = journal;
        this.audit = audit;
        this.address = address;
    }

    /** The live consoles of this node, the oldest first, and then what is known of those of the other nodes. */
    @GET
    @Path("consoles")
    @Produces(MediaType.APPLICATION_JSON)
    public Response consoles() {
        ObjectNode body = state();
        ArrayNode consoles = body.putArray("consoles");
        sessions.live().stream().sorted(Comparator.comparing(ConsoleSession::started).thenComparing(ConsoleSession::id))
                .forEach(session -> consoles.addObject()
                        .put("key", session.id())
                        .put("server", session.server().id())
                        .put("type", session.server().type())
                        .put("customer", session.customer())
                        .put("started", session.started().toString())
                        .put("deadline", session.deadline().toString())
                        .put("seconds_left", session.timeLeft().toSeconds())
                        .put("state", session.viewers() > 0 ? "viewed" : "waiting")
                        .put("viewers", session.viewers()));
        journal.sessionsElsewhere().forEach(session -> consoles.addObject()
                .put("key", session.id())
                .put("server", session.serverId())
                .put("customer", session.customer())
                .put("started", session.started().toString())
                .put("deadline", session.deadline().toString())
                .put("seconds_left", Math.max(0, Duration.between(audit.now(), session.deadline()).toSeconds()))
                .put("state", "elsewhere"));
        return json(body);
    }

    /**
     * Withdraws live consoles, of this node and of others: that of a key, that of a server, those of a customer, or all. Exactly one of the four is to be
     * said, lest a mistyped name close everything.
     */
    @POST
    @Path("close")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Produces(MediaType.APPLICATION_JSON)
    public Response close(MultivaluedMap<String, String> form) {
        String key = SessionKey.parse(value(form, "key")).session();
        String server = value(form, "server");
        String customer = value(form, "customer");
        String all = value(form, "all");
        if (Stream.of(key, server, customer, all).filter(value -> !value.isBlank()).count() != 1
                || !all.isBlank() && !all.equals("true")) {
            throw bad("write one of key=<key>, server=<id>, customer=<id> and all=true");
        }
        List<String> closed = new ArrayList<>();
        for (ConsoleSession session : sessions.live()) {
            if (!all.isBlank() || session.id().equals(key) || session.server().id().equals(server)
                    || session.customer().equals(customer)) {
                session.end(EndReason.REVOKED);
                closed.add(session.id());
            }
        }
        for (SessionRecord session : journal.sessionsElsewhere()) {
            if ((!all.isBlank() || session.id().equals(key) || session.serverId().equals(server)
                    || session.customer().equals(customer)) && journal.wantEnd(session.id(), EndReason.REVOKED.name())) {
                closed.add(session.id());
            }
        }
        AuditEvent event = event("operator.close").reason(closed.size() + (all.isBlank() ? " closed" : " closed, all there were"));
        event = key.isBlank() ? event : event.key(key);
        event = server.isBlank() ? event : event.server(server);
        audit.write(customer.isBlank() ? event : event.customer(customer));
        ArrayNode keys = JsonNodeFactory.instance.arrayNode();
        closed.forEach(keys::add);
        return json(state().set("closed", keys));
    }

    /** Lets this node run empty: no new console, and those that are live go on to their deadlines. */
    @POST
    @Path("drain")
    @Produces(MediaType.APPLICATION_JSON)
    public Response drain() {
        return drain(true);
    }

    @POST
    @Path("undrain")
    @Produces(MediaType.APPLICATION_JSON)
    public Response undrain() {
        return drain(false);
    }

    private Response drain(boolean drain) {
        sessions.drain(drain);
        audit.write(event(drain ? "operator.drain" : "operator.undrain").reason(sessions.live().size() + " live"));
        return json(state());
    }

    /**
     * Events of the audit, oldest first, one JSON object in each line.
     *
     * @param from of that instant or later, ISO 8601
     * @param until before that instant
     * @param most how many at most, the newest ones
     */
    @GET
    @Path("audit")
    @Produces(JSON_LINES)
    public Response audit(
            @QueryParam("server") @DefaultValue("") String server,
            @QueryParam("customer") @DefaultValue("") String customer,
            @QueryParam("from") @DefaultValue("") String from,
            @QueryParam("until") @DefaultValue("") String until,
            @QueryParam("most") @DefaultValue("1000") String most) {
        AuditEvent.Query query = new AuditEvent.Query(
                given(server), given(customer), instant("from", from), instant("until", until), number(most));
        String lines = journal.audited(query).stream().map(event -> event.json() + "\n").collect(Collectors.joining());
        return Response.ok(lines, JSON_LINES).header(HttpHeaders.CACHE_CONTROL, "no-store").build();
    }

    /** A request without body and type is taken for a form, and comes without one. */
    private static String value(MultivaluedMap<String, String> form, String name) {
        return form == null ? "" : Objects.requireNonNullElse(form.getFirst(name), "");
    }

    private static Optional<String> given(String value) {
        return Optional.of(value).filter(text -> !text.isBlank());
    }

    private static Optional<Instant> instant(String name, String value) {
        try {
            return given(value).map(Instant::parse);
        } catch (DateTimeException e) {
            throw bad(name + " is not an instant, write it as in 2026-03-01T03:00:00Z");
        }
    }

    private static int number(String most) {
        if (!most.matches("[1-9][0-9]{0,5}") || Integer.parseInt(most) > MOST_EVENTS) {
            throw bad("most is not a whole number from 1 to " + MOST_EVENTS);
        }
        return Integer.parseInt(most);
    }

    private ObjectNode state() {
        return JsonNodeFactory.instance.objectNode().put("draining", sessions.draining()).put("live", sessions.live().size());
    }

    private AuditEvent event(String action) {
        return AuditEvent.at(audit.now(), action, AuditEvent.OK).address(address);
    }

    private static WebApplicationException bad(String message) {
        ObjectNode body = JsonNodeFactory.instance.objectNode()
                .put("result", "ERROR").put("code", "BAD_REQUEST").put("message", message);
        return new WebApplicationException(
                Response.status(Response.Status.BAD_REQUEST).type(JSON).entity(body.toString()).build());
    }

    /** As text: the web application's own Jackson knows nothing of ours. */
    private static Response json(JsonNode body) {
        return Response.ok(body.toString(), JSON).header(HttpHeaders.CACHE_CONTROL, "no-store").build();
    }
}
