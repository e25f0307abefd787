package org.serverconsole.adapter.lan;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.config.Secret;
import org.serverconsole.rfb.Lookup;
import org.serverconsole.rfb.RfbException;
import org.serverconsole.rmcp.BmcLogin;
import org.serverconsole.rmcp.CipherSuite;
import org.serverconsole.rmcp.Privilege;
import org.serverconsole.rmcp.Rmcp;
import org.serverconsole.rmcp.RmcpException;
import org.serverconsole.rmcp.RmcpSession;
import org.serverconsole.rmcp.RmcpTiming;

/** The way to all BMCs of an adapter: one thread and one socket, had when the first is asked. Its errors are the adapter's. */
public final class IpmiClient implements AutoCloseable {

    /**
     * One BMC and whom it is to let in.
     *
     * @param host name or address
     * @param port of UDP
     * @param suite the cipher suite to insist on, or empty for the strongest the BMC has
     */
    public record Peer(String host, int port, String username, Secret password, Optional<CipherSuite> suite) { }

    private final RmcpTiming timing;
    private final SecureRandom random;
    private Optional<EventLoopGroup> group = Optional.empty();
    private Optional<Rmcp> rmcp = Optional.empty();

    public IpmiClient(RmcpTiming timing, SecureRandom random) {
        this.timing = timing;
        this.random = random;
    }

    public SecureRandom random() {
        return random;
    }

    /** What is asked of a BMC in one session. */
    @FunctionalInterface
    public interface Work<T> {
        T in(RmcpSession session) throws RmcpException, InterruptedException;
    }

    /** Opens a session, which the caller closes. */
    public RmcpSession logIn(Peer peer, Privilege privilege, Deadline deadline) throws AdapterException, InterruptedException {
        InetSocketAddress address = address(peer, deadline);
        BmcLogin login = new BmcLogin(address, peer.username(), peer.password(), privilege, peer.suite());
        Rmcp client = rmcp();
        return asked(() -> client.open(login, deadline.left()));
    }

    /** Does something in a session of its own. */
    public <T> T once(Peer peer, Privilege privilege, Deadline deadline, Work<T> work)
            throws AdapterException, InterruptedException {
        RmcpSession session = logIn(peer, privilege, deadline);
        try {
            return asked(() -> work.in(session));
        } finally {
            session.close();
        }
    }

    /** A question to a BMC. */
    @FunctionalInterface
    public interface Question<T> {
        T ask() throws RmcpException, InterruptedException;
    }

    /** The answer; what failed as an adapter's failure. */
    public static <T> T asked(Question<T> question) throws AdapterException, InterruptedException {
        try {
            return question.ask();
        } catch (RmcpException e) {
            throw failure(e);
        }
    }

    /** What an adapter calls that. */
    public static AdapterException failure(RmcpException e) {
        return new AdapterException(kindOf(e.reason()), e.getMessage(), e);
    }

    private static Kind kindOf(RmcpException.Reason reason) {
        return switch (reason) {
            case UNREACHABLE, CLOSED -> Kind.UNREACHABLE;
            case TIMEOUT -> Kind.TIMEOUT;
            case REJECTED -> Kind.REJECTED_CREDENTIALS;
            case BUSY -> Kind.BUSY;
            case UNSUPPORTED -> Kind.UNSUPPORTED;
            case WRONG_STATE, PROTOCOL -> Kind.PROTOCOL;
        };
    }

    private synchronized Rmcp rmcp() throws AdapterException {
        if (rmcp.isEmpty()) {
            EventLoopGroup loops = group.orElseGet(() ->
                    new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("ipmi", true), NioIoHandler.newFactory()));
            group = Optional.of(loops);
            try {
                rmcp = Optional.of(new Rmcp(loops, random, timing));
            } catch (IOException e) {
                throw new AdapterException(Kind.UNREACHABLE, e.getMessage(), e);
            }
        }
        return rmcp.get();
    }

    private static InetSocketAddress address(Peer peer, Deadline deadline) throws AdapterException, InterruptedException {
        try {
            return new InetSocketAddress(Lookup.of(peer.host(), deadline.left()), peer.port());
        } catch (RfbException e) {
            throw AdapterException.of(e);
        }
    }

    /** Logs out of every BMC. */
    @Override
    public synchronized void close() {
        rmcp.ifPresent(Rmcp::close);
        group.ifPresent(loops -> loops.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        rmcp = Optional.empty();
        group = Optional.empty();
    }
}
