package org.serverconsole.location;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.serverconsole.config.BrokerConfig;
import org.serverconsole.config.ConfigException;
import org.serverconsole.inventory.Server;
import org.serverconsole.location.LocationException.Kind;

/**
 * This node's location, and the way to the others. Only what an {@link Order} and an {@link Answer} hold ever crosses the broker, signed
 * with {@code console-broker-key}: no token, no PIN, no password, and of secrets nothing but the ticket in a login URL. Without a
 * broker, or while it is away, this location goes on by itself. Safe for use by many threads.
 */
public final class Locations implements AutoCloseable {

    /** How long a location may take to begin with an order. */
    private static final Duration PATIENCE = Duration.ofMillis(Queues.PATIENCE_MILLIS);

    /** How much longer a vendor may take: as long as for a call of the node's own location. */
    private static final Duration OF_VENDORS = Duration.ofSeconds(30);

    private final String own;
    private final Optional<BrokerConfig> broker;
    private final Optional<Path> caFile;
    private final SecureRandom random;
    private volatile Optional<Asking> asking = Optional.empty();
    private volatile Optional<Answering> answering = Optional.empty();
    private volatile Optional<Link> link = Optional.empty();

    /** Who carries out what other locations order. */
    public interface Desk {

        /** @param from the location that orders it */
        Answer carryOut(Order order, String from);

        /** Whether another node of this location had better take an order. */
        boolean isBusy();
    }

    /**
     * @param own {@code console-location}, or empty text where there are no locations
     * @param caFile {@code console-ca-file}, whose authorities the broker's certificate may have, too
     */
    public Locations(String own, Optional<BrokerConfig> broker, Optional<Path> caFile, SecureRandom random) {
        this.own = own;
        this.broker = broker;
        this.caFile = caFile;
        this.random = random;
    }

    /**
     * Begins to ask other locations and to answer them, as soon as the broker is there; to be called once, before anything is asked.
     *
     * @throws ConfigException naming the property that must be changed
     */
    public void open(Desk desk) throws ConfigException {
        if (broker.isEmpty()) {
            return;
        }
        Seal seal = new Seal(broker.get().keys(), own);
        asking = Optional.of(new Asking(seal, random));
        answering = Optional.of(new Answering(own, seal, desk, random));
        link = Optional.of(new Link(BrokerProbe.factory(broker.get(), caFile), "guacamole-auth-console " + own, random,
                List.of(asking.get(), answering.get())));
        link.get().start();
    }

    public String own() {
        return own;
    }

    public boolean hasBroker() {
        return broker.isPresent();
    }

    /** The location of a server that is opened elsewhere. */
    public Optional<String> elsewhere(Server server) {
        return server.location().filter(location -> !own.isEmpty() && !location.equals(own));
    }

    /** The key of a session of this location, as the others can use it where there are others. */
    public SessionKey key(String serverId, String session) {
        return new SessionKey(hasBroker() && !session.isEmpty() ? Optional.of(serverId) : Optional.empty(), session);
    }

    /**
     * Has another location carry out an order. Blocks five seconds at most, and 30 longer where a vendor must be asked.
     *
     * @param ofVendor whether one must
     * @throws LocationException where nobody there has answered
     */
    public Answer ask(String location, Order order, boolean ofVendor) throws LocationException, InterruptedException {
        if (asking.isEmpty()) {
            throw new LocationException(Kind.NO_BROKER, "console-broker is not set");
        }
        Optional<String> trouble = link.flatMap(Link::trouble);
        if (trouble.isPresent()) {
            throw new LocationException(Kind.NO_BROKER, "console-broker: " + trouble.get());
        }
        return asking.get().ask(location, order, PATIENCE, ofVendor ? OF_VENDORS : Duration.ZERO);
    }

    /**
     * @throws IOException where the broker cannot be used just now, with a message for the operator
     */
    public void requireBroker() throws IOException {
        Optional<String> trouble = link.flatMap(Link::trouble);
        if (trouble.isPresent()) {
            throw new IOException(trouble.get());
        }
    }

    /** Finishes what has been begun, and leaves the broker. */
    @Override
    public void close() throws InterruptedException {
        if (answering.isPresent()) {
            answering.get().close();
        }
        if (link.isPresent()) {
            link.get().close();
        }
    }
}
