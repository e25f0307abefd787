package org.serverconsole.access;

import java.time.Clock;
import java.util.UUID;

/**
 * Makes keys of console sessions: UUIDs of version 7 (RFC 9562), of which later ones sort behind earlier ones. The journal has an
 * index of them, which then grows at its end instead of being written anew in as many places as there are new keys.
 */
record SessionKeys(Clock clock) {

    private static final long VERSION = 0x7000;
    private static final int RANDOM_BITS = 0x0fff;

    String next() {
        UUID random = UUID.randomUUID();
        long time = clock.millis() << Short.SIZE;
        return new UUID(time | VERSION | random.getMostSignificantBits() & RANDOM_BITS, random.getLeastSignificantBits()).toString();
    }
}
