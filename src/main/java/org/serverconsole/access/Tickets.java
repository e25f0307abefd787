package org.serverconsole.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.serverconsole.config.Secret;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.TicketRecord;

/**
 * Login tickets: what a customer gets for a session token and a PIN that the panel's API has accepted. A ticket opens one
 * console session, whose key is known from the beginning. The journal knows its hash only. Safe for use by many threads.
 */
public final class Tickets {

    private static final String PREFIX = "ticket-";
    private static final int RANDOM_BYTES = 32;
    private static final Pattern TICKET = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{43}");

    private final Journal journal;
    private final Clock clock;
    private final SecureRandom random;
    private final Duration lifetime;
    private final SessionKeys keys;

    /**
     * @param lifetime how long a ticket can be redeemed
     */
    public Tickets(Journal journal, Clock clock, SecureRandom random, Duration lifetime) {
        this.journal = journal;
        this.clock = clock;
        this.random = random;
        this.lifetime = lifetime;
        this.keys = new SessionKeys(clock);
    }

    /**
     * A fresh ticket.
     *
     * @param text what the login URL carries
     * @param key the key of the console session it opens
     */
    public record Ticket(Secret text, String key) { }

    /**
     * Mints a ticket for a customer who has been admitted.
     *
     * @param locale his language, BCP 47
     * @param address the only client address it is good for, or empty for any
     */
    public Ticket mint(String serverId, String customer, Optional<String> locale, Optional<String> address) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String key = keys.next();
        journal.mintTicket(new TicketRecord(hash(text), key, serverId, customer, address, locale, clock.instant().plus(lifetime)));
        return new Ticket(Secret.of(text), key);
    }

    /** Whether a ticket can be bound to it: an IPv4 or IPv6 address. */
    public static boolean isAddress(String text) {
        return ClientAddress.isAddress(text);
    }

    static boolean looksLikeTicket(String password) {
        return TICKET.matcher(password).matches();
    }

    /**
     * What a ticket is good for.
     *
     * @throws AccessException with the words of a refused token, where it is not good here and now
     */
    TicketRecord check(String text, String serverId, String remoteAddress) throws AccessException {
        TicketRecord ticket = journal.ticket(hash(text))
                .orElseThrow(() -> AccessException.token("nobody has minted this ticket"));
        Instant now = clock.instant();
        if (!now.isBefore(ticket.expires())) {
            throw AccessException.token("the ticket has expired");
        }
        if (!ticket.serverId().equals(serverId)) {
            throw AccessException.token("the ticket is for another server");
        }
        if (ticket.address().isPresent() && !ClientAddress.same(ticket.address().get(), remoteAddress)) {
            throw AccessException.token("the ticket is for another client address");
        }
        return ticket;
    }

    static String hash(String text) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
