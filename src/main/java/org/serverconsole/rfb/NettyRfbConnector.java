package org.serverconsole.rfb;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.serverconsole.rfb.RfbException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects over any transport. All that may block does so on the caller's thread or one of its own, never on an event loop. */
final class NettyRfbConnector implements RfbConnector {

    private static final Logger LOG = LoggerFactory.getLogger(NettyRfbConnector.class);

    private static final Map<ChannelOption<?>, Object> OPTIONS = Map.of(
            ChannelOption.TCP_NODELAY, true, ChannelOption.SO_KEEPALIVE, true, ChannelOption.AUTO_READ, false);

    private final EventLoopGroup group;

    NettyRfbConnector(EventLoopGroup group) {
        this.group = group;
    }

    @Override
    public Channel connect(RfbTarget target, Duration deadline) throws RfbException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        Promise<Channel> done = group.next().newPromise();
        Attempt attempt = new Attempt(target.peer(), done);
        InetAddress address = Lookup.of(target.host(), deadline);
        Channel channel;
        try {
            channel = new NioSocketChannel(dial(new InetSocketAddress(address, target.port()), end));
        } catch (SocketTimeoutException e) {
            throw attempt.expired(deadline);
        } catch (IOException e) {
            throw unreachable(target, e);
        }
        channel.config().setOptions(OPTIONS);
        channel.pipeline().addLast(handlers(target, attempt));
        group.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                attempt.fail(unreachable(target, registered.cause()));
            }
        });
        try {
            if (!done.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                attempt.fail(attempt.expired(deadline));
            }
        } catch (InterruptedException e) {
            done.cancel(false);
            channel.close();
            throw e;
        }
        if (done.isSuccess()) {
            return done.getNow();
        }
        channel.close();
        RfbException failure = (RfbException) done.cause();
        throw new RfbException(failure.reason(), failure.getMessage(), failure);
    }

    private static ChannelHandler handlers(RfbTarget target, Attempt attempt) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                ChannelPipeline pipeline = channel.pipeline();
                if (target.transport().encrypted()) {
                    pipeline.addLast(TlsLayer.certified(target), new AwaitTls(attempt));
                }
                if (target.transport() instanceof Transport.WebSocket web) {
                    pipeline.addLast(WebSocketUpgrade.codec(), new WebSocketUpgrade(target, web, attempt));
                }
                pipeline.addLast(new RfbClientHandshake(target, attempt));
            }
        };
    }

    /** Connects on the caller's thread, which has to wait anyway: nobody else is woken up for a server that is not there. */
    private static SocketChannel dial(InetSocketAddress address, long end) throws IOException, InterruptedException {
        SocketChannel socket = SocketChannel.open();
        try {
            // Zero would be no limit at all.
            socket.socket().connect(address, Math.toIntExact(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()))));
            return socket;
        } catch (IOException e) {
            close(socket);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while connecting");
            }
            throw e;
        }
    }

    private static void close(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A socket that was not connected could not be closed: {}", e.getMessage());
        }
    }

    private static RfbException unreachable(RfbTarget target, Throwable cause) {
        return new RfbException(Reason.UNREACHABLE, "no connection to " + target.peer() + ": " + cause.getMessage(), cause);
    }
}
