package org.serverconsole.panel;

import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.serverconsole.access.Access;
import org.serverconsole.access.AccessException;
import org.serverconsole.access.Admission;
import org.serverconsole.access.References;
import org.serverconsole.access.SessionToken;
import org.serverconsole.access.Tickets;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.inventory.Inventory;
import org.serverconsole.journal.Journal;
import org.serverconsole.location.LocationException;
import org.serverconsole.location.Locations;
import org.serverconsole.location.Order;
import org.serverconsole.location.SessionKey;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.NoRoomException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The panel's API. Every call carries a session token; what opens a console, keeps one open or touches the machine asks for the
 * PIN as well. Both are looked at here, and what is then ordered is done here or, where the server is at another location, by a
 * node there. Safe for use by many threads.
 */
public final class PanelApi {

    private static final Logger LOGGER = LoggerFactory.getLogger(PanelApi.class);

    private final Access access;
    private final Inventory inventory;
    private final Locations locations;
    private final PanelWork work;
    private final Optional<URI> publicUrl;
    private final References references;
    private final Trail trail;

    private PanelApi(Access access, Inventory inventory, Locations locations, PanelWork work, Optional<URI> publicUrl,
            References references, Trail trail) {
        this.access = access;
        this.inventory = inventory;
        this.locations = locations;
        this.work = work;
        this.publicUrl = publicUrl;
        this.references = references;
        this.trail = trail;
    }

    /** Made of what the house has. */
    public static PanelApi of(Access access, Inventory inventory, Tickets tickets, ConsoleSessions sessions, Journal journal,
            Locations locations, ConsoleConfig config, Clock clock, References references, Trail trail) {
        PanelWork work = new PanelWork(tickets, sessions, new Sightings(sessions, journal, clock),
                new LoginUrls(config.panel().page(), config.panel().publicUrl()), locations.own(), config.sessionLimit());
        return new PanelApi(access, inventory, locations, work, config.panel().publicUrl(), references, trail);
    }

