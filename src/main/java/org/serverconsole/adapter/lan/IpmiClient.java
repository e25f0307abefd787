package org.serverconsole.adapter.ipmi;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.rmcp.BmcLogin;
import org.serverconsole.rmcp.Privilege;
import org.serverconsole.rmcp.Rmcp;
import org.serverconsole.rmcp.RmcpException;
import org.serverconsole.rmcp.RmcpSession;
import org.serverconsole.rmcp.RmcpTiming;

/** The way to all BMCs: one thread and one socket, had when the first is asked. Its errors are the adapter's. */
final class IpmiClient implements AutoCloseable {

    private final RmcpTiming timing;
    private final SecureRandom random;
    private Optional<EventLoopGroup> group = Optional.empty();
    private Optional<Rmcp> rmcp = Optional.empty();

    IpmiClient(RmcpTiming timing, SecureRandom random) {
        this.timing = timing;
        this.random = random;
    }

    SecureRandom random() {
        return random;
    }

    /** What is asked of a BMC in one session. */
    interface Work<T> {
        T in(RmcpSession session) throws RmcpException, InterruptedException;
    }

    /** Opens a session, which the caller closes. */
    RmcpSession logIn(IpmiOptions options, Privilege privilege, Deadline deadline) throws AdapterException, InterruptedException {
        InetSocketAddress address = address(options, deadline);
        BmcLogin login = new BmcLogin(address, options.username(), options.password(), privilege, options.suite());
        Rmcp client = rmcp();
        return asked(() -> client.open(login, deadline.left()));
    }

    /** Does something in a session of its own. */
    <T> T once(IpmiOptions options, Privilege privilege, Deadline deadline, Work<T> work)
            throws AdapterException, InterruptedException {
        RmcpSession session = logIn(options, privilege, deadline);
        try {
            return asked(() -> work.in(session));
        } finally {
            session.close();
        }
    }

    /** A question to a BMC. */
    interface Question<T> {
        T ask() throws RmcpException, InterruptedException;
    }

    static <T> T asked(Question<T> question) throws AdapterException, InterruptedException {
        try {
            return question.ask();
        } catch (RmcpException e) {
            throw failure(e);
        }
    }

    static AdapterException failure(RmcpException e) {
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

    /** Resolves on a thread that may be left behind: neither a deadline nor an interrupt ends a lookup of the JDK's. */
    private static InetSocketAddress address(IpmiOptions options, Deadline deadline)
            throws AdapterException, InterruptedException {
        String host = options.host();
        FutureTask<InetAddress> lookup = new FutureTask<>(() -> InetAddress.getByName(host));
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            lookup.run();
        } else {
            Thread thread = new Thread(lookup, "lookup of " + host);
            thread.setDaemon(true);
            thread.start();
        }
        try {
            return new InetSocketAddress(lookup.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS), options.port());
        } catch (ExecutionException e) {
            throw new AdapterException(Kind.UNREACHABLE, "the name " + host + " has no address", e.getCause());
        } catch (TimeoutException e) {
            throw new AdapterException(Kind.TIMEOUT, "the name " + host + " was not resolved in time", e);
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
