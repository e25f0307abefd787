package org.serverconsole.rmcp;

import java.time.Duration;

/**
 * How long is waited for what.
 *
 * @param firstRetry how long after a packet it is sent again, where nothing was heard; half as long again after each retry
 * @param longestRetry where that stops growing
 * @param keepAlive how long a session may be silent before the BMC is asked something; a BMC ends it after 60 s (6.12.15),
 *     {@code ipmi_sim} after 30 s
 * @param patience how long one question asked in the background, or one packet for the console, may stay unanswered before
 *     that is a failure
 */
public record RmcpTiming(Duration firstRetry, Duration longestRetry, Duration keepAlive, Duration patience) {

    /** For BMCs, which take up to half a second for a hash. */
    public static final RmcpTiming STANDARD = new RmcpTiming(
            Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(15));

    /** The same, that many times as fast. */
    public RmcpTiming faster(int times) {
        return new RmcpTiming(firstRetry.dividedBy(times), longestRetry.dividedBy(times), keepAlive.dividedBy(times),
                patience.dividedBy(times));
    }

    /** How long a BMC is given to confirm that a session is closed; it ends by itself soon after. */
    Duration logout() {
        return patience.dividedBy(5);
    }

    /** How long to wait for an answer before the next try, in nanoseconds. */
    long retryNanos(int triesBefore) {
        return (long) Math.min(longestRetry.toNanos(), firstRetry.toNanos() * Math.pow(1.5, triesBefore));
    }
}
