package org.serverconsole.relay;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.serverconsole.config.Secret;
import org.serverconsole.rfb.HeldBytes;
import org.serverconsole.rfb.RfbServerHandshake;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port to one console. guacd's connection is put on the console's event loop, so that what passes between them never
 * changes threads.
 */
final class OneShotPort implements RelayPort {

    private static final Logger LOG = LoggerFactory.getLogger(OneShotPort.class);

    /** How much may wait to be written to one side before the other is no longer read; in bytes. */
    private static final WriteBufferWaterMark PENDING = new WriteBufferWaterMark(64 * 1024, 128 * 1024);

    /** How long a side may take to receive what the other has sent before it hung up. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final Channel console;
    private final Protocol protocol;
    private final Secret password;
    private final SecureRandom random;
    private final AtomicReference<End> end = new AtomicReference<>(End.NOT_ENDED);
    private final CompletableFuture<End> ended = new CompletableFuture<>();
    private volatile int port;
    private final AtomicLong consoleBytes = new AtomicLong();
    private volatile boolean spliced;
    private volatile Channel listener;
    private volatile Channel guacd;

    OneShotPort(Channel console, Protocol protocol, Secret password, SecureRandom random) {
        this.console = console;
        this.protocol = protocol;
        this.password = password;
        this.random = random;
    }

    void listen(EventLoopGroup group, InetSocketAddress address, Duration patience) throws IOException {
        ChannelFuture binding = new ServerBootstrap()
                .group(group, console.eventLoop())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, PENDING)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accept(accepted);
                    }
                })
                .bind(address).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            console.close();
            throw new IOException("no port for the relay at " + address.getAddress().getHostAddress() + ": "
                    + binding.cause().getMessage(), binding.cause());
        }
        listener = binding.channel();
        port = ((InetSocketAddress) listener.localAddress()).getPort();
        watchConsole();
        console.eventLoop().schedule(this::outOfPatience, patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Only who reads learns that the other side has hung up; what is read too early is held. */
    private void watchConsole() {
        console.config().setAutoRead(false).setWriteBufferWaterMark(PENDING);
        HeldBytes early = new HeldBytes();
        console.eventLoop().execute(() -> {
            console.pipeline().addLast(early);
            console.pipeline().context(early).read();
        });
        console.closeFuture().addListener(closed -> endBy(End.CONSOLE));
    }

    private void accept(Channel accepted) {
        if (guacd != null) {
            accepted.close();
            return;
        }
        guacd = accepted;
        // Somebody may come before bind() has returned.
        listener = accepted.parent();
        listener.close();
        accepted.pipeline().addLast(switch (protocol) {
            case RFB -> new RfbServerHandshake(password, random, this::splice);
            case TELNET -> new TelnetServer(password, this::splice);
        });
        accepted.closeFuture().addListener(closed -> endBy(End.GUACD));
        if (end() != End.NOT_ENDED) {
            accepted.close();
        }
    }

    private void splice() {
        spliced = true;
        guacd.pipeline().addLast(new Splice(console, bytes -> { }));
        console.pipeline().addLast(new Splice(guacd, consoleBytes::addAndGet));
    }

    private void outOfPatience() {
        if (!spliced && end() == End.NOT_ENDED) {
            LOG.warn("guacd did not come to the relay's port {} in time", port);
            close();
        }
    }

    private void endBy(End who) {
        if (!end.compareAndSet(End.NOT_ENDED, who)) {
            return;
        }
        listener.close();
        if (who == End.CLOSED) {
            cut();
        } else {
            // One of the two is closed already. The other first gets what has been sent to it.
            closeOnceWritten(console);
            if (guacd != null) {
                closeOnceWritten(guacd);
            }
            console.eventLoop().schedule(this::cut, LINGER.toNanos(), TimeUnit.NANOSECONDS);
        }
        ended.complete(who);
    }

    private static void closeOnceWritten(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void cut() {
        console.close();
        if (guacd != null) {
            guacd.close();
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Secret password() {
        return password;
    }

    @Override
    public End end() {
        return end.get();
    }

    @Override
    public CompletionStage<End> ended() {
        return ended.minimalCompletionStage();
    }

    @Override
    public long consoleBytes() {
        return consoleBytes.get();
    }

    @Override
    public void close() {
        endBy(End.CLOSED);
        // Also where one side has hung up and the other is still given time.
        cut();
    }
}
