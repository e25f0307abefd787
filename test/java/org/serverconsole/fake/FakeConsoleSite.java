package org.serverconsole.fake;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;

/**
 * A BMC's web server over TLS on loopback, whose console is a page with a canvas: it sends keys and mouse over a WebSocket and
 * draws what comes back. What leads there is its vendor's, in the subclasses.
 */
public abstract class FakeConsoleSite implements AutoCloseable {

    /** One request. */
    protected record Request(String method, String uri, String body, Map<String, String> cookies, Map<String, String> headers) {

        /** Without query. */
        public String path() {
            return uri.split("\\?", 2)[0];
        }

        public String query() {
            return uri.contains("?") ? uri.split("\\?", 2)[1] : "";
        }
    }

    /** What a request is answered with. */
    protected record Answer(int status, String type, String body, Map<String, String> headers) {

        protected static Answer html(String body) {
            return new Answer(200, "text/html; charset=utf-8", body, Map.of());
        }

        protected static Answer of(int status, String type, String body) {
            return new Answer(status, type, body, Map.of());
        }
    }

    /** The socket of the console is at that path, under whatever query. */
    protected static final String SOCKET = "/kvm";

    private final Certificate certificate;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ChannelGroup viewers = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final Channel listener;
    private volatile Duration latency = Duration.ZERO;
    private volatile Optional<byte[]> garbage = Optional.empty();
    private volatile Predicate<String> silent = path -> false;
    private volatile boolean away;

