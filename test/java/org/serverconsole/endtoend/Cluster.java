package org.serverconsole.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeBox;
import org.serverconsole.fake.PanelToken;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.parts.Guacd;
import org.serverconsole.parts.Postgres;

/** Several nodes at one journal in a real PostgreSQL, with a real guacd, before servers that stall where a test wants it. */
final class Cluster implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String CUSTOMER = "customer-";
    private static final int PATIENT = 60;

    /** What the panel's API has promised: whose console, and what to log in with. */
    record Ticket(String server, String key, String parameters) { }

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Path folder;
    private final String key = House.newKey();
    private final String operatorKey = House.newKey();
    private final Postgres postgres;
    private final Guacd guacd;
    private final Map<String, FakeBox> boxes = new TreeMap<>();
    private final Map<String, Map<String, Object>> inventory = new TreeMap<>();

    /**
     * @param folder empty
     * @param servers their IDs
     */
    Cluster(Path folder, String... servers) throws Exception {
        this.folder = folder;
        try {
            postgres = opened(Postgres.start(folder));
            guacd = opened(Guacd.start(folder.resolve("guacd.log")));
            Certificate certificate = Certificate.make(folder);
            for (String server : servers) {
                FakeBox box = opened(FakeBox.start(certificate));
                boxes.put(server, box);
                inventory.put(server, box.entry(PATIENT));
            }
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    /** Has the BMC of a server, in nodes yet to be started, no longer than that many seconds. */
    void impatientAt(String server, int seconds) {
        inventory.put(server, boxes.get(server).entry(seconds));
    }

    /**
     * Starts nodes, all at once.
     *
     * @param journals of each the URL
     */
    List<GuacamoleProcess> nodes(String... journals) throws Exception {
        List<CompletableFuture<GuacamoleProcess>> starting = new ArrayList<>();
        for (String journal : journals) {
            GuacamoleHome home = new GuacamoleHome(Files.createTempDirectory(folder, "node"))
                    .property("guacd-hostname", "127.0.0.1").property("guacd-port", Integer.toString(guacd.port()))
                    .property("console-token-key", key).property("console-journal", journal)
                    .property("console-operator-key", HexFormat.of().formatHex(
                            MessageDigest.getInstance("SHA-256").digest(operatorKey.getBytes(StandardCharsets.US_ASCII))));
            home.logAt("INFO");
            for (Map.Entry<String, Map<String, Object>> server : inventory.entrySet()) {
                home.server(server.getKey(), House.PIN, server.getValue());
            }
            starting.add(CompletableFuture.supplyAsync(() -> start(home)));
        }
        List<GuacamoleProcess> nodes = new ArrayList<>();
        for (CompletableFuture<GuacamoleProcess> node : starting) {
            nodes.add(opened(node.get()));
        }
        return nodes;
    }

    private static GuacamoleProcess start(GuacamoleHome home) {
        try {
            return home.start(Host.MINI);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    Postgres postgres() {
        return postgres;
    }

    Guacd guacd() {
        return guacd;
    }

    FakeBox box(String server) {
        return boxes.get(server);
    }

    Map<String, FakeBox> boxes() {
        return boxes;
    }

    /** A link to a server, of the customer whose server it is. */
    Link link(String server) {
        return Link.signed(key, server, CUSTOMER + server);
    }

    /** The parameters of somebody who wants to look on. */
    String watching(String server) {
        return "username=" + server + "&password=" + PanelToken.of(server, Instant.now()).with("sub", "support").with("mode", "view")
                .hs256(Base64.getDecoder().decode(key));
    }

    /** What a node answers the panel. */
    JsonNode panel(GuacamoleProcess node, String action, String server, String more) throws IOException, InterruptedException {
        return json(post(node.url().resolve("api/ext/console"), "action=" + action + "&id=" + server + "&pin=" + House.PIN
                + "&token=" + URLEncoder.encode(link(server).token(), StandardCharsets.UTF_8) + more));
    }

    Ticket ticket(GuacamoleProcess node, String server) throws IOException, InterruptedException {
        JsonNode answer = panel(node, "novnc", server, "");
        if (!answer.path("result").asText().equals("OK")) {
            throw new IllegalStateException("no ticket: " + answer);
        }
        String url = answer.path("scope").asText();
        return new Ticket(server, answer.path("Key").asText(), url.substring(url.indexOf('#') + 1).replaceFirst("^/\\?", ""));
    }

    HttpResponse<String> login(GuacamoleProcess node, String parameters) throws IOException, InterruptedException {
        return post(node.url().resolve("api/tokens"), parameters);
    }

    /** Somebody who has logged in with a ticket. */
    Customer customer(GuacamoleProcess node, Ticket ticket) throws IOException, InterruptedException {
        HttpResponse<String> login = login(node, ticket.parameters());
        if (login.statusCode() != 200) {
            throw new IllegalStateException("not let in: " + login.body());
        }
        return opened(new Customer(node.url(), ticket.server(), ticket.key(), json(login).path("authToken").asText()));
    }

    Customer customer(GuacamoleProcess node, String server) throws IOException, InterruptedException {
        return customer(node, ticket(node, server));
    }

    /** Why a login was refused, as the page's translations name it. */
    static String refusal(HttpResponse<String> login) throws IOException {
        return json(login).at("/translatableMessage/key").asText();
    }

    JsonNode operator(GuacamoleProcess node, String action) throws IOException, InterruptedException {
        return json(HTTP.send(HttpRequest.newBuilder(node.url().resolve("api/ext/console/operator/" + action))
                .header("Authorization", "Bearer " + operatorKey).header("Content-Type", FORM)
                .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString()));
    }

    /** What a customer's page asks for, below {@code api/session/ext/console}. */
    /** The status that a load balancer is told. */
    static int health(GuacamoleProcess node) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(node.url().resolve("api/ext/console/health")).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    static int ask(GuacamoleProcess node, Customer customer, String action) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(node.url().resolve("api/session/ext/console/" + action))
                .header("Guacamole-Token", customer.authToken()).POST(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static HttpResponse<String> post(URI url, String form) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(url).header("Content-Type", FORM)
                .POST(HttpRequest.BodyPublishers.ofString(form)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }

    /** The first column of all rows, as text. */
    List<String> select(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = postgres.connect(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
        }
        return values;
    }

    /** Each by itself, on one connection. */
    void run(String... statements) throws SQLException {
        try (Connection connection = postgres.connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Why the journal says that a session has ended. */
    Optional<String> endReason(String session) throws SQLException {
        return select("SELECT end_reason FROM console_session WHERE ended IS NOT NULL AND id = '" + session + "'").stream().findFirst();
    }

    static void signal(String signal, GuacamoleProcess node) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(node.pid())).start().waitFor();
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
