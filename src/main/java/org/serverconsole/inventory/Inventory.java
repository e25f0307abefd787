package org.serverconsole.inventory;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.config.ConfigException;

/** Where servers are looked up. Safe for use by many threads. */
public interface Inventory {

    /** The server of that ID as the inventory knows it now, or empty where it knows none. */
    Optional<Server> find(String serverId);

    /**
     * The inventory of a JSON file, read now and again whenever the file has changed. A new version that cannot be used
     * is refused in the log, once, and the one before it stays.
     *
     * @param file the file, of the form that the README shows under "Inventory"
     * @param rule what must hold of every server
     * @param environment where <code>{"env": "NAME"}</code> is looked up
     * @throws ConfigException naming the line of everything that is wrong, up to 20 problems at once, without any secret
     */
    static Inventory file(Path file, ServerRule rule, Map<String, String> environment) throws ConfigException {
        return JsonInventory.open(file, rule, environment);
    }
}
