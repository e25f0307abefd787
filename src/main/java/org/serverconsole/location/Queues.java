package org.serverconsole.location;

import java.util.Map;

/** The queues' names, and what they are like: nothing waits in one for longer than anybody waits for an answer. */
final class Queues {

    /** How long a location may take to begin. */
    static final long PATIENCE_MILLIS = 5000;

    /** How long a queue that nobody listens to is kept, as after a restart of the broker. */
    private static final int UNUSED_MILLIS = 30_000;

    private Queues() { }

    /** Every node of a location listens to it. */
    static String ofLocation(String location) {
        return "console.location." + location;
    }

    static String ofNode(String location, String node) {
        return "console.node." + location + "." + node;
    }

    static Map<String, Object> arguments() {
        return Map.of("x-queue-type", "classic", "x-message-ttl", PATIENCE_MILLIS, "x-expires", UNUSED_MILLIS);
    }
}
