package org.serverconsole.session;

import java.time.Duration;

/** Somebody looking at a console session: one tunnel to a browser. */
@FunctionalInterface
public interface Viewer {

    /**
     * Cuts the connection to the console and tells the customer why. Called at most once, must not block and must not
     * throw.
     */
    void cut(EndReason reason);

    /** Tells the customer how long is left now that the deadline has moved. Must not block and must not throw. */
    default void timeLeft(Duration left) { }

    /** Tells the customer how many look on now. Must not block and must not throw. */
    default void watchers(int count) { }
}
