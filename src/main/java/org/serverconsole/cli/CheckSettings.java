package org.serverconsole.cli;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.serverconsole.access.TokenVerifier;
import org.serverconsole.adapter.Finding.Outcome;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.config.PinPolicy;
import org.serverconsole.https.Authorities;
import org.serverconsole.https.PanelHttps;
import org.serverconsole.inventory.Inventory;
import org.serverconsole.inventory.InventoryException;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.relay.Relay;

/** Reads settings and inventory as Guacamole will, and names all that is wrong with them. */
final class CheckSettings {

    private static final String OURS = "console-";
    private static final String INVENTORY = "console-servers";
    private static final int SHOWN = 20;

    private final GuacamoleProperties properties;
    private final ServerRule rule;
    private final Clock clock;
    private final CheckReport report;

    CheckSettings(GuacamoleProperties properties, ServerRule rule, Clock clock, CheckReport report) {
        this.properties = properties;
        this.rule = rule;
        this.clock = clock;
        this.report = report;
    }

    /** The settings, where all of them are right. */
    Optional<ConsoleConfig> settings() {
        Set<String> known = new HashSet<>();
        Optional<ConsoleConfig> config = read(known);
        new TreeSet<>(properties.names()).stream().filter(name -> name.startsWith(OURS) && !known.contains(name))
                .forEach(name -> report.fault(name, "there is no such property; correct its name, or take it out"));
        config.ifPresent(this::requireUsable);
        return config;
    }

    private Optional<ConsoleConfig> read(Set<String> known) {
        try {
            ConsoleConfig config = ConsoleConfig.read(name -> {
                known.add(name);
                return properties.get(name);
            }, properties.home());
            report.ok("guacamole.properties", properties.file() + " is right");
            return Optional.of(config);
        } catch (ConfigException e) {
            e.problems().forEach(problem -> report.faultOf("guacamole.properties", problem));
            return Optional.empty();
        }
    }

    /** What is right as it is written may still be of no use. */
    private void requireUsable(ConsoleConfig config) {
        try {
            Relay.bindAddress(config.relayAddress());
        } catch (ConfigException e) {
            report.faultOf("console-relay-address", e.getMessage());
        }
        try {
            new TokenVerifier(config, https(config), clock);
        } catch (ConfigException e) {
            report.faultOf("console-token-jwks", e.getMessage());
        }
    }

    private static PanelHttps https(ConsoleConfig config) throws ConfigException {
        return new PanelHttps(Authorities.context(config.caFile()), PanelHttps.DEADLINE);
    }

    /**
     * The servers of the inventory, by ID: none where it cannot be used, or cannot be listed.
     *
     * @param config the settings, where they are right; the inventory is looked at all the same where they are not
     */
    Map<String, Server> inventory(Optional<ConsoleConfig> config) {
        String where = config.map(ConsoleConfig::servers)
                .orElseGet(() -> properties.find(INVENTORY).map(String::strip).orElse("servers.json"));
        if (where.contains("://")) {
            report.add(Outcome.UNKNOWN, INVENTORY, "the panel is asked for each server by itself; name one with --server");
            return Map.of();
        }
        try {
            Map<String, Server> servers = Inventory.read(properties.home().resolve(where), rule, properties.environment(),
                    warning -> report.warningOf(INVENTORY, warning));
            report.ok(INVENTORY, servers.size() + " servers in " + properties.home().resolve(where));
            config.filter(settings -> settings.pin() == PinPolicy.REQUIRED).ifPresent(settings -> requirePins(servers));
            return servers;
        } catch (ConfigException e) {
            e.problems().forEach(problem -> report.faultOf(INVENTORY, problem));
            return Map.of();
        }
    }

    /** The server of that ID, also where the panel is asked for it; a fault where there is none. */
    Optional<Server> server(String id, Optional<ConsoleConfig> config, Map<String, Server> servers) {
        Optional<Server> found = Optional.ofNullable(servers.get(id));
        if (found.isEmpty() && config.filter(settings -> settings.servers().contains("://")).isPresent()) {
            found = atPanel(id, config.get());
        }
        if (found.isEmpty()) {
            report.fault("--server", "the inventory has no usable server of that ID");
        }
        return found;
    }

    private Optional<Server> atPanel(String id, ConsoleConfig config) {
        try {
            return Inventory.panel(config.servers(), rule, https(config), config.panel().panelKey(), clock).find(id);
        } catch (ConfigException e) {
            e.problems().forEach(problem -> report.faultOf(INVENTORY, problem));
            return Optional.empty();
        } catch (InventoryException e) {
            report.fault(INVENTORY, e.getMessage());
            return Optional.empty();
        }
    }

    private void requirePins(Map<String, Server> servers) {
        List<String> without = new ArrayList<>(
                servers.values().stream().filter(server -> server.pin().isEmpty()).map(Server::id).sorted().toList());
        if (!without.isEmpty()) {
            report.fault("console-pin", "a PIN is required, and these servers have none, so that nobody can open their consoles: "
                    + String.join(", ", without.subList(0, Math.min(SHOWN, without.size())))
                    + (without.size() > SHOWN ? " and " + (without.size() - SHOWN) + " more" : ""));
        }
    }
}
