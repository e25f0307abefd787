package org.serverconsole.rfb;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.serverconsole.rfb.RfbException.Reason;

/** Connects over any transport. All that may block does so on the caller's thread or one of its own, never on an event loop. */
final class NettyRfbConnector implements RfbConnector {

    private final EventLoopGroup group;

    NettyRfbConnector(EventLoopGroup group) {
        this.group = group;
    }

    @Override
    public Channel connect(RfbTarget target, Duration deadline) throws RfbException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        InetAddress address = resolve(target.host(), deadline);
        Promise<Channel> done = group.next().newPromise();
        Attempt attempt = new Attempt(target.peer(), done);
        ChannelFuture connecting = bootstrap().handler(handlers(target, attempt)).connect(address, target.port());
        connecting.addListener(connected -> {
            if (!connected.isSuccess()) {
                Throwable cause = connected.cause();
                attempt.fail(new RfbException(Reason.UNREACHABLE,
                        "no connection to " + target.peer() + ": " + cause.getMessage(), cause));
            }
        });
        try {
            if (!done.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                attempt.fail(attempt.expired(deadline));
            }
        } catch (InterruptedException e) {
            done.cancel(false);
            connecting.channel().close();
            throw e;
        }
        if (done.isSuccess()) {
            return done.getNow();
        }
        connecting.channel().close();
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

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.AUTO_READ, false)
                // The caller's deadline covers connecting too.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
    }

    /** Resolves on a thread that may be left behind: neither a deadline nor an interrupt ends a lookup of the JDK's. */
    private static InetAddress resolve(String host, Duration deadline) throws RfbException, InterruptedException {
        FutureTask<InetAddress> lookup = new FutureTask<>(() -> InetAddress.getByName(host));
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            lookup.run();
        } else {
            Thread thread = new Thread(lookup, "lookup of " + host);
            thread.setDaemon(true);
            thread.start();
        }
        try {
            return lookup.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new RfbException(Reason.UNREACHABLE, "the name " + host + " has no address", e.getCause());
        } catch (TimeoutException e) {
            throw new RfbException(Reason.TIMEOUT, "the name " + host + " was not resolved within " + deadline.toMillis()
                    + " ms", e);
        }
    }
}
