package org.serverconsole.panel;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.awaitility.Awaitility;
import org.serverconsole.access.Access;
import org.serverconsole.access.Admission;
import org.serverconsole.access.References;
import org.serverconsole.access.Tickets;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.fake.PanelToken;
import org.serverconsole.https.Authorities;
import org.serverconsole.https.PanelHttps;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.journal.Audit;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;
import org.serverconsole.location.Locations;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.SessionRules;

/** The panel's API with all that is below it, real but for the vendor and the clock. */
final class PanelRig implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");
    static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes();
    static final String PIN = "0042";
    static final URI CALLED = URI.create("https://inside.example/guacamole/");

    final FakeClock clock = new FakeClock(NOW);
    final Vendor vendor = new Vendor();
    final Map<String, Server> servers = new ConcurrentHashMap<>();
    final Journal journal;
    final ConsoleSessions sessions;
    final PanelApi api;
    final Locations locations;
    private final Audit audit;
    private final Metrics metrics = new Metrics();
    private final Access access;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

    PanelRig(Map<String, String> properties) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of("console-token-key", Base64.getEncoder().encodeToString(KEY)));
        // Tests try more often than customers do.
        all.put("console-max-logins-per-minute", "100000");
        all.putAll(properties);
        ConsoleConfig config = ConsoleConfig.read(all::get, Path.of("/nowhere"));
        journal = Journal.open(all.getOrDefault("console-journal", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
        SecureRandom random = new SecureRandom();
        Tickets tickets = new Tickets(journal, clock, random, config.panel().ticketLifetime());
        PanelHttps https = new PanelHttps(Authorities.context(config.caFile()), PanelHttps.DEADLINE);
        access = new Access(config, https, tickets, id -> Optional.ofNullable(servers.get(id)), journal, clock);
        sessions = new ConsoleSessions(clock, journal, Map.of("rigged", vendor), SessionRules.of(config),
                id -> Optional.ofNullable(servers.get(id)), timer, List.of());
        audit = new Audit(journal, clock);
        locations = new Locations(config.panel().location(), config.broker(), config.caFile(), random);
        api = PanelApi.of(access, id -> Optional.ofNullable(servers.get(id)), tickets, sessions, journal, locations, config, clock,
                new References(random), new Trail(audit, metrics));
        add("14494");
        add("20110");
    }

    private void add(String id) {
        add(id, Map.of());
    }

    /** Adds a server of another location. */
    void addAt(String location, String id) {
        add(id, Map.of("location", location));
    }

    private void add(String id, Map<String, String> options) {
        servers.put(id, new Server(id, "web-" + id, "rigged",
                Secret.of(BCrypt.withDefaults().hashToString(4, PIN.toCharArray())), Secret.NONE, options));
    }

    /** What is at {@code api/ext/console}; operators have no key. */
    PanelResource resource() {
        return new PanelResource(api, new OperatorApi(new OperatorKey(Optional.empty()), sessions, journal, audit, metrics,
                new Health(Map.of(), Set.of(), Duration.ofSeconds(3))));
    }

    /** What the audit has of that action, once all has been written down. */
    List<AuditEvent> audited(String action) {
        audit.write(AuditEvent.at(clock.instant(), "mark", AuditEvent.OK));
        Awaitility.await().until(() -> all().stream().anyMatch(event -> event.action().equals("mark")));
        return all().stream().filter(event -> event.action().equals(action)).toList();
    }

    private List<AuditEvent> all() {
        return journal.audited(new AuditEvent.Query(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 1000));
    }

    String token(String server) {
        return PanelToken.of(server, clock.instant()).hs256(KEY);
    }

    /** Calls with those names and values. */
    PanelAnswer call(String... parameters) {
        Map<String, String> form = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            form.put(parameters[i], parameters[i + 1]);
        }
        return api.answer(() -> PanelRequest.of(form::get), CALLED, "198.51.100.1");
    }

    /** Opens a login URL as a customer's browser does. */
    ConsoleSession open(PanelAnswer answer) throws Exception {
        return open((String) answer.body().get("scope"));
    }

    ConsoleSession open(String url) throws Exception {
        String ticket = url.substring(url.indexOf("&password=") + "&password=".length());
        String server = url.substring(url.indexOf("username=") + "username=".length(), url.indexOf("&password="));
        Admission admission = access.admit(server, ticket, Optional.empty(), "192.0.2.17");
        return sessions.start(admission.key(), admission.server(), admission.token().customer(), admission.tokenHash(),
                session -> access.redeem(admission, session)).orElseThrow();
    }

    static JsonNode json(PanelAnswer answer) {
        return new ObjectMapper().valueToTree(answer.body());
    }

    /** Lets it ask other locations, and answer them. */
    void openLocations() throws Exception {
        locations.open(api.desk());
    }

    String scrape() {
        return metrics.scrape();
    }

    @Override
    public void close() {
        try {
            locations.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sessions.close();
        audit.close();
        metrics.close();
        journal.close();
        timer.shutdownNow();
    }

    /** Opens anything, and switches power as it is told. */
    static final class Vendor implements ConsoleAdapter, PowerControl {

        final List<Action> performed = new CopyOnWriteArrayList<>();
        volatile Optional<AdapterException> refusal = Optional.empty();
        volatile boolean hasPower = true;

        @Override
        public String type() {
            return "rigged";
        }

        @Override
        public Optional<ServerRule.Problem> check(Server server) {
            return Optional.empty();
        }

        @Override
        public void start(AdapterEnvironment environment) {
            // Needs nothing.
        }

        @Override
        public ConsoleStream open(Server server, Opening opening) {
            return new ConsoleStream(ConsoleStream.Protocol.RFB, new EmbeddedChannel(), Map.of());
        }

        @Override
        public Optional<PowerControl> power() {
            return hasPower ? Optional.of(this) : Optional.empty();
        }

        @Override
        public State status(Server server) throws AdapterException {
            return refused(State.ON);
        }

        @Override
        public void perform(Server server, Action action) throws AdapterException {
            performed.add(refused(action));
        }

        private <T> T refused(T otherwise) throws AdapterException {
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            return otherwise;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
