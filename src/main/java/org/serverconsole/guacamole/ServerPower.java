package org.serverconsole.guacamole;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleResourceNotFoundException;
import org.apache.guacamole.language.TranslatableGuacamoleUpstreamException;
import org.apache.guacamole.language.TranslatableMessage;
import org.serverconsole.access.References;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.PowerControl.Action;
import org.serverconsole.inventory.Server;
import org.serverconsole.panel.Trail;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The power of the server whose console a customer has open.
 *
 * @param controllable whether the vendor of a server has a power control
 */
record ServerPower(ConsoleSessions sessions, Predicate<Server> controllable, References references, Trail trail) {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerPower.class);

    /** What the page offers; a cycle is left to panels, as customers know it as "reset". */
    private static final List<Action> OFFERED = List.of(Action.ON, Action.SOFT_OFF, Action.RESET, Action.OFF);

    /** The names of what can be done, or none. */
    List<String> actions(Server server) {
        return controllable.test(server) ? OFFERED.stream().map(Action::name).toList() : List.of();
    }

    /** @throws GuacamoleException with a sentence for the customer where the vendor does not tell */
    PowerControl.State state(ConsoleSession session) throws GuacamoleException {
        try {
            return ask(session, PowerControl::status);
        } catch (AdapterException e) {
            throw refusal(session, "state", e, references.next());
        }
    }

    /**
     * @param address the customer's, for the audit
     * @throws GuacamoleException with a sentence for the customer where the vendor does not accept it
     */
    void perform(ConsoleSession session, String name, String address) throws GuacamoleException {
        Action action = Arrays.stream(Action.values()).filter(any -> any.name().equals(name)).findAny()
                .orElseThrow(() -> new GuacamoleResourceNotFoundException("There is no such action."));
        String reference = references.next();
        try {
            ask(session, (control, server) -> {
                control.perform(server, action);
                return action;
            });
        } catch (AdapterException e) {
            trail.power(action, session, address, Optional.of(e), reference);
            throw refusal(session, name, e, reference);
        }
        trail.power(action, session, address, Optional.empty(), reference);
        LOGGER.info("[{}] {} of server {} by customer {}, from console session {}.",
                reference, action, session.server().id(), session.customer(), session.id());
    }

    /** What is asked of a vendor's power control. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(PowerControl control, Server server) throws AdapterException, InterruptedException;
    }

    private <T> T ask(ConsoleSession session, Question<T> question) throws AdapterException {
        Server server = session.server();
        try {
            return sessions.operate(server, adapter -> question.ask(control(adapter), server));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdapterException(AdapterException.Kind.TIMEOUT, "interrupted", e);
        }
    }

    private static PowerControl control(ConsoleAdapter adapter) throws AdapterException {
        Optional<PowerControl> control = adapter.power();
        return control.orElseThrow(() -> new AdapterException(AdapterException.Kind.UNSUPPORTED, "no power control"));
    }

    private static GuacamoleException refusal(ConsoleSession session, String what, AdapterException e, String reference) {
        LOGGER.info("[{}] Power ({}) of server {} for customer {}: {}: {}",
                reference, what, session.server().id(), session.customer(), e.kind(), e.getMessage());
        String key = switch (e.kind()) {
            case UNSUPPORTED -> "CONSOLE.POWER_UNSUPPORTED";
            case POWERED_OFF -> "CONSOLE.POWER_IS_OFF";
            case BUSY -> "CONSOLE.POWER_BUSY";
            default -> "CLIENT.ERROR_CLIENT_" + Integer.toHexString(ConsoleStatus.of(e.kind()).code());
        };
        return new TranslatableGuacamoleUpstreamException("The management system did not do it.",
                new TranslatableMessage(key, Map.of("REFERENCE", reference)));
    }
}
