package org.serverconsole.rmcp;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remote console of IPMI 2.0: logs in to any number of BMCs, all of them on one UDP socket and one event loop. Safe for
 * use by many threads; what blocks must not be called on that event loop.
 */
public final class Rmcp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Rmcp.class);

    /** No packet of the specification is longer than an Ethernet frame (13.1). */
    private static final int LONGEST_PACKET = 2048;
    private static final int RECEIVE_BUFFER = 1 << 20;

    private final EventLoop loop;
    private final SecureRandom random;
    private final RmcpTiming timing;
    private final Channel socket;
    private final LongAdder malformed = new LongAdder();
    private final LongAdder forged = new LongAdder();

    // Of the event loop alone.
    private final Map<Integer, RmcpSession> sessions = new HashMap<>();
    private final Map<InetSocketAddress, Set<Handshake>> handshakes = new HashMap<>();
    private int nextTag;

    /**
     * @param group one NIO event loop of it carries everything
     * @throws IOException where no UDP socket can be had
     */
    public Rmcp(EventLoopGroup group, SecureRandom random, RmcpTiming timing) throws IOException {
        this.loop = group.next();
        this.random = random;
        this.timing = timing;
        ChannelFuture binding = new Bootstrap()
                .group(loop)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LONGEST_PACKET))
                .handler(new Receiver())
                .bind(0).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new IOException("no UDP socket for IPMI: " + binding.cause().getMessage(), binding.cause());
        }
        socket = binding.channel();
    }

    /**
     * Logs in. Blocks, but no longer than the deadline; may be interrupted.
     *
     * @throws RmcpException where there is no session to be had; none is left open then
     */
    public RmcpSession open(BmcLogin login, Duration deadline) throws RmcpException, InterruptedException {
        return await(login(login, deadline));
    }

    /** The same without blocking; fails with an {@link RmcpException}. Cancelling it gives the login up. */
    public CompletableFuture<RmcpSession> login(BmcLogin login, Duration deadline) {
        Handshake handshake = new Handshake(this, login, deadline);
        try {
            loop.execute(() -> begin(handshake));
        } catch (RejectedExecutionException e) {
            handshake.result().cancel(false);
        }
        return handshake.result();
    }

    private void begin(Handshake handshake) {
        handshakes.computeIfAbsent(handshake.login().address(), address -> new HashSet<>()).add(handshake);
        handshake.result().whenComplete((session, failure) -> loop.execute(() -> forget(handshake)));
        handshake.start();
    }

    private void forget(Handshake handshake) {
        handshake.stop();
        handshakes.computeIfPresent(handshake.login().address(), (address, others) -> {
            others.remove(handshake);
            return others.isEmpty() ? null : others;
        });
    }

    /** How many packets were no packets of RMCP; they were dropped. */
    public long malformed() {
        return malformed.sum();
    }

    /** How many packets bore a wrong authentication code, or a session's number without one; they were dropped. */
    public long forged() {
        return forged.sum();
    }

    /**
     * Waits for what the event loop does.
     *
     * @throws InterruptedException where the caller was interrupted; the work is given up then
     */
    static <T> T await(CompletableFuture<T> work) throws RmcpException, InterruptedException {
        try {
            return work.get();
        } catch (InterruptedException e) {
            work.cancel(false);
            throw e;
        } catch (CancellationException e) {
            throw new RmcpException(RmcpException.Reason.CLOSED, "IPMI is being shut down");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RmcpException refusal) {
                throw new RmcpException(refusal);
            }
            throw new IllegalStateException("RMCP+ failed unexpectedly", e.getCause());
        }
    }

    EventLoop loop() {
        return loop;
    }

    SecureRandom random() {
        return random;
    }

    RmcpTiming timing() {
        return timing;
    }

    /** A message's tag, different from those of the last 255. */
    int nextTag() {
        nextTag = nextTag + 1 & 0xFF;
        return nextTag;
    }

    /** A session's number that no other session here has. */
    int newSessionId() {
        int id = random.nextInt();
        return id == 0 || sessions.containsKey(id) ? newSessionId() : id;
    }

    void add(RmcpSession session) {
        sessions.put(session.consoleId(), session);
    }

    void remove(RmcpSession session) {
        sessions.remove(session.consoleId());
    }

    void send(byte[] packet, InetSocketAddress to, Consumer<Throwable> failed) {
        socket.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(packet), to)).addListener(sent -> {
            if (!sent.isSuccess()) {
                failed.accept(sent.cause());
            }
        });
    }

    void dropForged(InetSocketAddress from) {
        forged.increment();
        LOG.debug("a packet from {} has no right authentication code, dropped", from);
    }

    private void receive(byte[] bytes, InetSocketAddress from) {
        Datagram packet = Datagram.read(bytes).orElse(null);
        if (packet == null) {
            malformed.increment();
            expecting(from).forEach(Handshake::receivedGarbage);
        } else if (packet.sessionId() == 0) {
            expecting(from).forEach(handshake -> handshake.receive(packet));
        } else {
            RmcpSession session = sessions.get(packet.sessionId());
            if (session != null && session.address().equals(from)) {
                session.receive(packet);
            }
        }
    }

    private List<Handshake> expecting(InetSocketAddress from) {
        return List.copyOf(handshakes.getOrDefault(from, Set.of()));
    }

    /** Logs out everywhere, without waiting for answers longer than a session's closing takes; its loop must still run. */
    @Override
    public void close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        loop.execute(() -> {
            handshakes.values().stream().flatMap(Set::stream).toList().forEach(handshake -> handshake.result().cancel(false));
            CompletableFuture.allOf(List.copyOf(sessions.values()).stream().map(RmcpSession::close)
                    .toArray(CompletableFuture[]::new)).whenComplete((done, failure) -> {
                        socket.close();
                        closed.complete(null);
                    });
        });
        closed.join();
    }

    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            receive(ByteBufUtil.getBytes(packet.content()), packet.sender());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // One packet must not end the sessions of all BMCs.
            LOG.warn("a packet could not be handled", cause);
        }
    }
}
