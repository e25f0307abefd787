package org.serverconsole.host;

import java.util.List;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.net.event.listener.Listener;

/** Tells every extension's listeners what happens; one that throws refuses it and stops the round. */
record Events(List<Listener> listeners) implements Listener {

    Events {
        listeners = List.copyOf(listeners);
    }

    @Override
    public void handleEvent(Object event) throws GuacamoleException {
        for (Listener listener : listeners) {
            listener.handleEvent(event);
        }
    }
}
