package org.serverconsole.endtoend;

import com.microsoft.playwright.Page;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often a tab tries to open a tunnel, over WebSocket or plain HTTP. */
final class Attempts {

    /** Guacamole's own page connects again after 15 seconds where it is told of a failure that may pass. */
    private static final int PAST_EVERY_RECONNECT = 20;

    private final Page tab;
    private final AtomicInteger tunnels = new AtomicInteger();

    private Attempts(Page tab) {
        this.tab = tab;
    }

    /** Watches a tab that has nothing open yet, and makes its clock one that can be advanced. */
    static Attempts of(Page tab) {
        tab.clock().install();
        return watching(tab);
    }

    /** The same in a tab whose clock goes as it goes. */
    static Attempts watching(Page tab) {
        Attempts attempts = new Attempts(tab);
        tab.onWebSocket(socket -> attempts.tunnels.incrementAndGet());
        tab.onRequest(request -> {
            if (request.url().contains("/tunnel?connect")) {
                attempts.tunnels.incrementAndGet();
            }
        });
        return attempts;
    }

    int count() {
        return tunnels.get();
    }

    /** Lets every timer of the page run that would have it connect again. */
    void waitPastEveryReconnect() {
        // It counts the seconds down one by one.
        for (int second = 0; second < PAST_EVERY_RECONNECT; second++) {
            tab.clock().fastForward(1000);
        }
        tab.evaluate("fetch(location.pathname, {cache: 'no-store'}).then(response => response.text())");
    }
}
