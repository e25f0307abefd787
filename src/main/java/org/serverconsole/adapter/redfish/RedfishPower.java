package org.serverconsole.adapter.redfish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.inventory.Server;

/**
 * Power through {@code ComputerSystem.Reset} (DSP2046). The system is the BMC's only one, or the one whose ID is the option
 * {@code plug}.
 */
public final class RedfishPower implements PowerControl {

    /** The option that names one of several systems. */
    public static final String PLUG = "plug";

    private static final String SYSTEMS = "/redfish/v1/Systems";
    private static final String RESET_TYPE = "ResetType";
    private static final String ALLOWABLE = "@Redfish.AllowableValues";

    private final RedfishBmcs bmcs;

    public RedfishPower(RedfishBmcs bmcs) {
        this.bmcs = bmcs;
    }

    @Override
    public State status(Server server) throws AdapterException, InterruptedException {
        try (Turn bmc = turn(server)) {
            return state(system(bmc, server));
        }
    }

    @Override
    public void perform(Server server, Action action) throws AdapterException, InterruptedException {
        try (Turn bmc = turn(server)) {
            JsonNode system = system(bmc, server);
            State state = state(system);
            if (state == State.ON && action == Action.ON || state == State.OFF && action == Action.OFF) {
                return;
            }
            if (state == State.OFF && action != Action.ON) {
                throw new AdapterException(Kind.POWERED_OFF, "server " + server.id() + " is off: no " + action + " then");
            }
            JsonNode reset = system.path("Actions").path("#ComputerSystem.Reset");
            String target = reset.path("target").asText("");
            List<String> offered = offered(bmc, reset);
            String type = types(action).stream().filter(offered::contains).findFirst()
                    .filter(found -> target.startsWith("/redfish/"))
                    .orElseThrow(() -> new AdapterException(Kind.UNSUPPORTED,
                            "the BMC of server " + server.id() + " offers no " + action + ", only " + offered));
            bmc.post(target, JsonNodeFactory.instance.objectNode().put(RESET_TYPE, type));
        }
    }

    private Turn turn(Server server) throws AdapterException, InterruptedException {
        Redfish bmc = bmcs.of(server);
        return bmc.turn(Deadline.in(bmc.access().timeout()));
    }

    private static JsonNode system(Turn bmc, Server server) throws AdapterException, InterruptedException {
        List<String> systems = new ArrayList<>();
        bmc.get(SYSTEMS).path("Members").forEach(member -> systems.add(member.path("@odata.id").asText("")));
        Optional<String> plug = server.option(PLUG);
        List<String> meant = systems.stream()
                .filter(path -> path.startsWith("/redfish/") && plug.map(id -> path.endsWith("/" + id)).orElse(true)).toList();
        if (meant.size() != 1) {
            throw new AdapterException(Kind.UNKNOWN_SERVER, "the BMC has the systems " + systems + (plug.isPresent()
                    ? ", none of them \"" + plug.get() + "\"" : ": write the ID of one as \"plug\""));
        }
        return bmc.get(meant.get(0));
    }

    private static State state(JsonNode system) {
        return switch (system.path("PowerState").asText("")) {
            case "On" -> State.ON;
            case "Off" -> State.OFF;
            // PoweringOn, PoweringOff, Paused
            default -> State.UNKNOWN;
        };
    }

    /** Said with the action itself, or at a path that it names (as bmcweb does). */
    private static List<String> offered(Turn bmc, JsonNode reset) throws AdapterException, InterruptedException {
        List<String> offered = texts(reset.path(RESET_TYPE + ALLOWABLE));
        String info = reset.path("@Redfish.ActionInfo").asText("");
        if (offered.isEmpty() && info.startsWith("/redfish/")) {
            for (JsonNode parameter : bmc.get(info).path("Parameters")) {
                if (parameter.path("Name").asText().equals(RESET_TYPE)) {
                    return texts(parameter.path("AllowableValues"));
                }
            }
        }
        return offered;
    }

    private static List<String> texts(JsonNode values) {
        List<String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value.asText()));
        return texts;
    }

    private static List<String> types(Action action) {
        return switch (action) {
            case ON -> List.of("On", "ForceOn");
            case OFF -> List.of("ForceOff");
            case SOFT_OFF -> List.of("GracefulShutdown");
            case CYCLE -> List.of("PowerCycle");
            case RESET -> List.of("ForceRestart");
        };
    }
}