    /** What carries out other locations' orders. */
    public Locations.Desk desk() {
        return new LocationDesk(inventory, locations, work, publicUrl, references, trail);
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
                Place place = new Place(called, address, reference);
                return request.action().isAboutSession() ? ofSession(request, token, place) : ofServer(request, token, place);
            } catch (AdapterException e) {
                throw trail.failed(action, e, token.customer(), request.id().orElse(""), address, reference);
            } catch (NoRoomException e) {
                trail.noRoom(action, e, token.customer(), request.id().orElse(""), address, reference);
                throw PanelException.of(e);
            }
        } catch (AccessException e) {
            trail.refused(action, e, request.id().orElse(""), address, reference);
            throw PanelException.of(e);
        }
    }

    /** Where a call comes from, and under which reference. */
    private record Place(URI called, String address, String reference) { }

    private PanelAnswer ofServer(PanelRequest request, SessionToken token, Place place)
            throws AccessException, AdapterException, NoRoomException, PanelException, InterruptedException {
        Admission admission = access.admitAtPanel(serverId(request, token, place), request.token().reveal(), request.pin());
        if (request.whiteIp().isPresent() && !Tickets.isAddress(request.whiteIp().get())) {
            throw PanelException.bad("white_ip is not an IP address");
        }
        if (request.whiteIp().isPresent() && !admission.token().isGoodAt(request.whiteIp().get())) {
            throw PanelException.bad("white_ip is another address than the token's ip");
        }
        Optional<String> address = request.whiteIp().isPresent() ? request.whiteIp() : admission.token().address();
        Order order = new Order(request.action().wireName(), admission.token().customer(), Set.of(admission.server().id()),
                Optional.empty(), address, admission.token().locale(), place.address());
        Optional<String> elsewhere = locations.elsewhere(admission.server());
        if (elsewhere.isPresent()) {
            return ask(elsewhere.get(), request.action(), order, admission.server().id(), place);
        }
        return done(order, work.ofServer(request.action(), order, admission.server(), place.called(), place.reference()), place);
    }

    private PanelAnswer ofSession(PanelRequest request, SessionToken token, Place place)
            throws AccessException, PanelException, InterruptedException {
        if (request.action() != PanelAction.CHECK_NOVNC) {
            Access.requireControl(token);
        }
        Optional<SessionKey> key = request.key().map(SessionKey::parse);
        Optional<String> serverId = key.isPresent() ? key.get().serverId()
                : Optional.of(request.id().orElseThrow(() -> PanelException.bad("key or id is missing")));
        if (serverId.isPresent() && !token.servers().contains(serverId.get())) {
            throw PanelException.noSession();
        }
        Order order = order(request, token, serverId.map(Set::of).orElse(token.servers()), key, place);
        Optional<Sighting> here = work.find(order);
        Optional<String> elsewhere = here.isPresent() ? Optional.empty() : serverId.flatMap(this::elsewhere);
        if (elsewhere.isPresent()) {
            requirePin(request, serverId.get());
            return ask(elsewhere.get(), request.action(), order, serverId.get(), place);
        }
        Sighting sighting = here.orElseThrow(PanelException::noSession);
        if (request.action() == PanelAction.EXTEND_NOVNC && !sighting.isLive()) {
            throw PanelException.noSession();
        }
        requirePin(request, sighting.serverId());
        return done(order, work.ofSession(request.action(), order, sighting, place.reference()), place);
    }

    private Optional<String> elsewhere(String serverId) {
        return locations.own().isEmpty() ? Optional.empty() : inventory.find(serverId).flatMap(locations::elsewhere);
    }

    private void requirePin(PanelRequest request, String serverId) throws AccessException {
        if (request.action() == PanelAction.EXTEND_NOVNC) {
            access.admitAtPanel(serverId, request.token().reveal(), request.pin());
        }
    }

    /** The server that is named, or else that of the console session whose key is. */
    private String serverId(PanelRequest request, SessionToken token, Place place) throws PanelException {
        if (request.id().isPresent()) {
            return request.id().get();
        }
        SessionKey key = SessionKey.parse(request.key().orElseThrow(() -> PanelException.bad("key or id is missing")));
        return key.serverId().or(() -> work.find(order(request, token, token.servers(), Optional.of(key), place))
                .map(Sighting::serverId)).orElseThrow(PanelException::noSession);
    }

    private static Order order(
            PanelRequest request, SessionToken token, Set<String> servers, Optional<SessionKey> key, Place place) {
        return new Order(request.action().wireName(), token.customer(), servers, key.map(SessionKey::session),
                Optional.empty(), Optional.empty(), place.address());
    }

    private PanelAnswer done(Order order, PanelAnswer answer, Place place) {
        String serverId = answer.serverId();
        trail.done(order.action(), order.customer(), serverId, answer.key(), place.address());
        return answer.withKey(locations.key(serverId, answer.key()));
    }

    /** Has another location do it, and leaves a trail of it here, too. */
    private PanelAnswer ask(String location, PanelAction action, Order order, String serverId, Place place)
            throws PanelException, InterruptedException {
        if (action == PanelAction.CONSOLE) {
            // The file has the vendor's password in it, which no other location is to see.
            throw new PanelException(PanelException.Code.UNSUPPORTED, "such a file is given out at the server's own location only");
        }
        try {
            PanelAnswer answer = PanelAnswer.of(locations.ask(location, order, action.asksVendor()));
            LOGGER.info("[{}] {} of server {} by customer {}: {} answers {}, and its reference is {}", place.reference(),
                    order.action(), serverId, order.customer(), location, answer.outcome(), answer.reference());
            trail.forwarded(order, serverId, answer, location);
            return answer;
        } catch (LocationException e) {
            throw trail.away(order, serverId, e, location, place.reference());
        }
    }

    private static PanelAnswer refused(PanelException e, String reference) {
        String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
        LOGGER.info("[{}] the panel's call was refused: {}: {}", reference, e.code(), why);
        return PanelAnswer.refused(e, reference);
    }
}
