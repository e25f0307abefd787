package org.serverconsole.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.serverconsole.access.Introspection.Opinion;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.https.PanelHttps;
import org.serverconsole.inventory.Inventory;
import org.serverconsole.inventory.InventoryException;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.TicketRecord;

/**
 * Who may open which console: first the session token, then the PIN, then, with the console session itself, that the token
 * has not been used before. Safe for use by many threads.
 */
public final class Access {

    /** How long a PIN may wait to be evaluated. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * A first part that is base64url and begins as <code>{</code> does, and at least two dots: any JWT, also an encrypted one
     * or one without signature, but hardly anybody's password. The shortest header is <code>{"alg":"none"}</code>.
     */
    private static final Pattern TOKEN = Pattern.compile("e[w-z0-9_-][A-Za-z0-9_-]{13,}+\\.[^.]*+\\.");

    /** What tells an introspected token in a login URL from a password: nobody's password is to be sent to the panel. */
    private static final String OPAQUE = "token-";

    private final TokenVerifier tokens;
    private final Optional<Introspection> introspection;
    private final Tickets tickets;
    private final PinGate pins;
    private final LoginLimits limits;
    private final Inventory inventory;
    private final Journal journal;
    private final SessionKeys keys;

    /**
     * @throws ConfigException naming the property, where the panel's keys cannot be used
     */
    public Access(ConsoleConfig config, PanelHttps panel, Tickets tickets, Inventory inventory, Journal journal, Clock clock)
            throws ConfigException {
        this(new TokenVerifier(config, panel, clock),
                config.panel().introspectionUrl().map(url -> new Introspection(url, panel, config.panel().panelKey(), clock)),
                tickets, new PinGate(config, inventory, journal, clock, PinCheck.bcrypt(), new Turns(PATIENCE)),
                new LoginLimits(config.panel().limits().loginsPerMinute(), clock), inventory, journal, new SessionKeys(clock));
    }

    Access(TokenVerifier tokens, Optional<Introspection> introspection, Tickets tickets, PinGate pins, LoginLimits limits,
            Inventory inventory, Journal journal, SessionKeys keys) {
        this.tokens = tokens;
        this.introspection = introspection;
        this.tickets = tickets;
        this.pins = pins;
        this.limits = limits;
        this.inventory = inventory;
        this.journal = journal;
        this.keys = keys;
    }

    /**
     * Whether a password is meant as a session token or login ticket, good or bad. What is not is left to Guacamole's other
     * extensions. A token that only the panel can read looks like anything, so that in a login URL {@code token-} stands
     * before it, where the panel is asked at all.
     */
    public boolean recognises(String password) {
        return looksLikeToken(password) || introspection.isPresent() && password.startsWith(OPAQUE);
    }

    /** Whether a password is a signed token or a login ticket, good or bad. */
    static boolean looksLikeToken(String password) {
        return TOKEN.matcher(password).lookingAt() || Tickets.looksLikeTicket(password);
    }

    /**
     * Counts a login from a client's address, to be done before anything is asked about its token. Not for calls of the
     * panel, which come from one address for all customers.
     *
     * @throws AccessException with {@link AccessException.Refusal#TOO_MANY}
     */
    public void countLogin(String remoteAddress) throws AccessException {
        limits.count(remoteAddress);
    }

    /**
     * Admits a customer to a server's console, or, where the token's mode is to view, somebody to look on there. Waits while other PINs are evaluated, up to ten seconds, and up to five where
     * the panel must be asked for a key.
     *
     * @param token a session token, or a login ticket, for which the PIN has been asked already
     * @param pin as typed; empty text is none
     * @param remoteAddress the client's address as the servlet container tells it
     * @throws AccessException with {@link AccessException.Refusal#TOO_MANY} where customer or server has had too many logins
     *     within the last minute; with the same words for everything that can be wrong with a token; past it, a PIN that is
     *     wrong, that is locked, or that is for a server which the token names but the inventory does not know, takes equally
     *     long
     */
    public Admission admit(String serverId, String token, Optional<String> pin, String remoteAddress) throws AccessException {
        if (Tickets.looksLikeTicket(token)) {
            return admitTicket(serverId, token, remoteAddress);
        }
        String bare = bare(token);
        Opinion opinion = opinion(bare, Optional.of(serverId));
        requireGoodFor(opinion.token(), serverId, remoteAddress);
        if (opinion.token().mode() == SessionToken.Mode.VIEW) {
            return admitToWatch(opinion.token(), serverId);
        }
        // Whoever finds a link that has been used must not be able to guess PINs with it, and to lock the server.
        if (pin.isPresent() && journal.isRedeemed(hash(opinion.token()))) {
            throw AccessException.token("it has been used before").of(opinion.token().customer());
        }
        return admit(opinion, serverId, bare, pin);
    }

    /**
     * The same for the panel, which asks for its customer: the client's address is not the caller's, and the token is not
     * used up.
     */
    public Admission admitAtPanel(String serverId, String token, Optional<String> pin) throws AccessException {
        Opinion opinion = opinion(token, Optional.of(serverId));
        requireServer(opinion.token(), serverId);
        requireControl(opinion.token());
        return admit(opinion, serverId, token, pin);
    }

