package org.serverconsole.access;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.fake.PanelToken;
import org.serverconsole.https.Authorities;
import org.serverconsole.https.PanelHttps;
import org.serverconsole.inventory.Inventory;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;

/** An {@link Access} with real bcrypt and a real journal in memory, and the panel on its other side. */
final class Fixture implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");
    static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes();
    static final String CLIENT = "192.0.2.17";
    static final String PIN = "0042";

    private static final PanelHttps NO_PANEL = noPanel();

    final FakeClock clock = new FakeClock(NOW);
    final Map<String, Server> servers = new ConcurrentHashMap<>();
    final Journal journal;
    final Turns turns;
    final Tickets tickets;
    final Access access;
    private final PanelHttps panel;

    Fixture(Map<String, String> properties, PinCheck check, Duration patience) throws ConfigException {
        this(properties, check, patience, NO_PANEL);
    }

    /**
     * @param panel by which the panel is asked, where the properties say so
     */
    Fixture(Map<String, String> properties, PinCheck check, Duration patience, PanelHttps panel) throws ConfigException {
        this.panel = panel;
        ConsoleConfig config = config(properties);
        Inventory inventory = id -> Optional.ofNullable(servers.get(id));
        journal = Journal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        turns = new Turns(patience);
        tickets = new Tickets(journal, clock, new SecureRandom(), config.panel().ticketLifetime());
        access = new Access(new TokenVerifier(config, https(), clock), introspection(config), tickets,
                new PinGate(config, inventory, journal, clock, check, turns),
                new LoginLimits(config.panel().limits().loginsPerMinute(), clock), inventory, journal, new SessionKeys(clock));
        add("14494", hash(PIN));
        add("20110", hash("271828"));
    }

    Fixture(Map<String, String> properties) throws ConfigException {
        this(properties, PinCheck.bcrypt(), Duration.ofMinutes(1));
    }

    private Optional<Introspection> introspection(ConsoleConfig config) {
        return config.panel().introspectionUrl().map(url -> new Introspection(url, panel, config.panel().panelKey(), clock));
    }

    static ConsoleConfig config(Map<String, String> properties) throws ConfigException {
        Map<String, String> all = new HashMap<>(properties);
        // Tests try more often than customers do.
        all.putIfAbsent("console-max-logins-per-minute", "100000");
        if (!all.containsKey("console-token-jwks") && !all.containsKey("console-token-introspection-url")) {
            all.putIfAbsent("console-token-key", base64(KEY));
        }
        return ConsoleConfig.read(all::get, Path.of("/nowhere"));
    }

    /** For a panel that is not asked. */
    static PanelHttps https() {
        return NO_PANEL;
    }

    private static PanelHttps noPanel() {
        try {
            return new PanelHttps(Authorities.context(Optional.empty()), PanelHttps.DEADLINE);
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    static String base64(byte[] key) {
        return Base64.getEncoder().encodeToString(key);
    }

    /** Of the lowest cost there is. */
    static String hash(String pin) {
        return BCrypt.withDefaults().hashToString(4, pin.toCharArray());
    }

    void add(String id, String pinHash) {
        servers.put(id, new Server(id, id, "vnc", Secret.of(pinHash), Secret.NONE, Map.of()));
    }

    PanelToken token(String server) {
        return PanelToken.of(server, clock.instant());
    }

    Admission admit(String server, String token, String pin) throws AccessException {
        return access.admit(server, token, Optional.of(pin), CLIENT);
    }

    /** With a new good token for that server. */
    Admission type(String server, String pin) throws AccessException {
        return admit(server, token(server).hs256(KEY), pin);
    }

    Tickets.Ticket mint(Admission admission, Optional<String> address) {
        return tickets.mint(admission.server().id(), admission.token().customer(), admission.token().locale(), address);
    }

    static AccessException.Refusal refusal(ThrowingCallable call) {
        AccessException refused = catchThrowableOfType(AccessException.class, call);
        if (refused == null) {
            throw new AssertionError("was not refused");
        }
        return refused.refusal();
    }

    @Override
    public void close() {
        journal.close();
    }
}
