package org.serverconsole.inventory;

import java.util.Optional;

/** Where servers are looked up. Safe for use by many threads. */
public interface Inventory {

    /** The server of that ID as the inventory knows it now, or empty where it knows none. */
    Optional<Server> find(String serverId);
}
