package org.serverconsole.guacamole;

/**
 * Whether Guacamole is shutting down. It closes all tunnels and logs everybody out before it tells its extensions so, and until
 * then only who calls tells that from customers who leave.
 */
final class Shutdown {

    /** Of every {@code ServletContextListener}, Guacamole's among them. */
    private static final String STOPPING = "contextDestroyed";

    private Shutdown() { }

    /** To be asked by what Guacamole calls, on the thread that it calls on. */
    static boolean isUnderWay() {
        return StackWalker.getInstance().walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals(STOPPING)));
    }
}
