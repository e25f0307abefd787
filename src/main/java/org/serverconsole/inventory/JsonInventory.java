package org.serverconsole.inventory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.serverconsole.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inventory as a JSON file. Every look-up asks the file system whether the file is still the one that was read, which
 * costs a few microseconds, and once a second whether the files with passwords are; one thread reads a new version while the
 * others go on with the old.
 */
final class JsonInventory implements Inventory {

    private static final Logger LOG = LoggerFactory.getLogger(JsonInventory.class);

    /** There may be one for each server, too many to be looked at each time. */
    private static final Duration BETWEEN_LOOKS_AT_PASSWORDS = Duration.ofSeconds(1);

    private final Path file;
    private final ServerRule rule;
    private final Map<String, String> environment;
    private final ReentrantLock reading = new ReentrantLock();
    private final AtomicLong passwordsLookedAt = new AtomicLong(System.nanoTime());
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
        Map<Path, Stamp> passwords = new HashMap<>();
        Map<String, Server> servers = ServersReader.read(file, rule, inventory.environment, passwords, LOG::warn);
        LOG.info("{}: {} servers", file, servers.size());
        inventory.current = new Version(stamp, passwords, servers);
        return inventory;
    }

    @Override
    public Optional<Server> find(String serverId) {
        if ((!Stamp.of(file).equals(current.stamp()) || passwordsMayHaveChanged()) && mayRead(serverId)) {
            try {
                reload();
            } finally {
                reading.unlock();
            }
        }
        return Optional.ofNullable(current.servers().get(serverId));
    }

    private boolean passwordsMayHaveChanged() {
        long last = passwordsLookedAt.get();
        long now = System.nanoTime();
        return now - last > BETWEEN_LOOKS_AT_PASSWORDS.toNanos() && passwordsLookedAt.compareAndSet(last, now)
                && current.passwordsHaveChanged();
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
        if (stamp.equals(current.stamp()) && !current.passwordsHaveChanged()) {
            return;
        }
        Map<Path, Stamp> passwords = new HashMap<>();
        try {
            Map<String, Server> servers = ServersReader.read(file, rule, environment, passwords, LOG::warn);
            current = new Version(stamp, passwords, servers);
            LOG.info("{} has changed: {} servers", file, servers.size());
        } catch (ConfigException e) {
            current = new Version(stamp, passwords, current.servers());
            LOG.error("{} has changed and cannot be used; the inventory stays as it was until the file changes again:\n{}",
                    file, e.getMessage());
        }
    }

    /** What was read last; after a refused version, the servers of the one before it. */
    private record Version(Stamp stamp, Map<Path, Stamp> passwords, Map<String, Server> servers) {

        Version {
            passwords = Map.copyOf(passwords);
        }

        boolean passwordsHaveChanged() {
            return passwords.entrySet().stream().anyMatch(read -> !Stamp.of(read.getKey()).equals(read.getValue()));
        }
    }
}
