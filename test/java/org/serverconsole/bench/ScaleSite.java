package org.serverconsole.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.serverconsole.fake.PanelToken;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.parts.FreePort;

/** Guacamole with this extension before many servers whose consoles are one fake RFB server, and what it uses of the machine. */
final class ScaleSite implements AutoCloseable {

    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final Pattern THREADS = Pattern.compile("(?m)^Threads:\\s+(\\d+)");
    private static final int SERVERS = 20_000;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final byte[] key = new byte[32];
    private final AuthJson peer = new AuthJson();
    private final ScriptedRfbServer consoles;
    private final Path home;
    private final GuacamoleProcess guacamole;
    private int next;

    /** A login that was let in. {@code begun} and {@code answered} by {@link System#nanoTime}. */
    record Login(String source, String connection, String authToken, long begun, long answered) {

        double milliseconds() {
            return (answered - begun) / 1e6;
        }
    }

    /** What Guacamole uses, after a full garbage collection; memory and journal in bytes. */
    record Use(long heap, int threads, int files, long journal) {

        @Override
        public String toString() {
            return String.format("heap after GC %.1f MB, %d threads, %d file handles, journal %.1f MB",
                    heap / 1e6, threads, files, journal / 1e6);
        }
    }

    /** @param peerJar Guacamole's extension auth-json, to stand beside this one */
    ScaleSite(Path jar, Path folder, Optional<Path> war, Optional<Path> peerJar, Duration session) throws Exception {
        new SecureRandom().nextBytes(key);
        try {
            consoles = add(ScriptedRfbServer.playing(ScriptedRfbServer.console(BenchSite.VNC_PASSWORD)));
            StubGuacd guacd = add(new StubGuacd());
            home = Files.createDirectory(folder.resolve("home"));
            BenchSite.install(home, jar, peerJar);
            Files.writeString(home.resolve("guacamole.properties"), """
                    guacd-hostname: 127.0.0.1
                    guacd-port: %d
                    console-token-key: %s
                    console-pin: off
                    console-session-duration: %d
                    console-session-limit: %d
                    console-max-logins-per-minute: 100000
                    console-max-sessions: 100000
                    console-max-sessions-per-customer: 100000
                    json-secret-key: %s
                    """.formatted(guacd.port(), Base64.getEncoder().encodeToString(key), session.toSeconds(), session.toSeconds(),
                    peer.secretKey()));
            Map<String, Object> servers = new LinkedHashMap<>();
            for (int i = 0; i < SERVERS; i++) {
                servers.put("box-" + i, Map.of("type", "vnc", "ip", "127.0.0.1", "ipport", consoles.port(),
                        "password", BenchSite.VNC_PASSWORD));
            }
            new ObjectMapper().writeValue(home.resolve("servers.json").toFile(), Map.of("servers", servers));
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

    /** Logs in at the next server, whose customer has no console open. */
    Login login() throws IOException, InterruptedException {
        String server = "box-" + next++ % SERVERS;
        return login("console", server, "username=" + server + "&password="
                + PanelToken.of(server, Instant.now()).with("sub", "customer-of-" + server).hs256(key));
    }

    /** Logs in with the peer, at the same console. */
    Login peerLogin() throws IOException, InterruptedException {
        return login("json", "desktop", peer.login(Map.of("hostname", "127.0.0.1",
                "port", Integer.toString(consoles.port()), "password", BenchSite.VNC_PASSWORD)));
    }

    private Login login(String source, String connection, String form) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(guacamole.url().resolve("api/tokens"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)).build();
        long begun = System.nanoTime();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        long answered = System.nanoTime();
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("a login was refused: " + answer.statusCode() + " " + answer.body());
        }
        return new Login(source, connection, new ObjectMapper().readTree(answer.body()).path("authToken").asText(), begun, answered);
    }

    OpenTunnel open(Login login) {
        URI url = guacamole.url();
        return OpenTunnel.open(http, url, login.source(), login.connection(), login.authToken());
    }

    /** Logs out, as the page does that is closed. */
    void leave(Login login) throws IOException, InterruptedException {
        http.send(HttpRequest.newBuilder(guacamole.url().resolve("api/session")).header("Guacamole-Token", login.authToken())
                .DELETE().build(), HttpResponse.BodyHandlers.discarding());
    }

    Use use() throws IOException, InterruptedException {
        String pid = Long.toString(guacamole.pid());
        Process histogram = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/jcmd").toString(), pid,
                "GC.class_histogram").redirectErrorStream(true).start();
        String classes = new String(histogram.getInputStream().readAllBytes());
        histogram.waitFor();
        long heap = Long.parseLong(first(TOTAL, classes));
        int threads = Integer.parseInt(first(THREADS, Files.readString(Path.of("/proc", pid, "status"))));
        try (Stream<Path> files = Files.list(Path.of("/proc", pid, "fd"))) {
            return new Use(heap, threads, (int) files.count(), Files.size(home.resolve("console-journal.mv.db")));
        }
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in: " + text);
        }
        return matcher.group(1);
    }

    @Override
    public void close() throws Exception {
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }
}
