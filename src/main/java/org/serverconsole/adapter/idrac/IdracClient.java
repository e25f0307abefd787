package org.serverconsole.adapter.idrac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.redfish.Turn;
import org.serverconsole.config.Secret;

/**
 * The attributes {@code VNCServer.1.*} of an iDRAC (Dell's Attribute Registry). Their values are case-sensitive, the password
 * is never told, and for up to 30 s after a change what is told may be what was so before.
 */
final class IdracClient {

    /** Of these the iDRAC9 of 2020 and later has both, those before it the second, the iDRAC10 the first. */
    private static final List<String> PLACES = List.of(
            "/redfish/v1/Managers/iDRAC.Embedded.1/Oem/Dell/DellAttributes/iDRAC.Embedded.1",
            "/redfish/v1/Managers/iDRAC.Embedded.1/Attributes");
    static final String NO_LICENCE = "the iDRAC has no VNC server: that needs an Enterprise licence";
    private static final String PREFIX = "VNCServer.1.";
    private static final String ENABLE = "Enable";
    private static final String TIMEOUT = "Timeout";
    private static final String SSL = "SSLEncryptionBitLength";
    private static final String PASSWORD = "Password";
    private static final int HIGHEST_PORT = 65535;

    /**
     * What an idle viewer is given, in seconds: beyond any console session, and nothing that an operator would write, who has
     * at most 10800. So it tells whether settings are ours.
     */
    private static final String OUR_TIMEOUT = "10799";
    private static final String FACTORY_TIMEOUT = "300";

    private IdracClient() { }

    /**
     * The VNC server as it was found.
     *
     * @param place the path of its attributes
     * @param settings what {@link #open} changes, by the attributes' names without prefix
     * @param viewers how many there are
     */
    record VncServer(String place, int port, Map<String, String> settings, int viewers) { }

    static VncServer vncServer(Turn bmc) throws AdapterException, InterruptedException {
        return find(bmc).orElseThrow(() -> new AdapterException(Kind.UNSUPPORTED, NO_LICENCE));
    }

    /** The VNC server, or empty where there is none without a licence. */
    static Optional<VncServer> find(Turn bmc) throws AdapterException, InterruptedException {
        for (String place : PLACES) {
            Optional<JsonNode> found = bmc.find(place);
            if (found.isPresent()) {
                JsonNode attributes = found.get().path("Attributes");
                return attributes.path(PREFIX + ENABLE).isTextual()
                        ? Optional.of(vncServer(place, attributes)) : Optional.empty();
            }
        }
        throw new AdapterException(Kind.UNSUPPORTED,
                "the BMC has no attributes of an iDRAC: an iDRAC8 needs firmware 2.40 or newer, others another type");
    }

    private static VncServer vncServer(String place, JsonNode attributes) throws AdapterException {
        int port = attributes.path(PREFIX + "Port").asInt(0);
        if (port < 1 || port > HIGHEST_PORT) {
            throw new AdapterException(Kind.PROTOCOL, "the iDRAC tells no port of its VNC server");
        }
        Map<String, String> settings = new HashMap<>();
        for (String name : List.of(ENABLE, TIMEOUT, SSL)) {
            JsonNode value = attributes.path(PREFIX + name);
            if (name.equals(TIMEOUT) ? value.isInt() : value.isTextual()) {
                settings.put(name, value.asText());
            }
        }
        return new VncServer(place, port, settings, attributes.path(PREFIX + "ActiveSessions").asInt(0));
    }

    /** Lets viewers in who know that password. */
    static void open(Turn bmc, VncServer vnc, Secret password) throws AdapterException, InterruptedException {
        Map<String, String> settings = new HashMap<>(vnc.settings());
        settings.replace(ENABLE, "Enabled");
        settings.replace(TIMEOUT, OUR_TIMEOUT);
        // Encrypted it takes no viewer but a few of its vendor's choice.
        settings.replace(SSL, "Disabled");
        set(bmc, vnc, settings, password);
    }

    /** Whether they are what {@link #open} sets, and not what was so before. */
    static boolean areOurs(Map<String, String> settings) {
        return OUR_TIMEOUT.equals(settings.get(TIMEOUT));
    }

    /** Those in place of ours where nobody knows what was so before: off, as Dell delivers it. */
    static Map<String, String> factory(Map<String, String> ours) {
        Map<String, String> settings = new HashMap<>(ours);
        settings.replace(ENABLE, "Disabled");
        settings.replace(TIMEOUT, FACTORY_TIMEOUT);
        return settings;
    }

    static boolean isDisabled(Map<String, String> settings) {
        return "Disabled".equals(settings.get(ENABLE));
    }

    /** Sets what was so before, under another password. */
    static void restore(Turn bmc, VncServer vnc, Map<String, String> settings, Secret password)
            throws AdapterException, InterruptedException {
        set(bmc, vnc, settings, password);
    }

    private static void set(Turn bmc, VncServer vnc, Map<String, String> settings, Secret password)
            throws AdapterException, InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode attributes = body.putObject("Attributes");
        settings.forEach((name, value) -> {
            if (name.equals(TIMEOUT)) {
                attributes.put(PREFIX + name, Integer.parseInt(value));
            } else {
                attributes.put(PREFIX + name, value);
            }
        });
        attributes.put(PREFIX + PASSWORD, password.reveal());
        bmc.patch(vnc.place(), body, password);
    }
}
