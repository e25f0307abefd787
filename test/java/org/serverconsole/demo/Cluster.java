package org.serverconsole.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.serverconsole.fake.TcpWay;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.parts.FreePort;
import org.serverconsole.parts.Guacd;
import org.serverconsole.parts.Postgres;
import org.serverconsole.parts.RabbitMq;

/**
 * Two locations: NL, with two nodes on one PostgreSQL behind one address, and US, with one node and a journal of its own; a RabbitMQ
 * between them. Each location has a server. Guacamole is the mini host.
 */
final class Cluster implements Show {

    private static final String NL_SERVER = "20111";
    private static final String US_SERVER = "30210";

    /** What a node that has died held is to be taken back within this. */
    private static final Duration TAKEN_BACK = Duration.ofSeconds(60);

    private final Path folder;
    private final DemoOptions options;
    private final Steps steps;
    private final PrintStream out;
    private final Parts parts = new Parts();
    private final Panel panel = new Panel();
    private final String brokerKey = new Panel().key();
    private final String pin = panel.newPin();
    private DemoServer nlServer;
    private DemoServer usServer;
    private Postgres postgres;
    private RabbitMq broker;
    private int guacdPort;
    private GuacamoleProcess nl1;
    private GuacamoleProcess nl2;
    private GuacamoleProcess us;
    private String nlUrl;

    Cluster(Path folder, DemoOptions options, Steps steps, PrintStream out) {
        this.folder = folder;
        this.options = options;
        this.steps = steps;
        this.out = out;
    }

    @Override
    public void start(Path jar) throws Steps.Failure {
        nlServer = steps.run("starting server " + NL_SERVER + " of NL, a shell behind an iDRAC", () ->
                parts.add(ShellServer.idrac(Files.createDirectory(folder.resolve("nl-server")), options)));
        usServer = steps.run("starting server " + US_SERVER + " of US, a shell on a TigerVNC", () ->
                parts.add(ShellServer.vnc(US_SERVER, Files.createDirectory(folder.resolve("us-server")))));
        guacdPort = steps.run("starting guacd", () -> parts.add(Guacd.start(folder.resolve("guacd.log")))).port();
        postgres = steps.run("starting PostgreSQL, the journal of NL", () -> parts.add(Postgres.start(folder)));
        broker = steps.run("starting RabbitMQ", () -> parts.add(RabbitMq.start(folder)));
        steps.run("starting Guacamole: two nodes of NL and one of US", () -> startNodes(jar));
    }

    private void startNodes(Path jar) throws IOException {
        int[] ports = {FreePort.find(), FreePort.find(), FreePort.find()};
        nlUrl = "http://127.0.0.1:" + parts.add(new TcpWay(ports[0], ports[1])).port() + "/guacamole/";
        String usUrl = "http://127.0.0.1:" + ports[2] + "/guacamole/";
        nl1 = node(jar, "nl1", "NL", nlUrl, Optional.of(postgres.url()), ports[0]);
        nl2 = node(jar, "nl2", "NL", nlUrl, Optional.of(postgres.url()), ports[1]);
        us = node(jar, "us", "US", usUrl, Optional.empty(), ports[2]);
    }

    private GuacamoleProcess node(Path jar, String name, String location, String url, Optional<String> journal, int port)
            throws IOException {
        Map<String, String> properties = new LinkedHashMap<>(Map.of(
                "guacd-hostname", "127.0.0.1", "guacd-port", Integer.toString(guacdPort), "console-token-key", panel.key(),
                "console-location", location, "console-public-url", url, "console-broker", broker.url(),
                "console-broker-password", RabbitMq.PASSWORD, "console-broker-key", brokerKey));
        journal.ifPresent(jdbc -> properties.put("console-journal", jdbc));
        properties.put("console-ca-file", DemoHome.authorities(
                folder, List.of(nlServer.authority().orElseThrow(), broker.certificate().pem())).orElseThrow().toString());
        Map<String, Object> servers = new LinkedHashMap<>();
        for (DemoServer server : List.of(nlServer, usServer)) {
            String at = server == nlServer ? "NL" : "US";
            Map<String, Object> entry = new LinkedHashMap<>(at.equals(location) ? server.entry() : Map.of());
            entry.put("location", at);
            servers.put(server.id(), panel.entry(server.id(), pin, entry));
        }
        Path home = DemoHome.write(folder.resolve(name), jar, properties, servers);
        return parts.add(GuacamoleProcess.start(home, Optional.empty(), port));
    }

