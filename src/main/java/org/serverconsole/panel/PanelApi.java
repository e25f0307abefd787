package org.serverconsole.panel;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.access.Access;
import org.serverconsole.access.AccessException;
import org.serverconsole.access.Admission;
import org.serverconsole.access.References;
import org.serverconsole.access.SessionToken;
import org.serverconsole.access.Tickets;
import org.serverconsole.access.Tickets.Ticket;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;
import org.serverconsole.panel.PanelException.Code;
import org.serverconsole.panel.Sighting.State;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.NoRoomException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the panel's API does. Every call carries a session token; what opens a console, keeps one open or touches the
 * machine asks for the PIN as well. Safe for use by many threads.
 */
public final class PanelApi {

    private static final Logger LOGGER = LoggerFactory.getLogger(PanelApi.class);

    private final Access access;
    private final Tickets tickets;
    private final ConsoleSessions sessions;
    private final Sightings sightings;
    private final LoginUrls urls;
    private final String location;
    private final Duration limit;
    private final References references;
    private final Trail trail;

    /**
     * @param location this node's location, or empty text
     * @param limit how long a console session may last at most, for the refusal that names it
     */
    PanelApi(Access access, Tickets tickets, ConsoleSessions sessions, Sightings sightings, LoginUrls urls, String location,
            Duration limit, References references, Trail trail) {
        this.access = access;
        this.tickets = tickets;
        this.sessions = sessions;
        this.sightings = sightings;
        this.urls = urls;
        this.location = location;
        this.limit = limit;
        this.references = references;
        this.trail = trail;
    }

    /** Made of what the house has. */
    public static PanelApi of(Access access, Tickets tickets, ConsoleSessions sessions, Journal journal,
            ConsoleConfig config, Clock clock, References references, Trail trail) {
        return new PanelApi(access, tickets, sessions, new Sightings(sessions, journal, clock),
                new LoginUrls(config.panel().page(), config.panel().publicUrl()), config.panel().location(),
                config.sessionLimit(), references, trail);
    }

    /**
     * Answers one call.
     *
     * @param called Guacamole's URL as the panel has called it, ending in a slash
     * @param address the caller's
     */
    PanelAnswer answer(Call call, URI called, String address) {
        String reference = references.next();
        try {
            PanelRequest request = call.request();
            LOGGER.debug("[{}] panel asks for {}", reference, request);
            return answer(request, called, address, reference);
        } catch (PanelException e) {
            return refused(e, reference);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused(PanelException.unavailable(new IllegalStateException("interrupted", e)), reference);
        } catch (RuntimeException e) {
            LOGGER.error("[{}] the panel's call failed", reference, e);
            return refused(PanelException.unavailable(e), reference);
        }
    }

    /** A call that may still turn out to be none. */
    @FunctionalInterface
    interface Call {
        PanelRequest request() throws PanelException;
    }

    /** Does what is asked, and leaves a trail of it. */
    private PanelAnswer answer(PanelRequest request, URI called, String address, String reference)
            throws PanelException, InterruptedException {
        String action = request.action().wireName();
        try {
            SessionToken token = access.bearer(request.token().reveal());
            try {
                PanelAnswer answer = answer(request, called, reference);
                trail.done(action, token, (String) answer.context().get("id"), answer.key(), address);
                return answer;
            } catch (AdapterException e) {
                PanelException refusal = PanelException.of(e);
                trail.audit().write(AuditEvent.at(trail.audit().now(), action, refusal.code().name())
                        .server(request.id().orElse("")).customer(token.customer()).address(address)
                        .reason(reference + ": " + e.kind()));
                throw refusal;
            } catch (NoRoomException e) {
                trail.noRoom(action, e, token, request.id().orElse(""), address, reference);
                throw PanelException.of(e);
            }
        } catch (AccessException e) {
            trail.refused(action, e, request.id().orElse(""), address, reference);
            throw PanelException.of(e);
        }
    }

    private static PanelAnswer refused(PanelException e, String reference) {
        String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
        LOGGER.info("[{}] the panel's call was refused: {}: {}", reference, e.code(), why);
        return PanelAnswer.refused(e, reference);
    }

    private PanelAnswer answer(PanelRequest request, URI called, String reference)
            throws AccessException, AdapterException, NoRoomException, PanelException, InterruptedException {
        return switch (request.action()) {
            case NOVNC -> loginUrl(request, called, reference);
            case RECREATE_NOVNC -> recreate(request, called, reference);
            case CHECK_NOVNC -> check(request, reference);
            case EXTEND_NOVNC -> extend(request, reference);
            case STOP_NOVNC -> stop(request, reference);
            case CONSOLE -> viewerFile(request, reference);
            case STATUS -> powerState(request, reference);
            case ON -> power(request, PowerControl.Action.ON, reference);
            case OFF -> power(request, PowerControl.Action.OFF, reference);
            case SOFT_OFF -> power(request, PowerControl.Action.SOFT_OFF, reference);
            case REBOOT -> power(request, PowerControl.Action.RESET, reference);
        };
    }

    private PanelAnswer loginUrl(PanelRequest request, URI called, String reference)
            throws AccessException, NoRoomException, PanelException {
        return mint(request, admittedWhereThereIsRoom(request), called, reference);
    }

    private PanelAnswer recreate(PanelRequest request, URI called, String reference)
            throws AccessException, NoRoomException, PanelException {
        Admission admission = admittedWhereThereIsRoom(request);
        sessions.ofServer(admission.server().id())
                .filter(session -> session.customer().equals(admission.token().customer()))
                .ifPresent(session -> session.end(EndReason.CLOSED_BY_PANEL));
        return mint(request, admission, called, reference);
    }

