package org.serverconsole.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.PanelToken;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.parts.FreePort;
import org.serverconsole.parts.Guacd;
import org.serverconsole.parts.Qemu;
import org.serverconsole.parts.TigerVnc;

/** Guacamole with this extension and the peer, guacd, a bright desktop, a machine behind an engine, and servers that are off. */
final class BenchSite implements AutoCloseable {

    /** A desktop: a TigerVNC full of a bright terminal. */
    static final String DESKTOP = "desktop";

    static final String VNC_PASSWORD = "bench-pw";

    /** Virtual machines of a fake oVirt engine, all before one real QEMU: nobody's console is taken over by the next. */
    private static final int MACHINES = 1000;

    /** Servers whose console refuses connections, for logins alone. */
    private static final int OFF = 50_000;

    private static final String QUIET = """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n</pattern></encoder>
              </appender>
              <root level="INFO"><appender-ref ref="out"/></root>
            </configuration>
            """;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final byte[] key = new byte[32];
    private final Path folder;
    private final TigerVnc desktop;
    private final FakeEngine engine;
    private final AuthJson peer = new AuthJson();
    private final GuacamoleProcess guacamole;
    private int nextMachine;
    private int nextServer;

    BenchSite(Path jar, Path folder, Optional<Path> war, Optional<Path> peerJar) throws Exception {
        new SecureRandom().nextBytes(key);
        this.folder = folder;
        try {
            Guacd guacd = add(Guacd.start(folder.resolve("guacd.log")));
            desktop = add(TigerVnc.start(folder, VNC_PASSWORD));
            terminal();
            Qemu qemu = add(Qemu.start(Files.createDirectory(folder.resolve("qemu"))));
            Awaitility.await("the machine has booted").until(() -> qemu.screenText().contains("type and see it here"));
            engine = add(FakeEngine.start(folder));
            for (int i = 0; i < MACHINES; i++) {
                engine.addVm(vm(i), "vm-" + i, new InetSocketAddress("127.0.0.1", qemu.vncPort()), qemu::setTicket);
            }
            Path home = home(guacd, jar, peerJar);
            guacamole = add(GuacamoleProcess.start(home, war, FreePort.find()));
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    /** The whole screen in a bright colour, which is what the measuring looks for. */
    private void terminal() throws IOException {
        Process xterm = new ProcessBuilder("xterm", "-display", ":" + desktop.display(), "-geometry", "200x80+0+0", "-b", "0",
                "-bg", "#e6e6e6", "-fg", "#101418", "-e", "sh", "-c", "touch " + folder.resolve("drawn") + "; sleep 86400")
                .redirectErrorStream(true).redirectOutput(folder.resolve("xterm.log").toFile()).start();
        add(() -> {
            xterm.destroy();
            xterm.waitFor();
        });
        Awaitility.await("the desktop is drawn").until(() -> Files.exists(folder.resolve("drawn")));
    }

    private static String vm(int i) {
        return new UUID(0xc0ffee0000004000L, i).toString();
    }

    private Path home(Guacd guacd, Path jar, Optional<Path> peerJar) throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        install(home, jar, peerJar);
        Files.writeString(home.resolve("guacamole.properties"), """
                guacd-hostname: 127.0.0.1
                guacd-port: %d
                console-token-key: %s
                console-pin: off
                console-max-logins-per-minute: 100000
                console-max-sessions: 100000
                console-max-sessions-per-customer: 100000
                console-ca-file: %s
                json-secret-key: %s
                """.formatted(guacd.port(), Base64.getEncoder().encodeToString(key), engine.caFile(), peer.secretKey()));
        new ObjectMapper().writeValue(home.resolve("servers.json").toFile(), Map.of("servers", servers()));
        return home;
    }

    /** Puts this extension, and the peer's where there is one, into a new home, which logs what an operator's would. */
    static void install(Path home, Path jar, Optional<Path> peerJar) throws IOException {
        Path extensions = Files.createDirectory(home.resolve("extensions"));
        Files.copy(jar, extensions.resolve(jar.getFileName()));
        if (peerJar.isPresent()) {
            Files.copy(peerJar.get(), extensions.resolve(peerJar.get().getFileName()));
        }
        Files.writeString(home.resolve("logback.xml"), QUIET);
    }

    private Map<String, Object> servers() throws IOException {
        Map<String, Object> servers = new LinkedHashMap<>();
        servers.put(DESKTOP, Map.of("type", "vnc", "ip", "127.0.0.1", "ipport", desktop.port(), "password", VNC_PASSWORD));
        for (int i = 0; i < MACHINES; i++) {
            servers.put("vm-" + i, Map.of("type", "ovirt", "url", engine.url(), "username", FakeEngine.USERNAME,
                    "password", engine.password(), "plug", vm(i)));
        }
        int refused = FreePort.find();
        for (int i = 0; i < OFF; i++) {
            servers.put("off-" + i, Map.of("type", "vnc", "ip", "127.0.0.1", "ipport", refused));
        }
        return servers;
    }

    URI url() {
        return guacamole.url();
    }

    int desktopPort() {
        return desktop.port();
    }

    void vendorLatency(Duration latency) {
        engine.vendorLatency(latency);
    }

    /** The parameters of a login at one server, as a form or as a URL's fragment. */
    String login(String server) {
        return "username=" + server + "&password=" + PanelToken.of(server, Instant.now()).hs256(key);
    }

    /** The parameters of a login at a machine nobody has been at. */
    String loginAtNextMachine() {
        return login("vm-" + nextMachine++ % MACHINES);
    }

    /** The parameters of a login at a server nobody has been at. */
    String loginAtNextServer() {
        return login("off-" + nextServer++ % OFF);
    }

    /** The parameters of a login with the peer at the desktop. */
    String peerLogin() {
        return peer.login(Map.of("hostname", "127.0.0.1", "port", Integer.toString(desktop.port()), "password", VNC_PASSWORD));
    }

    /** websockify before the desktop, which also serves that folder. */
    URI novnc(Path served) throws IOException {
        int port = FreePort.find();
        Process websockify = new ProcessBuilder(List.of("websockify", "--web", served.toString(), "127.0.0.1:" + port,
                "127.0.0.1:" + desktop.port())).redirectErrorStream(true)
                .redirectOutput(folder.resolve("websockify.log").toFile()).start();
        add(() -> {
            websockify.descendants().forEach(ProcessHandle::destroy);
            websockify.destroy();
            websockify.waitFor();
        });
        Awaitility.await("websockify listens").until(() -> listens(port));
        return URI.create("http://127.0.0.1:" + port + "/vnc-bench.html#port=" + port + "&password=" + VNC_PASSWORD);
    }

    private static boolean listens(int port) {
        try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() throws Exception {
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }
}
