package org.serverconsole.kiosk;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import jdk.net.ExtendedSocketOptions;
import org.serverconsole.relay.Splice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A browser's only way out: an HTTP proxy on loopback that connects to one {@link Site} and refuses all else. It checks the
 * site's certificate on every connection, as adapters do, and shows the browser one of its own instead.
 */
final class Gate implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final int CONNECT_MILLIS = 10_000;
    /** A BMC that has lost its power says nothing: it is asked after so long, so often, so many times. */
    private static final int SECONDS_IDLE = 20;
    private static final int SECONDS_BETWEEN = 5;
    private static final int TIMES = 4;
    private static final int MOST_REMEMBERED = 100;
    private static final int LARGEST_REQUEST = 1 << 16;

    private final GateCertificate certificate;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Channel listener;
    private volatile Optional<Way> way = Optional.empty();
    private volatile Optional<Throwable> failure = Optional.empty();

    /** @param address of the site, since an event loop cannot wait until its name is resolved */
    private record Way(Site site, InetSocketAddress address) { }

    Gate(EventLoopGroup group, GateCertificate certificate) {
        this.certificate = certificate;
        listener = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline().addLast("http", new HttpServerCodec())
                                .addLast("whole", new HttpObjectAggregator(LARGEST_REQUEST)).addLast("gate", new Door());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly().channel();
    }

    /** Opens it to that site alone, which is at that address. */
    void allow(Site allowed, InetAddress address) {
        way = Optional.of(new Way(allowed, new InetSocketAddress(address, allowed.port())));
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** What last kept it from reaching the site. */
    Optional<Throwable> failure() {
        return failure;
    }

    /** Whether that was asked for, and refused. */
    boolean hasRefused(String authority) {
        return refused.contains(authority);
    }

    @Override
    public void close() {
        listener.close();
        connections.close();
    }

    /** Takes one CONNECT. */
    private final class Door extends SimpleChannelInboundHandler<FullHttpRequest> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            Optional<Way> allowed = way.filter(known -> request.method().equals(HttpMethod.CONNECT)
                    && request.uri().equalsIgnoreCase(known.site().authority()));
            if (allowed.isEmpty()) {
                if (refused.size() < MOST_REMEMBERED) {
                    refused.add(request.uri().replaceFirst("^\\w+://([^/]*).*", "$1"));
                }
                LOG.debug("a kiosk asked for {} {} and was refused", request.method(), request.uri());
                answer(ctx, HttpResponseStatus.FORBIDDEN).addListener(ChannelFutureListener.CLOSE);
                return;
            }
            ctx.channel().config().setAutoRead(false);
            connect(ctx, allowed.get());
        }

        private void connect(ChannelHandlerContext ctx, Way allowed) {
            SslHandler tls = new SslHandler(client(allowed.site()));
            tls.setHandshakeTimeoutMillis(CONNECT_MILLIS);
            new Bootstrap().group(ctx.channel().eventLoop()).channel(NioSocketChannel.class)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.SO_KEEPALIVE, true)
                    .option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), SECONDS_IDLE)
                    .option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), SECONDS_BETWEEN)
                    .option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), TIMES)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            connections.add(channel);
                            channel.pipeline().addLast(tls);
                        }
                    })
                    .connect(allowed.address())
                    .addListener(connected -> {
                        if (!connected.isSuccess()) {
                            fail(ctx, connected.cause());
                        }
                    });
            tls.handshakeFuture().addListener(shaken -> {
                if (shaken.isSuccess()) {
                    join(ctx, tls);
                } else if (ctx.channel().isActive()) {
                    fail(ctx, shaken.cause());
                }
            });
        }

        private void fail(ChannelHandlerContext ctx, Throwable cause) {
            failure = Optional.of(cause);
            LOG.debug("a kiosk could not be connected", cause);
            answer(ctx, HttpResponseStatus.BAD_GATEWAY).addListener(ChannelFutureListener.CLOSE);
        }

        private void join(ChannelHandlerContext ctx, SslHandler tls) {
            Channel browser = ctx.channel();
            Channel bmc = tls.handshakeFuture().getNow();
            answer(ctx, HttpResponseStatus.OK);
            browser.pipeline().remove("whole");
            browser.pipeline().remove("http");
            SSLEngine engine = certificate.context().createSSLEngine();
            engine.setUseClientMode(false);
            browser.closeFuture().addListener(closed -> bmc.close());
            bmc.closeFuture().addListener(closed -> browser.close());
            bmc.config().setAutoRead(false);
            browser.pipeline().addLast(new SslHandler(engine), new Splice(bmc, bytes -> { }));
            browser.pipeline().remove("gate");
            bmc.pipeline().addLast(new Splice(browser, bytes -> { }));
        }

        private static SSLEngine client(Site site) {
            String name = site.trust().hostName().isEmpty() ? site.host() : site.trust().hostName();
            SSLEngine engine = site.trust().context().createSSLEngine(name, site.port());
            engine.setUseClientMode(true);
            if (site.trust().checkHostName()) {
                SSLParameters parameters = engine.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                engine.setSSLParameters(parameters);
            }
            return engine;
        }

        private static ChannelFuture answer(ChannelHandlerContext ctx, HttpResponseStatus status) {
            FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
            if (!status.equals(HttpResponseStatus.OK)) {
                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            }
            return ctx.writeAndFlush(response);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // A browser that has gone.
            ctx.close();
        }
    }
}
