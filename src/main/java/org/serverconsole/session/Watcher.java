package org.serverconsole.session;

import java.util.Optional;

/** Somebody who looks on at a console session and can touch nothing: one tunnel to a browser. */
public interface Watcher {

    /**
     * Shows what the customer sees from now on. Must not block and must not throw.
     *
     * @param display guacd's name of the connection that the customer sees, or empty while he sees none
     */
    void show(Optional<String> display);

    /** Tells why the session has ended. Called at most once, must not block and must not throw. */
    void cut(EndReason reason);
}
