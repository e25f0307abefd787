package org.serverconsole.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * An oVirt engine as far as consoles go: HTTPS on loopback, the documented XML API with its traps. Machines are added with
 * {@link #addVm}; whatever a ticket sets goes to the machine's {@link ConsoleTickets}.
 */
public final class FakeEngine implements AutoCloseable {

    /** One request, when it arrived; the query belongs to the path. */
    public record Request(Instant at, String method, String path, boolean filter) {

        public boolean is(String method, String pathEnd) {
            return this.method.equals(method) && path.endsWith(pathEnd);
        }
    }

    /** What a path is answered with. */
    private record Answer(int status, String type, String body) {

        static Answer xml(String body) {
            return new Answer(200, "application/xml;charset=UTF-8", body);
        }

        static Answer json(int status, String body) {
            return new Answer(status, "application/json;charset=UTF-8", body);
        }

        static Answer html(int status, String body) {
            return new Answer(status, "text/html;charset=UTF-8", "<html><body>" + body + "</body></html>");
        }

        static Answer fault(int status, String detail) {
            return new Answer(status, "application/xml;charset=UTF-8",
                    "<fault><reason>Operation Failed</reason><detail>" + escape(detail) + "</detail></fault>");
        }

        static Answer empty(int status) {
            return new Answer(status, "", "");
        }
    }

    public static final String USERNAME = "console@internal";
    public static final String CLUSTER = "5c1a57e2-0000-4000-8000-000000000001";
    private static final String CLUSTER_NAME = "Default";
    private static final String VNC = "766e63";
    private static final String SPICE = "7370696365";
    private static final int LONGEST_TICKET = 8;
    private static final Pattern VM_PATH = Pattern.compile("vms/([^/]+)(/.*)?");

    private final String password = UUID.randomUUID().toString();
    private final HttpsServer server;
    private final Certificate certificate;
    private final ScheduledThreadPoolExecutor answers = new ScheduledThreadPoolExecutor(4);
    private final Map<String, FakeVm> vms = new ConcurrentSkipListMap<>();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final List<String> secrets = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Duration latency = Duration.ZERO;
    private volatile Predicate<String> silent = path -> false;
    private volatile boolean unavailable;
    private volatile boolean administrator;
    private volatile boolean vncEncryption;
    private volatile boolean clustersHidden;
    private volatile Optional<String> hostAuthority = Optional.empty();

    private FakeEngine(HttpsServer server, Certificate certificate) {
        this.server = server;
        this.certificate = certificate;
        addSecret(password);
    }

    /** Starts one on a free port, with a certificate for 127.0.0.1 and localhost of its own. */
    public static FakeEngine start(Path workDir) throws IOException {
        return start(workDir, 0);
    }

    public static FakeEngine start(Path workDir, int port) throws IOException {
        // Header and body go out in two writes; without this the second waits 40 ms for the client's delayed ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Certificate certificate = Certificate.make(workDir);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        FakeEngine engine = new FakeEngine(server, certificate);
        // Each answer is begun late; no thread waits meanwhile.
        server.setExecutor(exchange -> engine.answers.schedule(
                exchange, engine.latency.toMillis(), TimeUnit.MILLISECONDS));
        server.createContext("/", engine::handle);
        server.start();
        return engine;
    }

    public String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort() + "/ovirt-engine/api";
    }

    /** PEM of the authority behind its certificate, for {@code console-ca-file}. */
    public Path caFile() {
        return certificate.pem();
    }

    /** SHA-256 of the certificate it shows. */
    public String fingerprint() {
        return certificate.fingerprint();
    }

    public String password() {
        return password;
    }

    public FakeVm addVm(String id, String name, InetSocketAddress console, ConsoleTickets tickets) {
        FakeVm vm = new FakeVm(id, name, console, tickets);
        vms.put(id, vm);
        return vm;
    }

    /** How much later every answer comes. */
    public void vendorLatency(Duration latency) {
        this.latency = latency;
    }

    /** Paths that are accepted and never answered. */
    public void silent(Predicate<String> path) {
        silent = path;
    }

    /** Whether the web server in front answers that the engine is being started. */
    public void unavailable(boolean unavailable) {
        this.unavailable = unavailable;
    }

    /** Whether the account is an administrator's: needs no Filter header. */
    public void administrator(boolean administrator) {
        this.administrator = administrator;
    }

    public void vncEncryption(boolean encrypted) {
        vncEncryption = encrypted;
    }

    /** PEM of the engine's own authority, which signs its hosts' certificates. None is to be read before this was called. */
    public void hostAuthority(Path pem) throws IOException {
        hostAuthority = Optional.of(Files.readString(pem));
    }

    public void hideHostAuthority() {
        hostAuthority = Optional.empty();
    }

    public void hideClusters(boolean hidden) {
        clustersHidden = hidden;
    }

    /** As after a restart of the engine, or 30 idle minutes. */
    public void forgetTokens() {
        tokens.clear();
    }

    /** How many logins have not been ended. */
    public int logins() {
        return tokens.size();
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public void forgetRequests() {
        requests.clear();
    }

    private void addSecret(String secret) {
        secrets.add(secret);
        VendorSecrets.keep(secret);
    }

    /** Everything that must be in no log: password, tokens, tickets, contents of .vv files. */
    public List<String> secrets() {
        return List.copyOf(secrets);
    }

    @Override
    public void close() {
        server.stop(0);
        answers.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        boolean filter = "true".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Filter"));
        requests.add(new Request(Instant.now(), exchange.getRequestMethod(), exchange.getRequestURI().toString(), filter));
        if (silent.test(path)) {
            return;
        }
        send(exchange, unavailable ? Answer.html(503, "Service Unavailable") : answer(exchange, path, filter, body));
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            if (!answer.type().isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", answer.type());
            }
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Answer answer(HttpExchange exchange, String path, boolean filter, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        return switch (path) {
            case "/ovirt-engine/sso/oauth/token" -> login(form(text));
            case "/ovirt-engine/services/sso-logout" -> logout(form(text));
            case "/ovirt-engine/services/pki-resource" -> authority(exchange);
            default -> path.startsWith("/ovirt-engine/api/")
                    ? api(exchange, path.substring("/ovirt-engine/api/".length()), filter, text)
                    : Answer.html(404, "Not Found");
        };
    }

    private Answer login(Map<String, String> form) {
        if (!"password".equals(form.get("grant_type")) || !"ovirt-app-api".equals(form.get("scope"))) {
            return Answer.json(400, "{\"error_code\":\"invalid_request\",\"error\":\"Invalid request\"}");
        }
        if (!USERNAME.equals(form.get("username")) || !password.equals(form.get("password"))) {
            return Answer.json(400, "{\"error_code\":\"access_denied\",\"error\":\"Cannot authenticate user '"
                    + form.get("username") + "': The user name or password is incorrect.\"}");
        }
        String token = token();
        tokens.add(token);
        return Answer.json(200, "{\"access_token\":\"" + token + "\",\"scope\":\"ovirt-app-api\",\"exp\":\""
                + Instant.now().plus(Duration.ofMinutes(30)).toEpochMilli() + "\",\"token_type\":\"bearer\"}");
    }

    /** Told to anybody, and by its own name for PEM only. */
    private Answer authority(HttpExchange exchange) {
        if (hostAuthority.isEmpty() || !query(exchange, "resource").equals("ca-certificate")
                || !query(exchange, "format").equals("X509-PEM-CA")) {
            return Answer.html(404, "Not Found");
        }
        return new Answer(200, "application/x-x509-ca-cert", hostAuthority.get());
    }

    private Answer logout(Map<String, String> form) {
        tokens.remove(form.getOrDefault("token", ""));
        return Answer.json(200, "{}");
    }

    private String token() {
        String token = UUID.randomUUID().toString().replace("-", "") + "_token";
        addSecret(token);
        return token;
    }

    private Answer api(HttpExchange exchange, String path, boolean filter, String body) {
        String bearer = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
        if (!bearer.startsWith("Bearer ") || !tokens.contains(bearer.substring("Bearer ".length()))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"RESTAPI\"");
            return Answer.html(401, "Unauthorized");
        }
        if (!filter && !administrator) {
            return Answer.fault(400, "query execution failed due to insufficient permissions.");
        }
        if (path.equals("vms")) {
            return list(filter ? "" : query(exchange, "search"));
        }
        if (path.equals("clusters/" + CLUSTER)) {
            return clustersHidden ? Answer.empty(404) : Answer.xml("<cluster id=\"" + CLUSTER + "\"><name>" + CLUSTER_NAME
                    + "</name><vnc_encryption>" + vncEncryption + "</vnc_encryption></cluster>");
        }
        if (path.startsWith("hosts/")) {
            return host(path.substring("hosts/".length()));
        }
        Matcher vm = VM_PATH.matcher(path);
        if (!vm.matches() || !vms.containsKey(vm.group(1))) {
            return Answer.empty(404);
        }
        return vm(vms.get(vm.group(1)), Optional.ofNullable(vm.group(2)).orElse(""), query(exchange, "current"), body);
    }

    /** A machine's host has the machine's ID here. */
    private Answer host(String id) {
        return Optional.ofNullable(vms.get(id)).flatMap(FakeVm::host)
                .map(address -> Answer.xml("<host id=\"" + id + "\"><address>" + address + "</address></host>"))
                .orElse(Answer.empty(404));
    }

    /** The search ignores case, and a filtered list ignores the search. */
    private Answer list(String search) {
        return Answer.xml(vms.values().stream()
                .filter(vm -> search.isEmpty() || search.equalsIgnoreCase("name=" + vm.name()))
                .map(FakeEngine::xml).collect(Collectors.joining("", "<vms>", "</vms>")));
    }

    private Answer vm(FakeVm vm, String path, String current, String body) {
        return switch (path) {
            case "" -> Answer.xml(xml(vm));
            case "/start", "/stop", "/shutdown", "/reboot" -> power(vm, path.substring(1));
            case "/graphicsconsoles" -> consoles(vm, current.equals("true"));
            case "/graphicsconsoles/" + VNC + "/ticket" -> ticket(vm, body);
            case "/graphicsconsoles/" + VNC + "/remoteviewerconnectionfile" -> file(vm);
            default -> Answer.empty(404);
        };
    }

    private static String xml(FakeVm vm) {
        return "<vm href=\"/ovirt-engine/api/vms/" + vm.id() + "\" id=\"" + vm.id() + "\"><name>" + escape(vm.name())
                + "</name><status>" + vm.status() + "</status><cluster href=\"/ovirt-engine/api/clusters/" + CLUSTER
                + "\" id=\"" + CLUSTER + "\"/>"
                + "<host href=\"/ovirt-engine/api/hosts/" + vm.id() + "\" id=\"" + vm.id() + "\"/></vm>";
    }

    /** What is configured has no address; what is current exists on a running machine only. */
    private static Answer consoles(FakeVm vm, boolean current) {
        if (current && !vm.hasConsole()) {
            return Answer.xml("<graphics_consoles/>");
        }
        String vnc = "<graphics_console id=\"" + VNC + "\"><protocol>vnc</protocol>" + (current ? "<address>" + vm.address()
                + "</address><port>" + vm.console().getPort() + "</port>" : "") + "</graphics_console>";
        String spice = "<graphics_console id=\"" + SPICE + "\"><protocol>spice</protocol>"
                + (current ? "<address>" + vm.address() + "</address><tls_port>5999</tls_port>" : "") + "</graphics_console>";
        return Answer.xml("<graphics_consoles>" + spice + (vm.vnc() ? vnc : "") + "</graphics_consoles>");
    }

    /** What is so already, or cannot be, is refused. */
    private static Answer power(FakeVm vm, String action) {
        boolean down = vm.status().equals("down");
        if (down != action.equals("start")) {
            return Answer.fault(409, "[Cannot " + action + " VM. VM is " + (down ? "not " : "") + "running.]");
        }
        vm.perform(action);
        return Answer.xml("<action><status>complete</status></action>");
    }

    private Answer ticket(FakeVm vm, String body) {
        Optional<Answer> refusal = refusal(vm);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        String value = element(body, "value").orElseGet(() -> UUID.randomUUID().toString().substring(0, LONGEST_TICKET));
        if (value.length() > LONGEST_TICKET) {
            return Answer.fault(400, "[General Exception: VNC password is too long]");
        }
        addSecret(value);
        // Two hours, not the 120 seconds of the .vv file.
        Duration expiry = Duration.ofSeconds(Long.parseLong(element(body, "expiry").orElse("7200")));
        vm.set(value, expiry);
        return Answer.xml("<action><status>complete</status><ticket><value>" + escape(value) + "</value><expiry>"
                + expiry.toSeconds() + "</expiry></ticket></action>");
    }

    private static Optional<Answer> refusal(FakeVm vm) {
        if (!vm.vnc()) {
            return Optional.of(Answer.fault(409, "[Cannot set VM Ticket. Graphics device not found]"));
        }
        if (!vm.hasConsole()) {
            return Optional.of(Answer.fault(409, "[Cannot set VM Ticket. VM is not running.]"));
        }
        if (vm.held()) {
            return Optional.of(Answer.fault(409, "[USER_CANNOT_FORCE_RECONNECT_TO_VM]"));
        }
        return Optional.empty();
    }

    /** Sets a ticket of its own, and holds a token of its own. */
    private Answer file(FakeVm vm) {
        if (!vm.hasConsole() || !vm.vnc()) {
            return Answer.empty(204);
        }
        String value = UUID.randomUUID().toString().substring(0, LONGEST_TICKET);
        addSecret(value);
        vm.set(value, Duration.ofSeconds(120));
        return Answer.xml("<action><status>complete</status><remote_viewer_connection_file>[virt-viewer]\ntype=vnc\nhost="
                + vm.console().getHostString() + "\nport=" + vm.console().getPort() + "\npassword=" + value
                + "\ndelete-this-file=1\n\n[ovirt]\nhost=engine.example:443\nsso-token=" + token()
                + "\n</remote_viewer_connection_file></action>");
    }

    private static Map<String, String> form(String text) {
        return Arrays.stream(text.split("&")).map(pair -> pair.split("=", 2)).filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> decode(pair[0]), pair -> decode(pair[1]), (first, second) -> first));
    }

    private static String query(HttpExchange exchange, String name) {
        return form(Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("")).getOrDefault(name, "");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static Optional<String> element(String xml, String name) {
        try {
            Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
            NodeList found = document.getElementsByTagName(name);
            return found.getLength() == 0 ? Optional.empty() : Optional.of(found.item(0).getTextContent());
        } catch (Exception e) {
            throw new IllegalArgumentException("not the XML of an action: " + xml, e);
        }
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
