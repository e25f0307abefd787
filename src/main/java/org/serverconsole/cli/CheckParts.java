package org.serverconsole.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.serverconsole.adapter.Finding.Outcome;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.JournalInUseException;
import org.serverconsole.journal.NoJournalException;
import org.serverconsole.location.BrokerProbe;
import org.serverconsole.panel.GuacdProbe;

/** Reaches guacd, the journal and the broker. */
record CheckParts(GuacamoleProperties properties, CheckReport report) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String PORT = "guacd-port";
    private static final String BROKER = "console-broker";
    private static final String SSL = "guacd-ssl";

    void guacd() {
        String port = properties.find(PORT).orElse("4822").strip();
        String ssl = properties.find(SSL).orElse("false").strip();
        if (!port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65535) {
            report.fault(PORT, "found \"" + port + "\", write a whole number from 1 to 65535");
        } else if (!ssl.equals("true") && !ssl.equals("false")) {
            report.fault(SSL, "found \"" + ssl + "\", write true or false");
        } else {
            String host = properties.find("guacd-hostname").orElse("localhost").strip();
            reach(new GuacdProbe(host, Integer.parseInt(port), ssl.equals("true"), PATIENCE));
        }
    }

    private void reach(GuacdProbe guacd) {
        try {
            guacd.requireLife();
        } catch (IOException e) {
            report.fault("guacd", e.getMessage());
            return;
        }
        for (String protocol : new String[] {"vnc", "telnet"}) {
            try {
                guacd.requireProtocol(protocol);
                report.ok("guacd", guacd + " shows " + protocol);
            } catch (IOException e) {
                report.fault("guacd", e.getMessage());
            }
        }
    }

    /** Changes nothing: a journal that is made here would belong to whoever runs this, and not to Guacamole. */
    void journal(ConsoleConfig config) {
        // What follows may hold a password.
        String name = config.journal().split("[;?]")[0];
        try (Journal journal = Journal.openToRead(config.journal())) {
            int left = journal.openLeases().size();
            report.ok("console-journal", name + " can be read; "
                    + (left == 0 ? "nothing is left to be taken back" : left + " grants are left to be taken back by the next start"));
        } catch (JournalInUseException e) {
            report.ok("console-journal", name + " is in use, as by a Guacamole that is running");
        } catch (NoJournalException e) {
            requirePlace(name);
        } catch (ConfigException e) {
            report.faultOf("console-journal", e.getMessage());
        } catch (IllegalStateException e) {
            report.add(Outcome.FAULT, "console-journal", name + " cannot be read: " + e.getCause().getMessage());
        }
    }

    /** The broker, and whether a node is there of each location that a server is at. */
    void broker(ConsoleConfig config, Collection<Server> servers) {
        String own = config.panel().location();
        Set<String> others = new TreeSet<>(servers.stream().map(Server::location).flatMap(Optional::stream)
                .filter(location -> !own.isEmpty() && !location.equals(own)).toList());
        if (config.broker().isEmpty()) {
            others.forEach(location -> report.fault(BROKER, "is not set, so that no console can be opened of the servers at " + location));
            return;
        }
        try (BrokerProbe probe = BrokerProbe.connect(config.broker().get(), config.caFile())) {
            report.ok(BROKER, config.broker().get() + " takes this node's user and password");
            for (String location : others) {
                int nodes = probe.nodes(location);
                report.add(nodes > 0 ? Outcome.OK : Outcome.WARNING, BROKER, nodes + " nodes of " + location + " are there now");
            }
        } catch (ConfigException e) {
            report.faultOf(BROKER, e.getMessage());
        }
    }

    /** H2 makes the folders that are missing. */
    private void requirePlace(String name) {
        Path folder = Path.of(name.replaceFirst("^jdbc:h2:(file:)?", "")).toAbsolutePath();
        while (!Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (Files.isDirectory(folder) && Files.isWritable(folder)) {
            report.ok("console-journal", name + " is not there yet; Guacamole makes it when it starts");
        } else {
            report.fault("console-journal", name + " cannot be made, since " + folder
                    + " is no folder that this user may write to; name another place, or give Guacamole's user the right");
        }
    }
}
