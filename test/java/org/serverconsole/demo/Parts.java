package org.serverconsole.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has been started, to be ended last first: by the end of the program or, meanwhile, by a signal. */
final class Parts implements AutoCloseable {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private boolean closed;

    /** Takes charge of a part, which is ended at once where all others have been. */
    synchronized <T extends AutoCloseable> T add(T part) {
        started.push(part);
        if (closed) {
            close();
        }
        return part;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                System.err.println("test/demo: a part did not end cleanly: " + e);
            }
        }
    }
}
