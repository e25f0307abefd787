package org.serverconsole.adapter.ovirt;

import java.time.Duration;

/** An instant of {@link System#nanoTime}, which no change of the wall clock moves. */
record Deadline(long nanos) {

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** What is left, never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }
}
