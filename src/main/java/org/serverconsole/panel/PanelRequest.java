package org.serverconsole.panel;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.serverconsole.config.Secret;

/**
 * One call of the panel.
 *
 * @param token a session token; good for several calls until it expires
 * @param id the server's ID
 * @param key the key of a console session
 * @param pin the server's PIN as the customer typed it
 * @param whiteIp the only client address the login URL is to be good for
 */
record PanelRequest(
        PanelAction action, Secret token, Optional<String> id, Optional<String> key, Optional<String> pin,
        Optional<String> whiteIp) {

    /** Every parameter there is. */
    static final List<String> PARAMETERS = List.of("action", "token", "id", "key", "Key", "pin", "white_ip");

    /** More than any value of a good call; a token is the longest. */
    private static final int LONGEST = 8192;

    /**
     * @param parameters from a parameter's name to its value, or null where it is missing
     * @throws PanelException where there is no such action, or no token
     */
    static PanelRequest of(UnaryOperator<String> parameters) throws PanelException {
        String name = text(parameters, "action").orElseThrow(() -> PanelException.bad("action is missing"));
        PanelAction action = PanelAction.of(name)
                .orElseThrow(() -> PanelException.bad("there is no such action; see openapi.json"));
        String token = text(parameters, "token").orElseThrow(() -> PanelException.bad("token is missing"));
        return new PanelRequest(action, Secret.of(token), text(parameters, "id"), key(parameters),
                text(parameters, "pin"), text(parameters, "white_ip"));
    }

    /** The answer calls it Key, and so may the request. */
    private static Optional<String> key(UnaryOperator<String> parameters) throws PanelException {
        Optional<String> lower = text(parameters, "key");
        return lower.isPresent() ? lower : text(parameters, "Key");
    }

    private static Optional<String> text(UnaryOperator<String> parameters, String name) throws PanelException {
        String value = parameters.apply(name);
        if (value != null && value.length() > LONGEST) {
            throw PanelException.bad(name + " is longer than " + LONGEST + " characters");
        }
        return Optional.ofNullable(value).filter(text -> !text.isEmpty());
    }

    /** Without what must not be logged. */
    @Override
    public String toString() {
        return action.wireName() + id.map(server -> " of server " + server).orElse("");
    }
}
