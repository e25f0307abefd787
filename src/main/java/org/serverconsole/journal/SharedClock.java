package org.serverconsole.journal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.Supplier;

/** A node's clock, put right by the database's: nodes whose clocks differ then mean the same instant. */
final class SharedClock extends Clock {

    private final Clock own;
    private volatile Duration ahead = Duration.ZERO;

    SharedClock(Clock own) {
        this.own = own;
    }

    /** Reads the other clock, which answers somewhere between two looks at this one. */
    void follow(Supplier<Instant> other) {
        Instant before = own.instant();
        Instant told = other.get();
        Instant after = own.instant();
        ahead = Duration.between(before.plus(Duration.between(before, after).dividedBy(2)), told);
    }

    @Override
    public Instant instant() {
        return own.instant().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
        return own.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.offset(own.withZone(zone), ahead);
    }
}
