package org.serverconsole.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.serverconsole.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inventory as a JSON file. Every look-up asks the file system whether the file is still the one that was read, which
 * costs a few microseconds; one thread reads a new version while the others go on with the old.
 */
final class JsonInventory implements Inventory {

    private static final Logger LOG = LoggerFactory.getLogger(JsonInventory.class);

    private final Path file;
    private final ServerRule rule;
    private final Map<String, String> environment;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Version current;

    private JsonInventory(Path file, ServerRule rule, Map<String, String> environment) {
        this.file = file;
        this.rule = rule;
        this.environment = Map.copyOf(environment);
    }

    static JsonInventory open(Path file, ServerRule rule, Map<String, String> environment) throws ConfigException {
        JsonInventory inventory = new JsonInventory(file, rule, environment);
        // Before the file is read: what is written meanwhile then counts as a change.
        Stamp stamp = Stamp.of(file);
        Map<String, Server> servers = ServersReader.read(file, rule, inventory.environment);
        LOG.info("{}: {} servers", file, servers.size());
        inventory.current = new Version(stamp, servers);
        return inventory;
    }

    @Override
    public Optional<Server> find(String serverId) {
        if (!Stamp.of(file).equals(current.stamp()) && mayRead(serverId)) {
            try {
                reload();
            } finally {
                reading.unlock();
            }
        }
        return Optional.ofNullable(current.servers().get(serverId));
    }

    /** Where the file is being read already, only who asks for a server that may be new in it waits for that. */
    private boolean mayRead(String serverId) {
        if (!reading.tryLock()) {
            if (current.servers().containsKey(serverId)) {
                return false;
            }
            reading.lock();
        }
        return true;
    }

    private void reload() {
        Stamp stamp = Stamp.of(file);
        if (stamp.equals(current.stamp())) {
            return;
        }
        try {
            Map<String, Server> servers = ServersReader.read(file, rule, environment);
            current = new Version(stamp, servers);
            LOG.info("{} has changed: {} servers", file, servers.size());
        } catch (ConfigException e) {
            current = new Version(stamp, current.servers());
            LOG.error("{} has changed and cannot be used; the inventory stays as it was until the file changes again:\n{}",
                    file, e.getMessage());
        }
    }

    /** What was read last; after a refused version, the servers of the one before it. */
    private record Version(Stamp stamp, Map<String, Server> servers) { }

    /** By what a new version of the file is told from the old one; all empty where there is no file. */
    private record Stamp(Optional<FileTime> modified, long size, Optional<Object> key, boolean readable) {

        static Stamp of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(Optional.of(attributes.lastModifiedTime()), attributes.size(),
                        Optional.ofNullable(attributes.fileKey()), Files.isReadable(file));
            } catch (IOException e) {
                LOG.trace("{} is not there, or not for us; reading it tells why", file);
                return new Stamp(Optional.empty(), 0, Optional.empty(), false);
            }
        }
    }
}