    /** Whose session token that is; a PIN is not asked for. */
    public SessionToken bearer(String token) throws AccessException {
        return opinion(token, Optional.empty()).token();
    }

    /**
     * What the journal remembers of a token or ticket that has been refused; empty where it was refused for not being the
     * panel's, which is not asked twice.
     */
    public Optional<String> refusedHash(String serverId, String token, AccessException refusal) {
        if (Tickets.looksLikeTicket(token)) {
            return Optional.of(Tickets.hash(token));
        }
        if (refusal.customer().isEmpty()) {
            return Optional.empty();
        }
        try {
            SessionToken verified = opinion(bare(token), Optional.of(serverId)).token();
            requireServer(verified, serverId);
            return Optional.of(hash(verified));
        } catch (AccessException e) {
            return Optional.empty(); // good a moment ago, and expired since
        }
    }

    /** A token as the panel knows it, out of a login URL. */
    private String bare(String password) {
        return introspection.isPresent() && password.startsWith(OPAQUE) ? password.substring(OPAQUE.length()) : password;
    }

    /** What a token is good for: by its signature, or else because the panel says so, where it can be asked. */
    private Opinion opinion(String token, Optional<String> serverId) throws AccessException {
        try {
            return new Opinion(tokens.verify(token), Optional.empty());
        } catch (AccessException e) {
            if (introspection.isEmpty()) {
                throw e;
            }
        }
        return introspection.get().ask(token, serverId, Optional.empty());
    }

    private Admission admit(Opinion opinion, String serverId, String token, Optional<String> pin) throws AccessException {
        SessionToken verified = opinion.token();
        limits.count(verified.customer(), serverId);
        try {
            Server server = opinion.pin().isEmpty()
                    ? pins.pass(serverId, verified.customer(), pin)
                    : pins.pass(serverId, verified.customer(), pin, opinion.pin().get(),
                            typed -> acceptsPin(verified, serverId, token, typed));
            return new Admission(server, verified, keys.next(), hash(verified));
        } catch (AccessException e) {
            throw e.of(verified.customer());
        } catch (InventoryException e) {
            throw AccessException.unavailable(e.getMessage());
        }
    }

    /** Whoever looks on need not know the PIN: it is the customer's, and support is not to ask him for it. */
    private Admission admitToWatch(SessionToken verified, String serverId) throws AccessException {
        limits.count(verified.customer(), serverId);
        return new Admission(stillKnown(serverId), verified, keys.next(), hash(verified));
    }

    private boolean acceptsPin(SessionToken verified, String serverId, String token, Optional<String> pin)
            throws AccessException {
        Introspection panel = introspection.orElseThrow();
        Opinion opinion = pin.isEmpty() ? panel.askAnew(token, Optional.of(serverId), pin)
                : panel.ask(token, Optional.of(serverId), pin);
        return pin.isPresent() && opinion.pin().equals(Optional.of(Introspection.Pin.ACCEPTED))
                && opinion.token().customer().equals(verified.customer());
    }

    private Admission admitTicket(String serverId, String text, String remoteAddress) throws AccessException {
        TicketRecord ticket = tickets.check(text, serverId, remoteAddress);
        Server server = stillKnown(serverId);
        SessionToken token = new SessionToken(ticket.customer(), Set.of(serverId), ticket.expires(), ticket.sessionId(),
                ticket.address(), ticket.locale(), SessionToken.Mode.CONTROL);
        return new Admission(server, token, ticket.sessionId(), ticket.tokenHash());
    }

    private Server stillKnown(String serverId) throws AccessException {
        try {
            return inventory.find(serverId).orElseThrow(() -> AccessException.token("its server is unknown by now"));
        } catch (InventoryException e) {
            throw AccessException.unavailable(e.getMessage());
        }
    }

    private static void requireGoodFor(SessionToken token, String serverId, String remoteAddress) throws AccessException {
        requireServer(token, serverId);
        if (!token.isGoodAt(remoteAddress)) {
            throw AccessException.token("it is for another client address");
        }
    }

    private static void requireServer(SessionToken token, String serverId) throws AccessException {
        if (!token.servers().contains(serverId)) {
            throw AccessException.token("it is for another server");
        }
    }

    /** @throws AccessException where it is good for looking on only */
    public static void requireControl(SessionToken token) throws AccessException {
        if (token.mode() != SessionToken.Mode.CONTROL) {
            // A console with keyboard and mouse, or its power, is not what this token allows.
            throw AccessException.token("it allows watching only");
        }
    }

    /**
     * Uses the token up for that console session and records both, or neither.
     *
     * @return false where it had been used before
     */
    public boolean redeem(Admission admission, Journal.SessionRecord session) {
        return journal.redeem(admission.tokenHash(), admission.token().expires(), session);
    }

    /** Neither name contains a control character, so the line feed parts them for certain. */
    private static String hash(SessionToken token) {
        try {
            byte[] names = (token.customer() + "\n" + token.id()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(names));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
