package org.serverconsole.cli;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.Adapters;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.config.KioskConfig;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.kiosk.Kiosks;
import org.serverconsole.rfb.RfbConnector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks whether consoles can be opened with these settings. */
@Command(
        name = "check",
        sortOptions = false,
        description = "Say all that is wrong with Guacamole's settings and the inventory, and look whether what they name can be"
                + " reached: guacd, the journal, the broker and, where asked for, the management systems. One line each, on standard output:"
                + " ok, warning, unknown or fault.",
        optionListHeading = "%n",
        footer = {
            "",
            "Run it as the user that Guacamole runs as, with the same variables, lest it see other files. It changes nothing.",
            "",
            "Exit code 0: no fault; 1: a fault, or it could not look; 2: not written as it must be.",
            "",
            "  java -jar guacamole-auth-console.jar check --home /etc/guacamole --reach"})
final class CheckCommand implements Callable<Integer> {

    private static final int FAULT = 1;

    @Option(names = "--reach", description = "Log in to the management system of every server, and out again.")
    private boolean reach;

    @Option(names = "--server", paramLabel = "<id>", converter = Identifier.class,
            description = "The same for that server alone.")
    private String server;

    @Option(names = "--json", description = "Print one JSON object instead of lines.")
    private boolean json;

    @Mixin
    private Home home;

    private final Shell shell;

    CheckCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws CommandException {
        GuacamoleProperties properties = home.read(shell.environment());
        CheckReport report = new CheckReport(shell.out(), json);
        EventLoopGroup network = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        RfbConnector rfb = RfbConnector.on(network);
        try (Kiosks kiosks = Kiosks.start(kiosk(properties), rfb, network, shell.random());
                Adapters adapters = Adapters.start(new AdapterEnvironment(rfb, shell.random(), caFile(properties), kiosks))) {
            check(properties, adapters, report);
        } finally {
            network.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        report.end();
        return report.faultless() ? 0 : FAULT;
    }

    private void check(GuacamoleProperties properties, Adapters adapters, CheckReport report) {
        CheckSettings settings = new CheckSettings(properties, rule(properties, adapters), shell.clock(), report);
        Optional<ConsoleConfig> config = settings.settings();
        Map<String, Server> servers = settings.inventory(config);
        CheckParts parts = new CheckParts(properties, report);
        parts.guacd();
        config.ifPresent(parts::journal);
        config.ifPresent(known -> parts.broker(known, servers.values()));
        List<Server> here = servers.values().stream().filter(known -> isHere(known, properties, adapters)).toList();
        here.stream().map(Server::type).distinct().sorted().forEach(type -> adapters.byType().get(type).lack()
                .ifPresent(lack -> report.fault("type " + type, lack)));
        CheckServers systems = new CheckServers(adapters.byType(), report);
        if (server != null) {
            settings.server(server, config, servers).filter(known -> isHere(known, properties, adapters))
                    .ifPresent(known -> systems.reach(List.of(known)));
        } else if (reach) {
            systems.reach(here);
        }
    }

    private static ServerRule rule(GuacamoleProperties properties, Adapters adapters) {
        return adapters.rule().at(properties.find("console-location").map(String::strip).orElse(""));
    }

    /** The management systems of other locations are not for this node to reach. */
    private static boolean isHere(Server server, GuacamoleProperties properties, Adapters adapters) {
        return rule(properties, adapters).isHere(server.location());
    }

    /** As far as they are right; what is wrong with them is found with the other settings. */
    private static KioskConfig kiosk(GuacamoleProperties properties) {
        return KioskConfig.read(name -> properties.find(name).orElse(null), properties.home()).orElse(KioskConfig.DEFAULT);
    }

    /** As far as there is one; what is wrong with it is found with the other settings. */
    private static Optional<Path> caFile(GuacamoleProperties properties) {
        return properties.find("console-ca-file").map(String::strip).filter(name -> !name.isEmpty())
                .map(name -> properties.home().resolve(name)).filter(Files::isReadable);
    }
}
