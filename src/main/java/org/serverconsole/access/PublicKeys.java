package org.serverconsole.access;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import java.net.URI;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.serverconsole.config.ConfigException;
import org.serverconsole.https.PanelHttps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The panel's public keys, property {@code console-token-jwks}: kept, and read anew when they are five minutes old or a token
 * names a key that is not among them. The last good ones stay while they cannot be read. Safe for use by many threads.
 *
 * <p>Anybody can name an unknown key, without having any. So the panel is asked at most once in ten seconds, and only a few
 * wait for its answer, while everybody whose key is known is served at once. (The library's own cache lets all wait in one
 * queue.)
 */
final class PublicKeys {

    static final Duration FRESH = Duration.ofMinutes(5);
    static final Duration BETWEEN_READINGS = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(PublicKeys.class);

    private static final int MOST_WAITING = 8;

    private final KeySource source;
    private final Clock clock;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private volatile KeySet known = KeySet.EMPTY;
    private volatile Instant freshUntil = Instant.MIN;
    private volatile boolean failing;
    private CompletableFuture<Void> reading = CompletableFuture.completedFuture(null);
    private Instant nextReading = Instant.MIN;

    private PublicKeys(KeySource source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /**
     * @param place a file, which is read now; an https URL, which is asked in the background, for a panel that is down must
     *     not keep Guacamole from starting; or empty where there are no public keys
     * @throws ConfigException naming the property, where a file holds no usable key
     */
    static PublicKeys read(String place, PanelHttps panel, Clock clock) throws ConfigException {
        if (place.isEmpty()) {
            PublicKeys none = new PublicKeys(() -> CompletableFuture.failedFuture(new IllegalStateException("no keys")), clock);
            none.freshUntil = Instant.MAX;
            none.nextReading = Instant.MAX;
            return none;
        }
        if (place.toLowerCase(Locale.ROOT).startsWith("https:")) {
            return from(new HttpsKeySource(panel, URI.create(place)), clock);
        }
        return file(Path.of(place), clock);
    }

    /** Keys that are read from now on. */
    static PublicKeys from(KeySource source, Clock clock) {
        PublicKeys keys = new PublicKeys(source, clock);
        keys.reading();
        return keys;
    }

    private static PublicKeys file(Path file, Clock clock) throws ConfigException {
        PublicKeys keys = new PublicKeys(KeySource.file(file), clock);
        KeySet found;
        try {
            found = KeySet.parse(keys.source.read().join());
        } catch (ParseException e) {
            throw unusable(e.getMessage());
        } catch (CompletionException e) {
            throw unusable("it cannot be read");
        }
        if (found.keys().isEmpty()) {
            throw unusable(found.ignored().isEmpty() ? "it holds no key" : String.join(", ", found.ignored()));
        }
        keys.learned(found);
        return keys;
    }

    private static ConfigException unusable(String why) {
        return new ConfigException("guacamole.properties: console-token-jwks: the file is of no use: " + why
                + "; write a JSON Web Key Set with the panel's public RSA, P-256 or Ed25519 keys");
    }

    /** The keys that may have signed what has that header. */
    List<JWSVerifier> fitting(JWSHeader header) {
        if (!clock.instant().isBefore(freshUntil)) {
            reading();
        }
        List<JWSVerifier> found = known.fitting(header);
        return found.isEmpty() ? fittingAfterReading(header) : found;
    }

    private List<JWSVerifier> fittingAfterReading(JWSHeader header) {
        if (waiting.tryAcquire()) {
            try {
                reading().join();
            } finally {
                waiting.release();
            }
        }
        return known.fitting(header);
    }

    /** The reading that runs, or else a new one if it is time for one. It never fails. */
    private synchronized CompletableFuture<Void> reading() {
        Instant now = clock.instant();
        if (reading.isDone() && !now.isBefore(nextReading)) {
            nextReading = now.plus(BETWEEN_READINGS);
            reading = source.read().thenAccept(this::learn).exceptionally(this::failed);
        }
        return reading;
    }

    private void learn(String json) {
        try {
            KeySet found = KeySet.parse(json);
            if (found.keys().isEmpty()) {
                throw new ParseException("no usable key among them", 0);
            }
            learned(found);
        } catch (ParseException e) {
            throw new CompletionException(e);
        }
    }

    private void learned(KeySet found) {
        if (!found.ignored().equals(known.ignored())) {
            found.ignored().forEach(sentence -> LOG.warn("console-token-jwks: {}", sentence));
        }
        if (failing) {
            LOG.info("console-token-jwks: the panel's keys can be read again.");
        }
        failing = false;
        known = found;
        freshUntil = clock.instant().plus(FRESH);
    }

    private Void failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!failing) {
            LOG.warn("console-token-jwks: the panel's keys cannot be read ({}); {}.", cause.toString(),
                    known.keys().isEmpty() ? "no token signed with one is accepted until they can" : "the last ones stay in use");
        }
        failing = true;
        return null;
    }
}
