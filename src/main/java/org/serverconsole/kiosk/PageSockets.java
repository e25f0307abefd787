package org.serverconsole.kiosk;

import java.util.HashSet;
import java.util.Set;
import org.serverconsole.kiosk.DevTools.Event;

/**
 * The WebSockets of one browser's page, over which a console comes: when the last has closed, the BMC has ended it. For use by
 * many threads.
 */
final class PageSockets {

    private final Set<String> open = new HashSet<>();
    private boolean any;

    /** Takes note of what the browser tells of its network. */
    synchronized void happened(Event event) {
        String id = event.params().path("requestId").asText();
        switch (event.method()) {
            case "Network.webSocketCreated" -> any |= open.add(id);
            case "Network.webSocketClosed" -> open.remove(id);
            default -> { }
        }
    }

    /** Whether there was one, and is none. A page that never had one is not known to need any. */
    synchronized boolean areCut() {
        return any && open.isEmpty();
    }
}
