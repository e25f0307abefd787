package org.serverconsole.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.inventory.Inventory;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;

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

    private final TokenVerifier tokens;
    private final PinGate pins;
    private final Journal journal;

    /**
     * @throws ConfigException naming the property, where the panel's keys cannot be used
     */
    public Access(ConsoleConfig config, Inventory inventory, Journal journal, Clock clock) throws ConfigException {
        this(new TokenVerifier(config, clock), new PinGate(
                config, inventory, journal, clock, PinCheck.bcrypt(), new Turns(PATIENCE)), journal);
    }

    Access(TokenVerifier tokens, PinGate pins, Journal journal) {
        this.tokens = tokens;
        this.pins = pins;
        this.journal = journal;
    }

    /**
     * Whether a password is meant as a session token, good or bad. What is not is left to Guacamole's other extensions.
     */
    public static boolean looksLikeToken(String password) {
        return TOKEN.matcher(password).lookingAt();
    }

    /**
     * Admits a customer to a server's console. Waits while other PINs are evaluated, up to ten seconds, and up to five where
     * the panel must be asked for a key.
     *
     * @param pin as typed; empty text is none
     * @param remoteAddress the client's address as the servlet container tells it
     * @throws AccessException with the same words for everything that can be wrong with a token; past it, a PIN that is
     *     wrong, that is locked, or that is for a server which the token names but the inventory does not know, takes equally
     *     long
     */
    public Admission admit(String serverId, String token, Optional<String> pin, String remoteAddress) throws AccessException {
        SessionToken verified = tokens.verify(token);
        requireGoodFor(verified, serverId, remoteAddress);
        Server server = pins.pass(serverId, verified.customer(), pin);
        return new Admission(server, verified, hash(verified));
    }

    private static void requireGoodFor(SessionToken token, String serverId, String remoteAddress) throws AccessException {
        if (!token.servers().contains(serverId)) {
            throw AccessException.token("it is for another server");
        }
        if (!token.isGoodAt(remoteAddress)) {
            throw AccessException.token("it is for another client address");
        }
        if (token.mode() != SessionToken.Mode.CONTROL) {
            // A login opens a console with keyboard and mouse, which this token does not allow.
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
