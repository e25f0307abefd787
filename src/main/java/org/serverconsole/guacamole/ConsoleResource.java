package org.serverconsole.guacamole;

import java.util.Map;
import javax.ws.rs.GET;
import javax.ws.rs.Produces;
import javax.ws.rs.core.MediaType;
import org.serverconsole.session.ConsoleSession;

/** {@code api/session/ext/console}: what the customer's page may know of its own console session. */
public final class ConsoleResource {

    private final ConsoleSession session;

    ConsoleResource(ConsoleSession session) {
        this.session = session;
    }

    /**
     * @return {@code {"server": ID, "label": text, "secondsLeft": number}}
     */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> describe() {
        return Map.of(
                "server", session.server().id(),
                "label", session.server().label(),
                "secondsLeft", session.timeLeft().toSeconds());
    }
}
