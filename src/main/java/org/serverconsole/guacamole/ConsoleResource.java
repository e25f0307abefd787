package org.serverconsole.guacamole;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.ws.rs.GET;
import javax.ws.rs.POST;
import javax.ws.rs.Path;
import javax.ws.rs.PathParam;
import javax.ws.rs.Produces;
import javax.ws.rs.core.MediaType;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleSecurityException;
import org.serverconsole.config.KeyChord;
import org.serverconsole.config.PanelConfig;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

/**
 * {@code api/session/ext/console}: what the customer's page may know of its own console session, and do with it. Every
 * request carries Guacamole's token in a header, so no other site can make a browser send one.
 */
@Produces(MediaType.APPLICATION_JSON)
public final class ConsoleResource {

    private final ConsoleSession session;
    private final String address;
    private final Optional<String> locale;
    private final boolean watching;
    private final PanelConfig config;
    private final ServerPower power;

    /**
     * @param address the customer's, when he logged in
     * @param locale the language the panel asks for, BCP 47
     * @param watching whether it is for somebody who looks on, and may change nothing
     */
    ConsoleResource(ConsoleSession session, String address, Optional<String> locale, boolean watching, PanelConfig config,
            ServerPower power) {
        this.session = session;
        this.address = address;
        this.locale = locale;
        this.watching = watching;
        this.config = config;
        this.power = power;
    }

    /**
     * @return {@code {"server": ID, "label": text, "location": text, "watching": boolean, "secondsLeft": number,
     *     "canExtend": boolean, "power": [names of PowerControl.Action], "keys": [{"name": text, "keysyms": [number]}]}}, and where there is one
     *     {@code "returnUrl"} and {@code "locale"}
     */
    @GET
    public Map<String, Object> describe() {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("server", session.server().id());
        description.put("label", session.server().label());
        description.put("location", config.location());
        description.put("watching", watching);
        description.putAll(time());
        description.put("power", watching ? List.of() : power.actions(session.server()));
        description.put("keys", config.keys().stream().map(ConsoleResource::describe).toList());
        config.returnUrl().ifPresent(url -> description.put("returnUrl", url.toString()));
        locale.ifPresent(tag -> description.put("locale", tag));
        return description;
    }

    /**
     * Moves the deadline as far as it goes.
     *
     * @return {@code {"extended": boolean, "secondsLeft": number, "canExtend": boolean}}
     */
    @POST
    @Path("extend")
    public Map<String, Object> extend() throws GuacamoleException {
        requireOwner();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("extended", session.extend());
        answer.putAll(time());
        return answer;
    }

    /** Ends the session; the tunnel says so to the page. */
    @POST
    @Path("end")
    public Map<String, Object> end() throws GuacamoleException {
        requireOwner();
        session.end(EndReason.CLOSED_BY_CUSTOMER);
        return Map.of("ended", true);
    }

    /**
     * Asks the vendor now.
     *
     * @return {@code {"state": "ON" | "OFF" | "UNKNOWN"}}
     */
    @GET
    @Path("power")
    public Map<String, Object> power() throws GuacamoleException {
        requireOwner();
        return Map.of("state", power.state(session).name());
    }

    /**
     * Has the vendor do something to the server's power.
     *
     * @param action a name of {@link org.serverconsole.adapter.PowerControl.Action}
     * @return once the vendor has accepted it
     */
    @POST
    @Path("power/{action}")
    public Map<String, Object> perform(@PathParam("action") String action) throws GuacamoleException {
        requireOwner();
        power.perform(session, action, address);
        return Map.of("accepted", action);
    }

    private Map<String, Object> time() {
        return Map.of("secondsLeft", session.timeLeft().toSeconds(), "canExtend", !watching && session.canExtend());
    }

    private void requireOwner() throws GuacamoleSecurityException {
        if (watching) {
            throw new GuacamoleSecurityException("Whoever looks on may change nothing.");
        }
    }

    private static Map<String, Object> describe(KeyChord chord) {
        return Map.of("name", chord.name(), "keysyms", List.copyOf(chord.keysyms()));
    }
}
