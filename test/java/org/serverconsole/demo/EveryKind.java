package org.serverconsole.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Consoles of servers of every kind, at one Guacamole. */
final class EveryKind implements Show {

    private final Path folder;
    private final DemoOptions options;
    private final Steps steps;
    private final PrintStream out;
    private final DemoSite site;

    EveryKind(Path folder, DemoOptions options, Steps steps, PrintStream out) {
        this.folder = folder;
        this.options = options;
        this.steps = steps;
        this.out = out;
        site = new DemoSite(folder, steps);
    }

    /** Every server of the demo; what it says after "starting", and how it starts. */
    private static Map<String, DemoServer.Kind> servers() {
        Map<String, DemoServer.Kind> servers = new LinkedHashMap<>();
        servers.put("server 14494, a QEMU behind an oVirt engine", OvirtVm::plain);
        servers.put("server 14495, one with encrypted VNC behind an oVirt engine", OvirtVm::encrypted);
        servers.put("server 20110, a shell on a TigerVNC", ShellServer::vnc);
        servers.put("server 20111, a shell behind an iDRAC", ShellServer::idrac);
        servers.put("server 30001, a shell on the serial line of a BMC", SerialServer::start);
        servers.put("server 40001, a shell behind an OpenBMC", ShellServer::openBmc);
        servers.put("server 50001, the page of a Cisco CIMC", PageServer::cimc);
        servers.put("server 50002, the page of a Supermicro BMC", PageServer::supermicro);
        return servers;
    }

    @Override
    public void start(Path jar) throws Steps.Failure {
        site.start(jar, servers(), options);
    }

    @Override
    public void check() throws Steps.Failure {
        try (ConsoleCheck browser = steps.run("starting Chromium", () -> ConsoleCheck.start(folder, steps))) {
            for (DemoServer server : site.servers()) {
                Duration shown = browser.check(server, site.link(server) + "&pin=" + site.pin(server), Demo.picture(server));
                out.println("console " + server.id() + " shown after " + shown.toMillis() + " ms");
            }
        }
    }

    @Override
    public void printLinks() {
        for (DemoServer server : site.servers()) {
            out.printf("%nServer %s (%s), PIN %s%n  %s%n", server.id(), server.description(), site.pin(server), site.link(server));
            site.guacamoleLink(server).ifPresent(link -> out.printf("  or in Guacamole's own page:%n  %s%n", link));
        }
        out.printf("%nEach link opens its console once.%n%n");
    }

    @Override
    public List<Path> logs() throws IOException {
        return site.logs();
    }

    @Override
    public void close() {
        site.close();
    }
}
