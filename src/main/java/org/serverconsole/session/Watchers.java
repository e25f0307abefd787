package org.serverconsole.session;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Those who look on at one session, and what there is to look at. Safe for use by many threads. */
final class Watchers {

    private final Set<Watcher> watching = new LinkedHashSet<>();
    private Optional<String> display = Optional.empty();

    /** How many there are now. */
    synchronized int count() {
        return watching.size();
    }

    synchronized void add(Watcher watcher) {
        watching.add(watcher);
        watcher.show(display);
    }

    /**
     * @return false where it was none
     */
    synchronized boolean remove(Watcher watcher) {
        return watching.remove(watcher);
    }

    synchronized void show(String newDisplay) {
        display = Optional.of(newDisplay);
        watching.forEach(watcher -> watcher.show(display));
    }

    /** A display that has been replaced already may be gone. */
    synchronized void gone(String oldDisplay) {
        if (display.equals(Optional.of(oldDisplay))) {
            display = Optional.empty();
            watching.forEach(watcher -> watcher.show(display));
        }
    }

    void cut(EndReason reason) {
        List<Watcher> cut;
        synchronized (this) {
            cut = List.copyOf(watching);
            watching.clear();
        }
        cut.forEach(watcher -> watcher.cut(reason));
    }
}
