package org.serverconsole.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;

/**
 * A BMC that speaks Redfish (DSP0266) over TLS on loopback: sessions, of which it has few, and the power of one machine. Its
 * vendor's own is in the subclasses.
 */
public abstract class FakeRedfish implements AutoCloseable {

    /** One request; the body is that of a JSON object, or empty. */
    public record Request(String method, String path, String body) { }

    /** What a request is answered with. */
    protected record Answer(int status, String body, Map<String, String> headers) {

        protected static Answer of(int status, String body) {
            return new Answer(status, body, Map.of());
        }
    }

    public static final String USERNAME = "console";
    protected static final ObjectMapper JSON = new ObjectMapper();

    private final String password = "pw-" + UUID.randomUUID();
    private final Certificate certificate;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel listener;
    private final Map<String, String> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger mostSessions = new AtomicInteger();
    private final AtomicInteger sessionNumber = new AtomicInteger();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<String> secrets = new CopyOnWriteArrayList<>();
    private final List<String> resets = new CopyOnWriteArrayList<>();
    private volatile String powerState = "On";
    private volatile Duration latency = Duration.ZERO;
    private volatile Predicate<Request> silent = request -> false;
    private volatile Predicate<Request> hangingUp = request -> false;
    private volatile Predicate<Request> stalling = request -> false;
    private volatile Optional<byte[]> garbage = Optional.empty();
    private volatile Optional<Duration> idleLimit = Optional.empty();
    private volatile int sessionLimit = Integer.MAX_VALUE;

