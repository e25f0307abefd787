package org.serverconsole.location;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What this node has offered to take: each offer is good for one order, for a few seconds by this node's own clock, so that no two
 * clocks need agree, and for this node alone, so that an order which is sent again is never carried out again. Safe for use by many
 * threads.
 */
final class Offers {

    private static final int BYTES = 16;
    private static final int MOST = 10_000;
    private static final Duration LIFE = Duration.ofMillis(Queues.PATIENCE_MILLIS);

    private final SecureRandom random;
    private final LongSupplier nanos;
    private final Cache<String, Offer> open;

    private record Offer(String location, long made) { }

    /** @param nanos as {@link System#nanoTime} */
    Offers(SecureRandom random, LongSupplier nanos) {
        this.random = random;
        this.nanos = nanos;
        open = Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(LIFE).ticker(nanos::getAsLong).build();
    }

    /** Makes an offer to a location. */
    String make(String location) {
        String offer = random(random);
        open.put(offer, new Offer(location, nanos.getAsLong()));
        return offer;
    }

    /**
     * Uses an offer up.
     *
     * @param within how long after the offer the order may be begun
     * @return until when, by the same clock; empty where there is no such offer to that location, or it is too late
     */
    Optional<Long> take(String offer, String location, Duration within) {
        Duration most = within.compareTo(LIFE) < 0 ? within : LIFE;
        return Optional.ofNullable(open.asMap().remove(offer))
                .filter(made -> made.location().equals(location))
                .map(made -> made.made() + most.toNanos())
                .filter(this::isAhead);
    }

    boolean isAhead(long until) {
        return until - nanos.getAsLong() > 0;
    }

    /** What nobody guesses. */
    static String random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
