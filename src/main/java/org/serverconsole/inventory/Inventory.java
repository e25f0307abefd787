package org.serverconsole.inventory;

import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.Secret;
import org.serverconsole.https.PanelHttps;

/** Where servers are looked up. Safe for use by many threads. */
public interface Inventory {

    /**
     * The server of that ID as the inventory knows it now, or empty where it knows none. Blocks up to five seconds where
     * the panel must be asked.
     *
     * @throws InventoryException where nobody can tell just now
     */
    Optional<Server> find(String serverId);

    /**
     * The inventory of a JSON file, read now and again whenever the file, or one of a password, has changed. A new version that
     * cannot be used is refused in the log, once, and the one before it stays.
     *
     * @param file the file, of the form that the README shows under "Inventory"
     * @param rule what must hold of every server
     * @param environment where <code>{"env": "NAME"}</code> is looked up
     * @throws ConfigException naming the line of everything that is wrong, up to 20 problems at once, without any secret
     */
    static Inventory file(Path file, ServerRule rule, Map<String, String> environment) throws ConfigException {
        return JsonInventory.open(file, rule, environment);
    }

    /**
     * The panel's own inventory, asked for each server when it is needed: a {@code GET}, answered by what would stand for
     * that server in the file, with all its options and its password in it ({@code host}, <code>{"file": ...}</code> and
     * <code>{"env": ...}</code> are of the file only: a panel is not to read this machine's), or by 404 where there is no such
     * server. An answer is good for a minute, that there is no such server for ten seconds. While the panel cannot be asked,
     * or its answer cannot be used, the last good answer stays in use until it is ten minutes old.
     *
     * @param url https, in which {@code {id}} stands for the server's ID, after the host
     * @param key shown to the panel as a bearer's, or {@link Secret#NONE}
     * @throws ConfigException where {@code {id}} stands before the path
     */
    static Inventory panel(String url, ServerRule rule, PanelHttps https, Secret key, Clock clock) throws ConfigException {
        return PanelInventory.open(url, rule, https, key, clock);
    }

    /**
     * Whichever of both {@code console-servers} says.
     *
     * @param servers the file's absolute path or the panel's URL
     */
    static Inventory open(String servers, ServerRule rule, Map<String, String> environment, PanelHttps https, Secret key,
            Clock clock) throws ConfigException {
        return servers.regionMatches(true, 0, "https:", 0, 6)
                ? panel(servers, rule, https, key, clock) : file(Path.of(servers), rule, environment);
    }

    /**
     * Every server of such a file, read once, by ID.
     *
     * @param warnings takes what can be used as it is, and should not stay so; none has a secret in it
     * @throws ConfigException as {@link #file} does; its {@link ConfigException#problems} are all there are
     */
    static Map<String, Server> read(Path file, ServerRule rule, Map<String, String> environment, Consumer<String> warnings)
            throws ConfigException {
        return new TreeMap<>(ServersReader.read(file, rule, environment, new HashMap<>(), warnings));
    }
}
