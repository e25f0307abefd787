package org.serverconsole.adapter;

import java.time.Duration;

/**
 * Until when an adapter may take, in {@link System#nanoTime}, which no change of the wall clock moves.
 *
 * @param nanos of {@link System#nanoTime}
 */
public record Deadline(long nanos) {

    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** What is left, never negative. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    /** What is left, or that much where less is left. */
    public Duration leftOr(Duration least) {
        Duration left = left();
        return left.compareTo(least) < 0 ? least : left;
    }
}
