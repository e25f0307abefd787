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
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The power of the server whose console a customer has open.
 *
 * @param controllable whether the vendor of a server has a power control
 */
record ServerPower(ConsoleSessions sessions, Predicate<Server> controllable, References references) {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerPower.class);

    /** What the page offers; a cycle is left to panels, as customers know it as "reset". */
    private static final List<Action> OFFERED = List.of(Action.ON, Action.SOFT_OFF, Action.RESET, Action.OFF);

    /** The names of what can be done, or none. */
    List<String> actions(Server server) {
        return controllable.test(server) ? OFFERED.stream().map(Action::name).toList() : List.of();
    }

    /** @throws GuacamoleException with a sentence for the customer where the vendor does not tell */
    PowerControl.State state(ConsoleSession session) throws GuacamoleException {
        return ask(session, "state", (control, server) -> control.status(server));
    }

    /** @throws GuacamoleException with a sentence for the customer where the vendor does not accept it */
    void perform(ConsoleSession session, String name) throws GuacamoleException {
        Action action = Arrays.stream(Action.values()).filter(any -> any.name().equals(name)).findAny()
                .orElseThrow(() -> new GuacamoleResourceNotFoundException("There is no such action."));
        ask(session, name, (control, server) -> {
            control.perform(server, action);
            return action;
        });
        LOGGER.info("{} of server {} by customer {}, from console session {}.",
                action, session.server().id(), session.customer(), session.id());
    }

    /** What is asked of a vendor's power control. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(PowerControl control, Server server) throws AdapterException, InterruptedException;
    }

    private <T> T ask(ConsoleSession session, String what, Question<T> question) throws GuacamoleException {
        Server server = session.server();
        try {
            return sessions.operate(server, adapter -> question.ask(control(adapter), server));
        } catch (AdapterException e) {
            throw refusal(session, what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refusal(session, what, new AdapterException(AdapterException.Kind.TIMEOUT, "interrupted", e));
        }
    }

    private static PowerControl control(ConsoleAdapter adapter) throws AdapterException {
        Optional<PowerControl> control = adapter.power();
        return control.orElseThrow(() -> new AdapterException(AdapterException.Kind.UNSUPPORTED, "no power control"));
    }

    private GuacamoleException refusal(ConsoleSession session, String what, AdapterException e) {
        String reference = references.next();
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
