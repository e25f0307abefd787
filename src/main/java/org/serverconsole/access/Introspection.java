package org.serverconsole.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.config.Secret;
import org.serverconsole.https.PanelHttps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the panel what a session token is good for (RFC 7662), property {@code console-token-introspection-url}. Safe for use
 * by many threads.
 *
 * <p>The question is a form with {@code token}, where a server is meant {@code server}, and where a PIN is to be judged
 * {@code pin}. The answer is JSON: {@code active}; and where that is true {@code sub}, {@code exp}, {@code server} (one ID or
 * a list), and optionally {@code jti}, {@code ip}, {@code locale} and {@code mode}, all as in a signed token; and optionally
 * {@code pin}: {@code missing} where the server has a PIN and none was sent, {@code accepted} where it was right or none is
 * needed, {@code rejected} where it was wrong. A panel that says nothing of PINs leaves them to the inventory. A PIN is sent
 * only with a token that the panel has called active before, and only as often as may be guessed.
 *
 * <p>What the panel has granted is believed for ten seconds without asking again, what it has refused never.
 */
final class Introspection {

    static final Duration BELIEVED = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Introspection.class);

    /** Each keeps a thread waiting, of the some 200 that the web application has. */
    private static final int MOST_WAITING = 32;

    private static final int MOST_BELIEVED = 10_000;

    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1," + TokenVerifier.LONGEST_TOKEN + "}");

    /** What the panel says of a PIN. */
    enum Pin {
        MISSING, ACCEPTED, REJECTED
    }

    /**
     * What the panel says of a token.
     *
     * @param pin empty where it leaves PINs to the inventory
     */
    record Opinion(SessionToken token, Optional<Pin> pin) { }

    private record Believed(Opinion opinion, Instant until) { }

    private final URI url;
    private final PanelHttps https;
    private final Secret key;
    private final Clock clock;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final Cache<String, Believed> granted = Caffeine.newBuilder().maximumSize(MOST_BELIEVED).build();
    private final AtomicBoolean failing = new AtomicBoolean();

    /**
     * @param key shown to the panel as a bearer's, or {@link Secret#NONE}
     */
    Introspection(URI url, PanelHttps https, Secret key, Clock clock) {
        this.url = url;
        this.https = https;
        this.key = key;
        this.clock = clock;
    }

    /**
     * What the panel says, or said within the last ten seconds. Blocks up to five seconds.
     *
     * @throws AccessException with {@link Refusal#TOKEN} where the token is not active, {@link Refusal#UNAVAILABLE} where the
     *     panel does not answer, or not so that it can be used, and {@link Refusal#TOO_MANY}
     */
    Opinion ask(String token, Optional<String> serverId, Optional<String> pin) throws AccessException {
        String question = question(token, serverId, pin);
        Believed believed = granted.getIfPresent(question);
        if (believed != null && clock.instant().isBefore(believed.until())) {
            return believed.opinion();
        }
        Instant asked = clock.instant();
        Opinion opinion = askAnew(token, serverId, pin);
        if (opinion.pin().filter(Pin.REJECTED::equals).isEmpty()) {
            Instant until = asked.plus(BELIEVED);
            granted.put(question, new Believed(opinion,
                    until.isBefore(opinion.token().expires()) ? until : opinion.token().expires()));
        }
        return opinion;
    }

    /** The same, whatever it said before. */
    Opinion askAnew(String token, Optional<String> serverId, Optional<String> pin) throws AccessException {
        if (!TOKEN.matcher(token).matches()) {
            throw AccessException.token("it is no token that a panel could have made");
        }
        Map<String, String> form = new LinkedHashMap<>();
        form.put("token", token);
        serverId.ifPresent(id -> form.put("server", id));
        pin.ifPresent(typed -> form.put("pin", typed));
        return opinion(answer(form), token);
    }

    private String answer(Map<String, String> form) throws AccessException {
        if (!waiting.tryAcquire()) {
            throw AccessException.tooMany("too many questions are waiting for the panel", Duration.ofSeconds(1));
        }
        try {
            return https.post(url, form, key).join().good();
        } catch (CompletionException e) {
            throw unusable("the panel cannot be asked (" + e.getCause() + ")");
        } catch (IOException e) {
            throw unusable("the panel cannot be asked (" + e.getMessage() + ")");
        } finally {
            waiting.release();
        }
    }

    private Opinion opinion(String json, String token) throws AccessException {
        Claims claims;
        Optional<SessionToken> active;
        Optional<Pin> pin;
        try {
            claims = Claims.parse(json);
            active = claims.isTrue("active") ? Optional.of(token(claims, token)) : Optional.empty();
            pin = pin(claims);
        } catch (AccessException e) {
            throw unusable("what the panel says of a token cannot be used: " + e.getMessage());
        }
        if (failing.getAndSet(false)) {
            LOG.info("console-token-introspection-url: the panel can be asked again.");
        }
        SessionToken good = active.orElseThrow(() -> AccessException.token("the panel says that it is not active"));
        if (!clock.instant().isBefore(good.expires())) {
            throw AccessException.token("it has expired");
        }
        return new Opinion(good, pin);
    }

    private static SessionToken token(Claims claims, String token) throws AccessException {
        Instant expires = claims.time("exp").orElseThrow(() -> AccessException.token("it has no claim exp"));
        return claims.token(expires, claims.has("jti") ? claims.name("jti") : Tickets.hash(token));
    }

    private static Optional<Pin> pin(Claims claims) throws AccessException {
        if (!claims.has("pin")) {
            return Optional.empty();
        }
        String said = claims.name("pin");
        for (Pin pin : Pin.values()) {
            if (pin.name().toLowerCase(Locale.ROOT).equals(said)) {
                return Optional.of(pin);
            }
        }
        throw AccessException.token("claim pin is neither missing nor accepted nor rejected");
    }

    private AccessException unusable(String why) {
        if (!failing.getAndSet(true)) {
            LOG.warn("console-token-introspection-url: {}; no token that must be asked for is accepted until it can.", why);
        }
        return AccessException.unavailable(why);
    }

    /** Of two different questions never the same; neither part contains a line feed, or the token is refused. */
    private static String question(String token, Optional<String> serverId, Optional<String> pin) {
        return Tickets.hash(token) + "\n" + serverId.map(id -> "server " + id).orElse("") + "\n"
                + pin.map(typed -> "pin " + Tickets.hash(typed)).orElse("");
    }
}
