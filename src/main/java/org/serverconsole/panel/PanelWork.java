package org.serverconsole.panel;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.access.Tickets;
import org.serverconsole.access.Tickets.Ticket;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.inventory.Server;
import org.serverconsole.location.Order;
import org.serverconsole.panel.PanelException.Code;
import org.serverconsole.panel.Sighting.State;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.NoRoomException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does at this location what a customer may order, whether it was ordered here or elsewhere. Safe for use by many threads.
 *
 * @param location this node's, or empty text
 * @param limit how long a console session may last at most, for the refusal that names it
 */
record PanelWork(
        Tickets tickets, ConsoleSessions sessions, Sightings sightings, LoginUrls urls, String location, Duration limit) {

    private static final Logger LOGGER = LoggerFactory.getLogger(PanelWork.class);

    /**
     * Something about a server.
     *
     * @param called Guacamole's URL as the panel has called it, ending in a slash
     */
    PanelAnswer ofServer(PanelAction action, Order order, Server server, URI called, String reference)
            throws AdapterException, NoRoomException, PanelException, InterruptedException {
        return switch (action) {
            case NOVNC -> loginUrl(order, server, called, reference);
            case RECREATE_NOVNC -> recreate(order, server, called, reference);
            case CONSOLE -> viewerFile(order, server, reference);
            case STATUS -> powerState(order, server, reference);
            case ON -> power(order, server, PowerControl.Action.ON, reference);
            case OFF -> power(order, server, PowerControl.Action.OFF, reference);
            case SOFT_OFF -> power(order, server, PowerControl.Action.SOFT_OFF, reference);
            case REBOOT -> power(order, server, PowerControl.Action.RESET, reference);
            case CHECK_NOVNC, EXTEND_NOVNC, STOP_NOVNC -> throw new IllegalArgumentException(action + " is about a session");
        };
    }

    /** Something about a console session. */
    PanelAnswer ofSession(PanelAction action, Order order, Sighting sighting, String reference) throws PanelException {
        return switch (action) {
            case CHECK_NOVNC -> check(order, sighting, reference);
            case EXTEND_NOVNC -> extend(order, sighting, reference);
            case STOP_NOVNC -> stop(order, sighting, reference);
            default -> throw new IllegalArgumentException(action + " is about a server");
        };
    }

    /** What the order's key or server stands for at this location, where that is its customer's. */
    Optional<Sighting> find(Order order) {
        Optional<Sighting> found = order.key().isPresent() ? sightings.ofKey(order.key().get())
                : order.servers().stream().findFirst().flatMap(sightings::ofServer);
        return found
                .filter(sighting -> order.servers().contains(sighting.serverId()))
                .filter(sighting -> order.customer().equals(sighting.customer()));
    }

    private PanelAnswer loginUrl(Order order, Server server, URI called, String reference) throws NoRoomException {
        sessions.requireRoom(server.id(), order.customer());
        return mint(order, server, called, reference);
    }

    /** Nobody loses the console he has for one that could not be opened. */
    private PanelAnswer recreate(Order order, Server server, URI called, String reference) throws NoRoomException {
        sessions.requireRoom(server.id(), order.customer());
        sightings.ofServer(server.id()).filter(sighting -> sighting.customer().equals(order.customer()))
                .ifPresent(sightings::stop);
        return mint(order, server, called, reference);
    }

    private PanelAnswer mint(Order order, Server server, URI called, String reference) {
        Ticket ticket = tickets.mint(server.id(), order.customer(), order.locale(), order.address());
        LOGGER.info("[{}] login URL for console session {} of server {} minted for customer {}",
                reference, ticket.key(), server.id(), order.customer());
        return PanelAnswer.done(urls.of(server.id(), ticket, order.locale(), called), context(order, server.id()), reference, ticket.key());
    }

    private PanelAnswer check(Order order, Sighting sighting, String reference) {
        Map<String, Object> context = context(order, sighting.serverId());
        context.put("state", (sighting.isLive() ? State.OPEN : sighting.state()).name().toLowerCase(Locale.ROOT));
        sightings.timeLeft(sighting).ifPresent(left -> context.put("seconds_left", left.toSeconds()));
        sighting.endReason().ifPresent(reason -> context.put("end_reason", reason));
        return PanelAnswer.done("", context, reference, sighting.key());
    }

    private PanelAnswer extend(Order order, Sighting sighting, String reference) throws PanelException {
        if (!sighting.isLive()) {
            throw PanelException.noSession();
        }
        if (!sightings.extend(sighting)) {
            throw sightings.ofKey(sighting.key()).filter(Sighting::isLive).isEmpty() ? PanelException.noSession()
                    : new PanelException(Code.AT_LIMIT,
                            "a console session lasts " + limit.toSeconds() + " s at most, counted from its start");
        }
        Map<String, Object> context = context(order, sighting.serverId());
        sightings.timeLeft(sighting).ifPresent(left -> context.put("seconds_left", left.toSeconds()));
        return PanelAnswer.done("", context, reference, sighting.key());
    }

    private PanelAnswer stop(Order order, Sighting sighting, String reference) throws PanelException {
        if (!sightings.stop(sighting)) {
            throw PanelException.noSession();
        }
        return PanelAnswer.done("", context(order, sighting.serverId()), reference, sighting.key());
    }

    private PanelAnswer viewerFile(Order order, Server server, String reference) throws AdapterException, InterruptedException {
        String file = sessions.operate(server, adapter -> adapter.viewerFile(server)).reveal();
        Map<String, Object> context = context(order, server.id());
        context.put("file", Base64.getEncoder().encodeToString(file.getBytes(StandardCharsets.UTF_8)));
        return PanelAnswer.done("", context, reference, "");
    }

    private PanelAnswer powerState(Order order, Server server, String reference) throws AdapterException, InterruptedException {
        PowerControl.State state = sessions.operate(server, adapter -> power(adapter.power()).status(server));
        Map<String, Object> context = context(order, server.id());
        context.put("power", state.name().toLowerCase(Locale.ROOT));
        return PanelAnswer.done("", context, reference, "");
    }

    private PanelAnswer power(Order order, Server server, PowerControl.Action action, String reference)
            throws AdapterException, InterruptedException {
        sessions.operate(server, adapter -> {
            power(adapter.power()).perform(server, action);
            return action;
        });
        LOGGER.info("[{}] {} of server {} by customer {}", reference, action, server.id(), order.customer());
        return PanelAnswer.done("", context(order, server.id()), reference, "");
    }

    private static PowerControl power(Optional<PowerControl> control) throws AdapterException {
        return control.orElseThrow(() -> new AdapterException(AdapterException.Kind.UNSUPPORTED, "no power control"));
    }

    private Map<String, Object> context(Order order, String serverId) {
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("action", order.action());
        context.put("id", serverId);
        context.put("location", location);
        return context;
    }
}