    private PanelAnswer mint(PanelRequest request, Admission admission, URI called, String reference) throws PanelException {
        if (request.whiteIp().isPresent() && !Tickets.isAddress(request.whiteIp().get())) {
            throw PanelException.bad("white_ip is not an IP address");
        }
        Optional<String> address = request.whiteIp().isPresent() ? request.whiteIp() : admission.token().address();
        Ticket ticket = tickets.mint(admission, address);
        LOGGER.info("[{}] login URL for console session {} of server {} minted for customer {}",
                reference, ticket.key(), admission.server().id(), admission.token().customer());
        return PanelAnswer.done(urls.of(admission.server().id(), ticket, called),
                context(request, admission.server().id()), reference, ticket.key());
    }

    private PanelAnswer check(PanelRequest request, String reference) throws AccessException, PanelException {
        Sighting sighting = sighting(request);
        Map<String, Object> context = context(request, sighting.serverId());
        context.put("state", (sighting.isLive() ? State.OPEN : sighting.state()).name().toLowerCase(Locale.ROOT));
        sightings.timeLeft(sighting).ifPresent(left -> context.put("seconds_left", left.toSeconds()));
        sighting.endReason().ifPresent(reason -> context.put("end_reason", reason));
        return PanelAnswer.done("", context, reference, sighting.key());
    }

    private PanelAnswer extend(PanelRequest request, String reference) throws AccessException, PanelException {
        Sighting sighting = sighting(request);
        if (!sighting.isLive()) {
            throw PanelException.noSession();
        }
        access.admitAtPanel(sighting.serverId(), request.token().reveal(), request.pin());
        if (!sightings.extend(sighting)) {
            throw sightings.ofKey(sighting.key()).filter(Sighting::isLive).isEmpty() ? PanelException.noSession()
                    : new PanelException(Code.AT_LIMIT,
                            "a console session lasts " + limit.toSeconds() + " s at most, counted from its start");
        }
        Map<String, Object> context = context(request, sighting.serverId());
        sightings.timeLeft(sighting).ifPresent(left -> context.put("seconds_left", left.toSeconds()));
        return PanelAnswer.done("", context, reference, sighting.key());
    }

    private PanelAnswer stop(PanelRequest request, String reference) throws AccessException, PanelException {
        Sighting sighting = sighting(request);
        if (!sightings.stop(sighting)) {
            throw PanelException.noSession();
        }
        return PanelAnswer.done("", context(request, sighting.serverId()), reference, sighting.key());
    }

    private PanelAnswer viewerFile(PanelRequest request, String reference)
            throws AccessException, AdapterException, PanelException, InterruptedException {
        Server server = admitted(request).server();
        String file = sessions.operate(server, adapter -> adapter.viewerFile(server)).reveal();
        Map<String, Object> context = context(request, server.id());
        context.put("file", Base64.getEncoder().encodeToString(file.getBytes(StandardCharsets.UTF_8)));
        return PanelAnswer.done("", context, reference, "");
    }

    private PanelAnswer powerState(PanelRequest request, String reference)
            throws AccessException, AdapterException, PanelException, InterruptedException {
        Server server = admitted(request).server();
        PowerControl.State state = sessions.operate(server, adapter -> power(adapter.power()).status(server));
        Map<String, Object> context = context(request, server.id());
        context.put("power", state.name().toLowerCase(Locale.ROOT));
        return PanelAnswer.done("", context, reference, "");
    }

    private PanelAnswer power(PanelRequest request, PowerControl.Action action, String reference)
            throws AccessException, AdapterException, PanelException, InterruptedException {
        Admission admission = admitted(request);
        Server server = admission.server();
        sessions.operate(server, adapter -> {
            power(adapter.power()).perform(server, action);
            return action;
        });
        LOGGER.info("[{}] {} of server {} by customer {}", reference, action, server.id(), admission.token().customer());
        return PanelAnswer.done("", context(request, server.id()), reference, "");
    }

    private static PowerControl power(Optional<PowerControl> control) throws AdapterException {
        return control.orElseThrow(() -> new AdapterException(AdapterException.Kind.UNSUPPORTED, "no power control"));
    }

    /** Nobody gets a login URL for a console that could not be opened, nor loses the one he has for it. */
    private Admission admittedWhereThereIsRoom(PanelRequest request) throws AccessException, NoRoomException, PanelException {
        Admission admission = admitted(request);
        sessions.requireRoom(admission.server().id(), admission.token().customer());
        return admission;
    }

    private Admission admitted(PanelRequest request) throws AccessException, PanelException {
        String id = request.id().orElseThrow(() -> PanelException.bad("id is missing"));
        return access.admitAtPanel(id, request.token().reveal(), request.pin());
    }

    /** What the request's key or id stands for, where that is its customer's. */
    private Sighting sighting(PanelRequest request) throws AccessException, PanelException {
        SessionToken token = access.bearer(request.token().reveal());
        Optional<Sighting> found;
        if (request.key().isPresent()) {
            found = sightings.ofKey(request.key().get());
        } else {
            String id = request.id().orElseThrow(() -> PanelException.bad("key or id is missing"));
            found = sightings.ofServer(id);
        }
        return found
                .filter(sighting -> token.servers().contains(sighting.serverId()))
                .filter(sighting -> token.customer().equals(sighting.customer()))
                .orElseThrow(PanelException::noSession);
    }

    private Map<String, Object> context(PanelRequest request, String serverId) {
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("action", request.action().wireName());
        context.put("id", serverId);
        context.put("location", location);
        return context;
    }
}
