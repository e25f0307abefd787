package org.serverconsole.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How many logins a minute there may be from one client address, of one customer and for one server. Each has a measure of
 * its own, so that who goes beyond it takes nothing from others; only whose token is good counts for customer and server.
 * Safe for use by many threads.
 */
final class LoginLimits {

    /** Of each kind. Who is forgotten for it starts anew; that takes as many others within two minutes. */
    private static final int MOST_REMEMBERED = 100_000;

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final int perMinute;
    private final TimeMeter time;
    private final Cache<String, Bucket> addresses;
    private final Cache<String, Bucket> customers;
    private final Cache<String, Bucket> servers;

    /**
     * @param perMinute {@code console-max-logins-per-minute}; as many may come at once
     */
    LoginLimits(int perMinute, Clock clock) {
        this.perMinute = perMinute;
        this.time = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return TimeUnit.MILLISECONDS.toNanos(clock.millis());
            }

            @Override
            public boolean isWallClockBased() {
                return true;
            }
        };
        addresses = buckets();
        customers = buckets();
        servers = buckets();
    }

    /** Whoever has been still for a minute has a full bucket, and may as well be forgotten. */
    private Cache<String, Bucket> buckets() {
        return Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).ticker(time::currentTimeNanos)
                .expireAfterAccess(MINUTE.multipliedBy(2))
                // What is to be tidied up takes no longer than handing it to another thread.
                .executor(Runnable::run).build();
    }

    /**
     * Counts a login from there, whoever comes and however it ends.
     *
     * @param address of IPv6, the whole network of 64 bits that one household has counts as one
     * @throws AccessException with {@link AccessException.Refusal#TOO_MANY}
     */
    void count(String address) throws AccessException {
        take(addresses, ClientAddress.network(address), "from one address");
    }

    /** Counts a login of that customer, and, where he may have another, one for that server. */
    void count(String customer, String serverId) throws AccessException {
        take(customers, customer, "of one customer");
        take(servers, serverId, "for one server");
    }

    private void take(Cache<String, Bucket> from, String name, String what) throws AccessException {
        ConsumptionProbe taken = from.get(name, ignored -> full()).tryConsumeAndReturnRemaining(1);
        if (!taken.isConsumed()) {
            throw AccessException.tooMany(
                    "console-max-logins-per-minute: more than " + perMinute + " logins a minute " + what,
                    Duration.ofSeconds(1 + TimeUnit.NANOSECONDS.toSeconds(taken.getNanosToWaitForRefill())));
        }
    }

    private Bucket full() {
        return Bucket.builder().withCustomTimePrecision(time)
                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, MINUTE)).build();
    }
}
