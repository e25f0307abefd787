package org.serverconsole.relay;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.Secret;

/**
 * Leads guacd to console streams, each through a port of its own that one connection may use once, with a password of its
 * own. Safe for use by many threads, but not on an event loop.
 */
public final class Relay implements AutoCloseable {

    private static final String PASSWORD_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final int PASSWORD_LENGTH = 8;

    private final EventLoopGroup group;
    private final InetAddress bind;
    private final SecureRandom random;
    private final Duration patience;
    private final Set<OneShotPort> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param group NIO event loops, the same that carry the consoles
     * @param bind where the ports listen, such as what {@link #bindAddress} says
     * @param patience how long guacd has to connect and to authenticate
     */
    public Relay(EventLoopGroup group, InetAddress bind, SecureRandom random, Duration patience) {
        this.group = group;
        this.bind = bind;
        this.random = random;
        this.patience = patience;
    }

    /**
     * Opens a port that leads to that console. The console belongs to the port from now on: whatever ends the one ends the
     * other.
     *
     * @param console an open stream of what the protocol asks for, auto-read off
     * @throws IOException where no port can be had, or the relay is closed; the console is closed then
     */
    public RelayPort offer(Channel console, RelayPort.Protocol protocol) throws IOException {
        OneShotPort port = new OneShotPort(console, protocol, password(), random);
        port.listen(group, new InetSocketAddress(bind, 0), patience);
        open.add(port);
        port.ended().whenComplete((end, failure) -> open.remove(port));
        if (closed) {
            port.close();
            throw new IOException("the relay is closed");
        }
        return port;
    }

    private Secret password() {
        StringBuilder password = new StringBuilder();
        while (password.length() < PASSWORD_LENGTH) {
            password.append(PASSWORD_CHARACTERS.charAt(random.nextInt(PASSWORD_CHARACTERS.length())));
        }
        return Secret.of(password.toString());
    }

    /** Cuts every console that is offered or relayed. */
    @Override
    public void close() {
        closed = true;
        open.forEach(OneShotPort::close);
    }

    /**
     * Where to listen so that guacd reaches the relay at that address: there, if it is an address of this machine; else
     * everywhere, since it is another machine's that forwards to this one.
     *
     * @param relayAddress property {@code console-relay-address}: a name or an address
     * @throws ConfigException where it cannot be resolved, or is no address anybody can connect to
     */
    public static InetAddress bindAddress(String relayAddress) throws ConfigException {
        try {
            InetAddress[] addresses = InetAddress.getAllByName(relayAddress);
            for (InetAddress address : addresses) {
                if (address.isAnyLocalAddress()) {
                    throw new ConfigException("console-relay-address: found \"" + relayAddress
                            + "\", write the address at which guacd reaches this machine");
                }
                if (address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null) {
                    return address;
                }
            }
            return new InetSocketAddress(0).getAddress();
        } catch (UnknownHostException e) {
            throw new ConfigException("console-relay-address: \"" + relayAddress + "\" cannot be resolved,"
                    + " write the name or address at which guacd reaches this machine", e);
        } catch (SocketException e) {
            throw new ConfigException("console-relay-address: the addresses of this machine cannot be read: "
                    + e.getMessage(), e);
        }
    }
}
