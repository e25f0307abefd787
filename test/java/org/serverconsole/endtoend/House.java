package org.serverconsole.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.parts.Guacd;
import org.serverconsole.parts.IpmiSim;
import org.serverconsole.parts.Qemu;

/**
 * A provider's house: Guacamole with the extension, guacd, an oVirt engine in front of a real virtual machine, and the key
 * that the panel signs with. Server {@code 14494} is the machine; further servers are added where a test needs them.
 */
final class House implements AutoCloseable {

    static final String VM_SERVER = "14494";
    static final String PIN = "004711";

    /** The key of Guacamole's extension auth-json, where it is there. */
    static final String JSON_KEY = "4c0b569e4c96df157eee1b65dd0e4d41";

    /** A whole JWT (RFC 7519). */
    private static final String TOKEN = "eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]{40,}";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<String> secrets = new ArrayList<>(List.of(PIN));
    private final String key = newKey();
    private final Path folder;
    private final GuacamoleHome home;
    private final Guacd guacd;
    private final Qemu qemu;
    private final FakeEngine engine;
    private final FakeVm vm;
    private final GuacamoleProcess guacamole;
    private int lookedThrough;

    private House(Host host, Path prefix, String level, Map<String, String> properties) throws Exception {
        host.war();
        folder = Files.createTempDirectory("house");
        opened.push(() -> delete(folder));
        try {
            guacd = opened(Guacd.start(prefix, folder.resolve("guacd.log")));
            qemu = opened(Qemu.start(Files.createDirectory(folder.resolve("qemu"))));
            engine = opened(FakeEngine.start(folder));
            vm = engine.addVm("c0ffee00-0000-4000-8000-000000014494", "web-14494",
                    new InetSocketAddress("127.0.0.1", qemu.vncPort()), qemu::setTicket);
            home = new GuacamoleHome(Files.createDirectory(folder.resolve("home")))
                    .property("guacd-hostname", "127.0.0.1").property("guacd-port", Integer.toString(guacd.port()))
                    .property("console-token-key", key).property("console-ca-file", engine.caFile().toString());
            secrets.add(key);
            home.property("json-secret-key", JSON_KEY);
            host.addOthers(home.folder().resolve("extensions"));
            properties.forEach(home::property);
            home.logAt(level);
            vm(VM_SERVER, "web-14494");
            guacamole = opened(home.start(host));
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    /** Starts one that logs all it can. */
    static House start(Host host, Map<String, String> properties) throws Exception {
        return new House(host, Guacd.installed(), "TRACE", properties);
    }

    /** Starts one that logs what an operator's would, for tests with more calls than lines worth keeping. */
    static House startQuiet(Host host, Map<String, String> properties) throws Exception {
        return new House(host, Guacd.installed(), "INFO", properties);
    }

    /** Starts one with another guacd, which logs what an operator's would. */
    static House start(Host host, Path guacd) throws Exception {
        return new House(host, guacd, "INFO", Map.of());
    }

    /** Adds a real machine of its own, which its taker closes. */
    Qemu machine(String id) throws IOException, InterruptedException {
        Qemu machine = Qemu.start(Files.createTempDirectory(folder, "qemu"));
        engine.addVm(UUID.randomUUID().toString(), "machine-" + id,
                new InetSocketAddress("127.0.0.1", machine.vncPort()), machine::setTicket);
        vm(id, "machine-" + id);
        return machine;
    }

    /** Adds a machine of the engine, by its name there. */
    void vm(String id, String plug, String... options) throws IOException {
        Map<String, Object> server = new HashMap<>(Map.of("type", "ovirt", "label", "web-" + id, "url", engine.url(),
                "username", FakeEngine.USERNAME, "password", engine.password(), "plug", plug));
        for (int i = 0; i < options.length; i += 2) {
            server.put(options[i], options[i + 1]);
        }
        home.server(id, PIN, server);
    }

    /** Adds a server with a plain VNC console. */
    void vnc(String id, int port, String password) throws IOException {
        secrets.add(password);
        home.server(id, PIN, Map.of("type", "vnc", "label", "box-" + id, "ip", "127.0.0.1", "ipport", port, "password", password));
    }

    /** Adds a server whose console is its serial line, through IPMI. */
    void ipmi(String id, IpmiSim bmc) throws IOException {
        secrets.add(IpmiSim.OPERATOR_PASSWORD);
        home.server(id, PIN, Map.of("type", "ipmi", "label", "box-" + id, "ip", "127.0.0.1", "ipport", bmc.port(),
                "username", IpmiSim.OPERATOR, "password", IpmiSim.OPERATOR_PASSWORD));
    }

    /** Adds a server of whatever kind. */
    void server(String id, Map<String, Object> entry) throws IOException {
        secrets.add(entry.get("password").toString());
        home.server(id, PIN, entry);
    }

    /** A link for a customer who has never come before. */
    Link link(String server) {
        return link(server, "customer-" + UUID.randomUUID());
    }

    Link link(String server, String customer) {
        return Link.signed(key, server, customer);
    }

    /** A link whose panel asks for a language. */
    Link linkIn(String locale, String server) {
        return Link.signed(key, server, "customer-" + UUID.randomUUID(), Optional.of(locale));
    }

    /** What the panel signs with, base64. */
    String key() {
        return key;
    }

    URI url() {
        return guacamole.url();
    }

    GuacamoleProcess guacamole() {
        return guacamole;
    }

    Guacd guacd() {
        return guacd;
    }

    Qemu qemu() {
        return qemu;
    }

    /** Whether a word stands on the machine's screen, also where it began on one line and ends on the next. */
    boolean shows(String word) throws IOException {
        return qemu.screenText().replace("\n", "").contains(word);
    }

    FakeEngine engine() {
        return engine;
    }

    /** The machine behind {@link #VM_SERVER}. */
    FakeVm vm() {
        return vm;
    }

    /** Notes that a text must be in no log. */
    void secret(String text) {
        secrets.add(text);
    }

    /**
     * The lines that Guacamole and guacd have logged since this was last asked, with something in them that must be in no log:
     * a secret, or any session token.
     */
    List<String> leaked() throws IOException {
        // The PIN as a word of its own: a random name may happen to hold its digits.
        Pattern any = Pattern.compile(Stream.concat(secrets.stream(), engine.secrets().stream()).distinct()
                .map(secret -> secret.equals(PIN) ? "\\b" + PIN + "\\b" : Pattern.quote(secret))
                .collect(Collectors.joining("|", TOKEN + "|", "")));
        String log = guacamole.log();
        String news = log.substring(lookedThrough) + guacd.log();
        lookedThrough = log.lastIndexOf('\n') + 1;
        return news.lines().filter(line -> any.matcher(line).find()).limit(10).toList();
    }

    /** Posts a login, as both pages do. */
    HttpResponse<String> login(String form) throws IOException, InterruptedException {
        return HTTP.send(loginRequest(form), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest loginRequest(String form) {
        return HttpRequest.newBuilder(url().resolve("api/tokens"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)).build();
    }

    /** The status of a path below {@code api} for the holder of a Guacamole token. */
    int status(String path, String authToken) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(url().resolve("api/" + path)).header("Guacamole-Token", authToken).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /** What a path below {@code api} answers to the holder of a Guacamole token. */
    JsonNode get(String path, String authToken) throws IOException, InterruptedException {
        return json(HTTP.send(HttpRequest.newBuilder(url().resolve("api/" + path)).header("Guacamole-Token", authToken).build(),
                HttpResponse.BodyHandlers.ofString()));
    }

    JsonNode post(String path, String authToken) throws IOException, InterruptedException {
        return json(HTTP.send(HttpRequest.newBuilder(url().resolve("api/" + path)).header("Guacamole-Token", authToken)
                .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString()));
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }

    static String newKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