    protected FakeRedfish(Certificate certificate, int port) {
        this.certificate = certificate;
        addSecret(password);
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
        connections.add(channel);
        SSLEngine engine = certificate.context().createSSLEngine();
        engine.setUseClientMode(false);
        idleLimit.ifPresent(limit ->
                channel.pipeline().addLast(new ReadTimeoutHandler(limit.toMillis(), TimeUnit.MILLISECONDS)));
        channel.pipeline().addLast(new SslHandler(engine), new HttpServerCodec(), new HttpObjectAggregator(1 << 20),
                new SimpleChannelInboundHandler<FullHttpRequest>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
                        serve(ctx, request);
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        // A client that does not trust the certificate, or has gone.
                        ctx.close();
                    }
                });
    }

    /** Where it listens, {@code ip} and {@code ipport} of an inventory entry. */
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

    public String password() {
        return password;
    }

    /** Sessions that are neither deleted nor ended. */
    public int sessions() {
        return sessions.size();
    }

    /** The most sessions there have been at once. */
    public int mostSessions() {
        return mostSessions.get();
    }

    /** Takes all sessions but leaves that many to others, as if other users had them. */
    public void sessionLimit(int limit) {
        sessionLimit = limit;
    }

    /** As after a restart of the BMC, or 30 idle minutes. */
    public void forgetSessions() {
        sessions.clear();
    }

    /** TCP connections that are open. */
    public int connections() {
        return connections.size();
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public List<String> asked() {
        return requests.stream().map(request -> request.method() + " " + request.path()).toList();
    }

    public void forgetRequests() {
        requests.clear();
    }

    /** Everything that must be in no log: password, tokens, console passwords. */
    public List<String> secrets() {
        return List.copyOf(secrets);
    }

    protected void addSecret(String secret) {
        secrets.add(secret);
        VendorSecrets.keep(secret);
    }

    /** The ResetTypes that were asked for. */
    public List<String> resets() {
        return List.copyOf(resets);
    }

    public void powerState(String state) {
        powerState = state;
    }

    public String powerState() {
        return powerState;
    }

    public void vendorLatency(Duration latency) {
        this.latency = latency;
    }

    /** Hangs up on whoever asks nothing for so long, as web servers do; for connections that are yet to come. */
    public void idleLimit(Duration limit) {
        idleLimit = Optional.of(limit);
    }

    /** Requests that are accepted and never answered. */
    public void silent(Predicate<Request> request) {
        silent = request;
    }

    /** Requests that have done their work when the connection breaks instead of an answer. */
    public void hangingUp(Predicate<Request> request) {
        hangingUp = request;
    }

    /** Requests that have done their work when it falls silent. */
    public void stalling(Predicate<Request> request) {
        stalling = request;
    }

    /** What is sent instead of every answer. */
    public void garbage(Optional<byte[]> bytes) {
        garbage = bytes;
    }

    /** Breaks all connections, as a BMC does with idle ones. */
    public void hangUp() {
        connections.close().syncUninterruptibly();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        connections.close().syncUninterruptibly();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }

    protected EventLoopGroup group() {
        return group;
    }

    /** Gives a request that is no Redfish to the subclass; true where it took it. */
    protected boolean upgrade(ChannelHandlerContext ctx, FullHttpRequest request) {
        return false;
    }

    protected boolean hasSession(String id) {
        return sessions.containsValue(id);
    }

    protected Optional<String> session(String token) {
        return Optional.ofNullable(sessions.get(token));
    }

    private void serve(ChannelHandlerContext ctx, FullHttpRequest http) {
        Request request = new Request(http.method().name(), http.uri(), http.content().toString(StandardCharsets.UTF_8));
        requests.add(request);
        if (silent.test(request) || upgrade(ctx, http)) {
            return;
        }
        if (garbage.isPresent()) {
            // Past the codec, as no HTTP at all.
            ctx.pipeline().context(HttpServerCodec.class).writeAndFlush(Unpooled.wrappedBuffer(garbage.get()));
            return;
        }
        Answer answer = answer(request, Optional.ofNullable(http.headers().get("X-Auth-Token")).orElse(""),
                http.headers().contains("X-Requested-With"));
        if (hangingUp.test(request)) {
            ctx.close();
            return;
        }
        if (stalling.test(request)) {
            return;
        }
        ctx.executor().schedule(() -> send(ctx, answer), latency.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void send(ChannelHandlerContext ctx, Answer answer) {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()), Unpooled.wrappedBuffer(body));
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length).set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        answer.headers().forEach((name, value) -> response.headers().set(name, value));
        ctx.writeAndFlush(response);
    }

    private Answer answer(Request request, String token, boolean fromBrowser) {
        ObjectNode body = parsed(request.body());
        if (sessionPaths().contains(request.path()) && request.method().equals("POST")) {
            return login(request.path(), body, fromBrowser);
        }
        if (request.method().equals("POST") && request.path().endsWith("/Sessions")) {
            return error(405, "Base.1.12.OperationNotAllowed", "The HTTP method is not allowed on this resource.");
        }
        if (!sessions.containsKey(token)) {
            return error(401, "Base.1.12.NoValidSession", "There is no valid session established with the implementation.");
        }
        for (String path : sessionPaths()) {
            if (request.path().startsWith(path + "/")) {
                return session(request, request.path().substring(path.length() + 1));
            }
        }
        return system(request, body).or(() -> vendor(request, body))
                .orElseGet(() -> error(404, "Base.1.12.ResourceMissingAtURI", "The resource at the URI was not found."));
    }

    /** Where sessions are made. */
    protected abstract List<String> sessionPaths();

    /** What it says where it has no more sessions. */
    protected abstract Answer noMoreSessions();

    /** The system, without trailing slash. */
    protected abstract String systemPath();

    protected abstract ObjectNode resetAction();

    /** What is the vendor's own; empty where there is nothing. */
    protected abstract Optional<Answer> vendor(Request request, ObjectNode body);

    private Answer login(String path, ObjectNode body, boolean fromBrowser) {
        if (!USERNAME.equals(body.path("UserName").asText()) || !password.equals(body.path("Password").asText())) {
            return error(401, "Base.1.12.AccessDenied", "The account " + body.path("UserName").asText()
                    + " with password " + body.path("Password").asText() + " is not accepted.");
        }
        String token = UUID.randomUUID().toString().replace("-", "");
        synchronized (sessions) {
            if (sessions.size() >= sessionLimit) {
                return noMoreSessions();
            }
            addSecret(token);
            String id = Integer.toString(sessionNumber.incrementAndGet());
            sessions.put(token, id);
            mostSessions.accumulateAndGet(sessions.size(), Math::max);
            // A login that looks like a browser's gets a cookie instead (bmcweb).
            return new Answer(201, "{\"Id\":\"" + id + "\"}", fromBrowser
                    ? Map.of("Set-Cookie", "SESSION=" + token, "Location", path + "/" + id)
                    : Map.of("X-Auth-Token", token, "Location", path + "/" + id));
        }
    }

    private Answer session(Request request, String id) {
        if (!sessions.containsValue(id)) {
            return error(404, "Base.1.12.ResourceMissingAtURI", "There is no session " + id + ".");
        }
        if (request.method().equals("DELETE")) {
            sessions.values().remove(id);
        }
        return Answer.of(200, "{\"Id\":\"" + id + "\"}");
    }

    private Optional<Answer> system(Request request, ObjectNode body) {
        if (request.path().equals("/redfish/v1/Systems")) {
            return Optional.of(Answer.of(200, "{\"Members\":[{\"@odata.id\":\"" + systemPath() + "\"}]}"));
        }
        if (request.path().equals(systemPath())) {
            ObjectNode system = JSON.createObjectNode().put("PowerState", powerState);
            system.putObject("Actions").set("#ComputerSystem.Reset", resetAction());
            return Optional.of(Answer.of(200, system.toString()));
        }
        if (request.path().equals(systemPath() + "/Actions/ComputerSystem.Reset") && request.method().equals("POST")) {
            return Optional.of(reset(body.path("ResetType").asText()));
        }
        return Optional.empty();
    }

    private Answer reset(String type) {
        List<String> known = new ArrayList<>(List.of("On", "ForceOff", "ForceRestart", "GracefulShutdown", "PowerCycle"));
        if (!known.contains(type)) {
            return error(400, "Base.1.12.ActionParameterNotSupported", "The parameter ResetType with " + type + " is not supported.");
        }
        resets.add(type);
        powerState = type.equals("ForceOff") || type.equals("GracefulShutdown") ? "Off" : "On";
        return Answer.of(204, "");
    }

    private static ObjectNode parsed(String body) {
        try {
            JsonNode json = body.isEmpty() ? JSON.createObjectNode() : JSON.readTree(body);
            return json instanceof ObjectNode object ? object : JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("sent what is no JSON: " + body, e);
        }
    }

    /** An extended error (DSP0266, 8.6). */
    protected static Answer error(int status, String id, String message) {
        return Answer.of(status, errorBody(Map.of(id, message)));
    }

    protected static String errorBody(Map<String, String> messages) {
        return "{\"error\":{\"code\":\"Base.1.12.GeneralError\",\"message\":\"See ExtendedInfo.\",\"@Message.ExtendedInfo\":["
                + messages.entrySet().stream().map(each -> "{\"MessageId\":\"" + each.getKey() + "\",\"Message\":\""
                        + each.getValue().replace("\"", "\\\"") + "\"}").collect(Collectors.joining(",")) + "]}}";
    }
}
