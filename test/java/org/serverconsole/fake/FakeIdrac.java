package org.serverconsole.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A Dell iDRAC as far as its VNC server goes, with the traps of its attributes. */
public final class FakeIdrac extends FakeRedfish {

    /** What an iDRAC has by its generation. */
    public enum Firmware {
        /** Sessions and attributes at their old places only. */
        IDRAC9_OLD,
        /** Attributes at both places. */
        IDRAC9,
        /** Attributes at the new place only. */
        IDRAC10
    }

    /** The VNC server behind it. */
    @FunctionalInterface
    public interface Vnc {
        /** From now on it takes that password, and nobody where it is not enabled. */
        void set(boolean enabled, String password) throws IOException;
    }

    private static final String OEM = "/redfish/v1/Managers/iDRAC.Embedded.1/Oem/Dell/DellAttributes/iDRAC.Embedded.1";
    private static final String OLD = "/redfish/v1/Managers/iDRAC.Embedded.1/Attributes";
    private static final String SYSTEM = "/redfish/v1/Systems/System.Embedded.1";
    private static final int SESSIONS = 8;

    private final Firmware firmware;
    private final Vnc vnc;
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private final List<String> passwords = new CopyOnWriteArrayList<>();
    private String vncPassword = "never-set";
    private Optional<String> stale = Optional.empty();
    private volatile boolean lagging;
    private volatile boolean licensed = true;
    private volatile List<String> resetTypes = List.of(
            "On", "ForceOff", "ForceRestart", "GracefulShutdown", "PushPowerButton", "Nmi", "PowerCycle");
    private volatile Optional<String> failingPart = Optional.empty();

    private FakeIdrac(Certificate certificate, int port, Firmware firmware, int vncPort, Vnc vnc) {
        super(certificate, port);
        this.firmware = firmware;
        this.vnc = vnc;
        sessionLimit(SESSIONS);
        attributes.put("VNCServer.1.Enable", "Disabled");
        attributes.put("VNCServer.1.Port", vncPort);
        attributes.put("VNCServer.1.Timeout", 300);
        attributes.put("VNCServer.1.MaxSessions", 2);
        attributes.put("VNCServer.1.ActiveSessions", 0);
        attributes.put("VNCServer.1.SSLEncryptionBitLength", "Auto Negotiate");
    }

    /**
     * Starts one.
     *
     * @param port where it listens; 0 for a free one
     * @param vncPort where its VNC server is, as the attributes say
     */
    public static FakeIdrac start(Certificate certificate, int port, Firmware firmware, int vncPort, Vnc vnc) {
        return new FakeIdrac(certificate, port, firmware, vncPort, vnc);
    }

    /** An attribute as it is, whatever a GET says. */
    public synchronized Object attribute(String name) {
        return attributes.get("VNCServer.1." + name);
    }

    public synchronized void attribute(String name, Object value) {
        attributes.put("VNCServer.1." + name, value);
    }

    /** The passwords that were set so far. */
    public List<String> passwords() {
        return List.copyOf(passwords);
    }

    /** From now on a GET says what was so before the first change after now, for up to 30 s with the real one. */
    public synchronized void lagging(boolean lagging) {
        this.lagging = lagging;
        stale = Optional.empty();
    }

    /** Without Enterprise licence there are no attributes of the VNC server. */
    public void licensed(boolean licensed) {
        this.licensed = licensed;
    }

    /** An attribute that cannot be set: the answer is a 200 all the same, and the other attributes are set. */
    public void failingPart(Optional<String> attribute) {
        failingPart = attribute;
    }

    /** What its machine can be reset by. */
    public void resetTypes(String... types) {
        resetTypes = List.of(types);
    }

    @Override
    protected List<String> sessionPaths() {
        return firmware == Firmware.IDRAC9_OLD ? List.of("/redfish/v1/Sessions") : List.of("/redfish/v1/SessionService/Sessions");
    }

    @Override
    protected Answer noMoreSessions() {
        return error(503, "IDRAC.2.4.RAC0218", "The maximum number of user sessions is reached.");
    }

    @Override
    protected String systemPath() {
        return SYSTEM;
    }

    @Override
    protected ObjectNode resetAction() {
        ObjectNode reset = JSON.createObjectNode().put("target", SYSTEM + "/Actions/ComputerSystem.Reset");
        resetTypes.forEach(reset.putArray("ResetType@Redfish.AllowableValues")::add);
        return reset;
    }

    @Override
    protected synchronized Optional<Answer> vendor(Request request, ObjectNode body) {
        boolean here = request.path().equals(OEM) && firmware != Firmware.IDRAC9_OLD
                || request.path().equals(OLD) && firmware != Firmware.IDRAC10;
        if (!here) {
            return Optional.empty();
        }
        return Optional.of(request.method().equals("PATCH") ? patch(body.path("Attributes"))
                : Answer.of(200, stale.orElseGet(this::attributes)));
    }

    private String attributes() {
        ObjectNode all = JSON.createObjectNode().put("SSH.1.Enable", "Enabled");
        if (licensed) {
            attributes.forEach(all::putPOJO);
            // It never tells the password.
            all.putNull("VNCServer.1.Password");
        }
        return JSON.createObjectNode().set("Attributes", all).toString();
    }

    private Answer patch(JsonNode changes) {
        if (lagging && stale.isEmpty()) {
            stale = Optional.of(attributes());
        }
        Map<String, String> errors = new LinkedHashMap<>();
        changes.properties().forEach(change -> {
            if (failingPart.filter(change.getKey()::equals).isPresent() || !licensed || !isValid(change.getKey(), change.getValue())) {
                errors.put("IDRAC.2.4.SYS410", "Unable to modify the attribute " + change.getKey() + " with "
                        + change.getValue().asText() + ".");
            } else {
                set(change.getKey(), change.getValue());
            }
        });
        try {
            vnc.set("Enabled".equals(attributes.get("VNCServer.1.Enable")), vncPassword);
        } catch (IOException e) {
            throw new IllegalStateException("the VNC server behind the fake does not follow", e);
        }
        return errors.isEmpty()
                ? Answer.of(200, "{\"@Message.ExtendedInfo\":[{\"MessageId\":\"Base.1.12.Success\",\"Message\":\"Successful.\"}]}")
                : Answer.of(200, errorBody(errors));
    }

    private void set(String name, JsonNode value) {
        if (name.equals("VNCServer.1.Password")) {
            vncPassword = value.asText();
            passwords.add(vncPassword);
            addSecret(vncPassword);
        } else {
            attributes.put(name, value.isInt() ? (Object) value.asInt() : value.asText());
        }
    }

    /** Enumerations are taken in their exact case only. */
    private static boolean isValid(String name, JsonNode value) {
        return switch (name) {
            case "VNCServer.1.Enable" -> List.of("Enabled", "Disabled").contains(value.asText());
            case "VNCServer.1.SSLEncryptionBitLength" ->
                    List.of("Disabled", "Auto Negotiate", "128-Bit or higher", "168-Bit or higher", "256-Bit or higher")
                            .contains(value.asText());
            case "VNCServer.1.Timeout" -> value.isInt() && value.asInt() >= 60 && value.asInt() <= 10800;
            case "VNCServer.1.Password" -> value.isTextual() && !value.asText().isEmpty() && value.asText().length() <= 8;
            default -> false;
        };
    }
}