    protected FakeConsoleSite(Certificate certificate, int port) {
        this.certificate = certificate;
        listener = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)).syncUninterruptibly().channel();
    }

    private void accept(Channel channel) {
        if (away) {
            channel.close();
            return;
        }
        connections.add(channel);
        SSLEngine engine = certificate.context().createSSLEngine();
        engine.setUseClientMode(false);
        channel.pipeline().addLast(new SslHandler(engine), new HttpServerCodec(), new HttpObjectAggregator(1 << 20), new Web());
    }

    /** Its vendor's answer; empty for a 404. */
    protected abstract Optional<Answer> answer(Request request);

    /** Whether whoever opens the socket may see the console. */
    protected abstract boolean mayWatch(Request request);

    /** A page with the console, under the BMC's own frame of menus. */
    protected final Answer consolePage(String canvas) {
        return Answer.html("""
                <!doctype html><title>console</title><body style="background:#fff">
                <div id="menu">BMC menu <a href="/logout">log out</a> <input id="file" type="file"></div>
                <div id="frame" style="padding:40px"><canvas id="%s" width="800" height="600" tabindex="0"></canvas></div>
                <script>
                const canvas = document.querySelector('canvas'), ctx = canvas.getContext('2d');
                const socket = new WebSocket('wss://' + location.host + '/kvm' + location.search);
                const draw = () => { ctx.fillStyle = '#000'; ctx.fillRect(0, 0, canvas.width, canvas.height);
                  ctx.fillStyle = '#0f0'; ctx.font = '20px monospace'; ctx.fillText('server console', 10, 30); };
                let x = 10;
                draw();
                socket.onmessage = message => {
                  const [kind, text] = message.data.split(' ');
                  if (kind === 'key') { ctx.fillText(text, x, 60); x += 14 * text.length; }
                  if (kind === 'mouse') { ctx.fillRect(...text.split(',').map(Number), 12, 12); }
                  if (kind === 'size') { [canvas.width, canvas.height] = text.split('x').map(Number); draw(); }
                };
                canvas.addEventListener('keydown', e => { socket.send('key ' + e.key); e.preventDefault(); });
                canvas.addEventListener('mousedown', e => { canvas.focus(); socket.send('mouse ' + e.offsetX + ',' + e.offsetY); });
                </script>""".formatted(canvas));
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** PEM for {@code console-ca-file}. */
    public Path caFile() {
        return certificate.pem();
    }

    public Certificate certificate() {
        return certificate;
    }

    /** Consoles that are being watched. */
    public int viewers() {
        return viewers.size();
    }

    /** TCP connections that are open. */
    public int connections() {
        return connections.size();
    }

    /** Everything asked so far, as method and URI. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** The keys that have arrived so far, one after the other. */
    public String keys() {
        return received.stream().filter(each -> each.startsWith("key ")).map(each -> each.substring(4)).collect(Collectors.joining());
    }

    /** What has arrived at the console so far, such as {@code key a} and {@code mouse 10,20}. */
    public List<String> received() {
        return List.copyOf(received);
    }

    /** Gives the picture another size. */
    public void resize(int width, int height) {
        send("size " + width + "x" + height);
    }

    /** Sends that to the pages that show the console. */
    public void send(String text) {
        viewers.writeAndFlush(new TextWebSocketFrame(text));
    }

    public void vendorLatency(Duration latency) {
        this.latency = latency;
    }

    /** Paths that are never answered. */
    public void silent(Predicate<String> path) {
        silent = path;
    }

    /** What is sent instead of every answer. */
    public void garbage(Optional<byte[]> bytes) {
        garbage = bytes;
    }

    /** Breaks all connections, and takes none until it is back. */
    public void away(boolean away) {
        this.away = away;
        if (away) {
            connections.close().syncUninterruptibly();
        }
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        connections.close().syncUninterruptibly();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }

    private static Request request(FullHttpRequest http) {
        Map<String, String> cookies = ServerCookieDecoder.LAX.decode(http.headers().get(HttpHeaderNames.COOKIE, "")).stream()
                .collect(Collectors.toMap(Cookie::name, Cookie::value, (first, second) -> first));
        Map<String, String> headers = http.headers().entries().stream()
                .collect(Collectors.toMap(each -> each.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue, (a, b) -> a));
        return new Request(http.method().name(), http.uri(), http.content().toString(StandardCharsets.UTF_8), cookies, headers);
    }

    /** Of one connection. */
    private final class Web extends SimpleChannelInboundHandler<Object> {

        private Optional<WebSocketServerHandshaker> socket = Optional.empty();

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object message) {
            if (message instanceof FullHttpRequest http) {
                serve(ctx, http);
            } else if (message instanceof TextWebSocketFrame frame) {
                received.add(frame.text());
                ctx.writeAndFlush(frame.retain());
            } else if (message instanceof WebSocketFrame) {
                ctx.close();
            }
        }

        private void serve(ChannelHandlerContext ctx, FullHttpRequest http) {
            Request request = request(http);
            requests.add(request.method() + " " + request.uri());
            if (silent.test(request.path())) {
                return;
            }
            if (garbage.isPresent()) {
                ctx.pipeline().context(HttpServerCodec.class).writeAndFlush(Unpooled.wrappedBuffer(garbage.get()));
                return;
            }
            if (request.path().equals(SOCKET)) {
                watch(ctx, http, request);
                return;
            }
            Answer answer = answer(request).orElse(Answer.of(404, "text/html", "<h1>not here</h1>"));
            ctx.executor().schedule(() -> send(ctx, answer), latency.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void watch(ChannelHandlerContext ctx, FullHttpRequest http, Request request) {
            if (!mayWatch(request)) {
                send(ctx, Answer.of(403, "text/plain", "no"));
                return;
            }
            socket = Optional.of(new WebSocketServerHandshakerFactory("", null, true).newHandshaker(http));
            socket.get().handshake(ctx.channel(), http);
            viewers.add(ctx.channel());
        }

        private void send(ChannelHandlerContext ctx, Answer answer) {
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(answer.status()), Unpooled.wrappedBuffer(body));
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length).set(HttpHeaderNames.CONTENT_TYPE, answer.type());
            answer.headers().forEach((name, value) -> response.headers().set(name, value));
            ctx.writeAndFlush(response);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // A client that does not trust the certificate, or has gone.
            ctx.close();
        }
    }
}
