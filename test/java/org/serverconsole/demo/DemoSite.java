package org.serverconsole.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.parts.FreePort;
import org.serverconsole.parts.Guacd;
import org.serverconsole.parts.Kiosked;

/** A hosting company in small: servers, guacd, Guacamole with the extension, and the panel that signs the links. */
final class DemoSite implements AutoCloseable {

    private final Path folder;
    private final Steps steps;
    private final Parts parts = new Parts();
    private final Panel panel = new Panel();
    private final List<DemoServer> servers = new ArrayList<>();
    private final Map<String, String> pins = new HashMap<>();
    private final Optional<Path> war = GuacamoleProcess.installedWar();
    private volatile URI url;

    /** @param folder for everything it writes; whoever made it deletes it */
    DemoSite(Path folder, Steps steps) {
        this.folder = folder;
        this.steps = steps;
    }

    /** Starts everything; what has been started until a failure ends with {@link #close}. */
    void start(Path jar, Map<String, DemoServer.Kind> kinds, DemoOptions options) throws Steps.Failure {
        for (Map.Entry<String, DemoServer.Kind> kind : new LinkedHashMap<>(kinds).entrySet()) {
            servers.add(steps.run("starting " + kind.getKey(), () ->
                    parts.add(kind.getValue().start(Files.createDirectory(folder.resolve("server-" + servers.size())), options))));
        }
        Guacd guacd = steps.run("starting guacd", () -> parts.add(Guacd.start(folder.resolve("guacd.log"))));
        Path home = steps.run("writing the settings of Guacamole", () -> writeHome(jar, guacd.port()));
        GuacamoleProcess guacamole = steps.run("starting Guacamole" + war.map(file -> " from " + file)
                .orElse(" (the mini host: there is no guacamole-1.6.0.war)"),
                () -> parts.add(GuacamoleProcess.start(home, war, FreePort.find())));
        url = guacamole.url();
    }

    private Path writeHome(Path jar, int guacdPort) throws IOException {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (DemoServer server : servers) {
            pins.put(server.id(), panel.newPin());
            entries.put(server.id(), panel.entry(server, pins.get(server.id())));
        }
        Map<String, String> properties = new LinkedHashMap<>(Map.of("guacd-hostname", "127.0.0.1",
                "guacd-port", Integer.toString(guacdPort), "console-token-key", panel.key()));
        authorities().ifPresent(file -> properties.put("console-ca-file", file.toString()));
        // Browsers are not run as root.
        Kiosked.user().ifPresent(user -> properties.put("console-kiosk-user", user));
        return DemoHome.write(folder.resolve("guacamole"), jar, properties, entries);
    }

    private Optional<Path> authorities() throws IOException {
        return DemoHome.authorities(folder, servers.stream().map(DemoServer::authority).flatMap(Optional::stream).toList());
    }

    List<DemoServer> servers() {
        return List.copyOf(servers);
    }

    String pin(DemoServer server) {
        return pins.get(server.id());
    }

    /** A fresh link to the console page, which asks for the PIN. */
    String link(DemoServer server) {
        return url.resolve("app/ext/console/open.html") + "#" + login(server);
    }

    /** The same into Guacamole's own page, which only the real web application has. */
    Optional<String> guacamoleLink(DemoServer server) {
        return war.map(file -> url + "#/?" + login(server));
    }

    private String login(DemoServer server) {
        return "username=" + server.id() + "&password=" + panel.token(server.id());
    }

    /** What guacd, Guacamole and the servers' programs have said. */
    List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.walk(folder, 2)) {
            return files.filter(file -> file.toString().endsWith(".log")).toList();
        }
    }

    @Override
    public void close() {
        parts.close();
    }
}