    @Override
    public void check() throws Steps.Failure {
        try (ConsoleCheck browser = steps.run("starting Chromium", () -> ConsoleCheck.start(folder, steps))) {
            JsonNode answer = steps.run("asking NL for server " + US_SERVER + " of US, with curl", () -> loginUrl(nl1, US_SERVER));
            String scope = answer.path("scope").asText();
            steps.run("looking whose login URL that is", () -> requireStart(scope, us.url().toString()));
            out.println("shown: curl to NL for server " + US_SERVER + " gives a login URL of " + answer.at("/context/location").asText()
                    + ": " + scope.replaceAll("ticket-.*", "ticket-..."));
            Duration shown = browser.check(usServer, scope, Demo.picture(usServer));
            out.println("shown: that URL opens, the first frame after " + shown.toMillis() + " ms");
            killTheNodeOfAConsole(browser);
        }
    }

    private void killTheNodeOfAConsole(ConsoleCheck browser) throws Steps.Failure {
        JsonNode answer = steps.run("asking NL for server " + NL_SERVER + ", with curl", () -> loginUrl(nl2, NL_SERVER));
        try (ConsoleCheck.OpenConsole console = browser.open(NL_SERVER, answer.path("scope").asText())) {
            steps.run("looking for the console's lease", () -> awaitLeases(1));
            steps.run("kill -9 of the node of NL that serves it", nl1::kill9);
            long killed = System.nanoTime();
            String said = steps.run("waiting for its page to say so", console::awaitEnd);
            out.println("shown: the node is dead, and after " + since(killed) + " s the page says \"" + said + "\"");
            String reason = steps.run("waiting for the other node to know why it ended", () -> awaitEndReason(answer));
            steps.run("waiting for the other node to take back what the iDRAC granted", () -> awaitLeases(0));
            out.println("shown: after " + since(killed) + " s the other node has taken back the lease and says " + reason);
        }
        steps.run("asking the rest of NL for server " + US_SERVER, () -> loginUrl(nl2, US_SERVER));
        out.println("shown: what is left of NL still gives login URLs of US");
    }

    private static long since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toSeconds();
    }

    private static void requireStart(String text, String start) throws IOException {
        if (!text.startsWith(start)) {
            throw new IOException(text + " does not start with " + start);
        }
    }

    private JsonNode loginUrl(GuacamoleProcess node, String server) throws IOException, InterruptedException {
        return called(curl(node, "action=novnc", "id=" + server, "token=" + panel.token(server), "pin=" + pin));
    }

    private String awaitEndReason(JsonNode opened) {
        List<String> command = curl(nl2, "action=check_novnc", "key=" + opened.path("Key").asText(), "token=" + panel.token(NL_SERVER));
        return Awaitility.await().atMost(TAKEN_BACK).until(
                () -> called(command).at("/context/end_reason").asText(), reason -> !reason.isEmpty());
    }

    private void awaitLeases(int count) {
        Awaitility.await().atMost(TAKEN_BACK).until(() -> openLeases() == count);
    }

    private int openLeases() throws SQLException {
        try (Connection connection = postgres.connect(); Statement statement = connection.createStatement();
                ResultSet leases = statement.executeQuery("SELECT count(DISTINCT session_id) FROM lease WHERE released IS NULL")) {
            leases.next();
            return leases.getInt(1);
        }
    }

    private static List<String> curl(GuacamoleProcess node, String... data) {
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--max-time", "20"));
        for (String pair : data) {
            command.addAll(List.of("--data", pair));
        }
        command.add(node.url() + "api/ext/console");
        return command;
    }

    private static JsonNode called(List<String> curl) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(curl).redirectErrorStream(true).start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        JsonNode json = process.waitFor() == 0 ? new ObjectMapper().readTree(answer) : null;
        if (json == null || !json.path("result").asText().equals("OK")) {
            throw new IOException("curl was answered " + answer);
        }
        return json;
    }

    @Override
    public void printLinks() {
        out.printf("%nLocation NL: %s and %s, for customers %s; it has server %s%n", nl1.url(), nl2.url(), nlUrl, NL_SERVER);
        out.printf("Location US: %s; it has server %s%n", us.url(), US_SERVER);
        out.printf("Any node takes calls for any server, and answers with a login URL of the server's location:%n%n");
        for (GuacamoleProcess node : List.of(nl1, us)) {
            for (String server : List.of(NL_SERVER, US_SERVER)) {
                out.printf("  %s%n%n", String.join(" ", curl(node, "action=novnc", "id=" + server, "token=" + panel.token(server),
                        "pin=" + pin)));
            }
        }
        out.printf("Processes to kill -9: node 1 of NL %d, node 2 %d, the node of US %d%n%n", nl1.pid(), nl2.pid(), us.pid());
    }

    @Override
    public List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.walk(folder, 2)) {
            return files.filter(file -> file.toString().endsWith(".log")).toList();
        }
    }

    @Override
    public void close() {
        parts.close();
    }
}
