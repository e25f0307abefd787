package org.serverconsole.fake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A BMC with bmcweb, whose KVM carries an RFB server's stream through a WebSocket, with the limits of the real one. */
public final class FakeOpenBmc extends FakeRedfish {

    private static final String SYSTEM = "/redfish/v1/Systems/system";
    private static final String KVM = "/kvm/0";
    private static final int MOST_KVM = 4;
    /** What its buffer takes of one message, towards the RFB server. */
    private static final int LONGEST_UP = 1024;
    private static final int LONGEST_DOWN = 4096;
    private static final int PONG_SECONDS = 3;

    private final int rfbPort;
    private final Map<Channel, String> viewers = new ConcurrentHashMap<>();
    private final Map<String, Boolean> viewed = new ConcurrentHashMap<>();
    private final AtomicInteger overruns = new AtomicInteger();
    private final AtomicInteger pongs = new AtomicInteger();

    private FakeOpenBmc(Certificate certificate, int port, int rfbPort) {
        super(certificate, port);
        this.rfbPort = rfbPort;
    }

    /**
     * Starts one.
     *
     * @param port where it listens; 0 for a free one
     * @param rfbPort where its RFB server is, of security type None
     */
    public static FakeOpenBmc start(Certificate certificate, int port, int rfbPort) {
        return new FakeOpenBmc(certificate, port, rfbPort);
    }

    /** KVM connections that are open. */
    public int viewers() {
        return viewers.size();
    }

    /** Whether a session with which the KVM was opened is still there. */
    public boolean viewersSessionLeft() {
        return viewed.keySet().stream().anyMatch(this::hasSession);
    }

    /** KVM connections that were cut for a message that was too long. */
    public int overruns() {
        return overruns.get();
    }

    /** Pings that were answered. */
    public int pongs() {
        return pongs.get();
    }

    @Override
    protected List<String> sessionPaths() {
        return List.of("/redfish/v1/SessionService/Sessions");
    }

    @Override
    protected Answer noMoreSessions() {
        return error(503, "Base.1.13.0.SessionLimitExceeded",
                "The session establishment failed due to the number of simultaneous sessions exceeding the limit of the implementation.");
    }

    @Override
    protected String systemPath() {
        return SYSTEM;
    }

    /** What it can do stands elsewhere. */
    @Override
    protected ObjectNode resetAction() {
        return JSON.createObjectNode().put("target", SYSTEM + "/Actions/ComputerSystem.Reset")
                .put("@Redfish.ActionInfo", SYSTEM + "/ResetActionInfo");
    }

    @Override
    protected Optional<Answer> vendor(Request request, ObjectNode body) {
        if (!request.path().equals(SYSTEM + "/ResetActionInfo")) {
            return Optional.empty();
        }
        ObjectNode info = JSON.createObjectNode();
        ObjectNode parameter = info.putArray("Parameters").addObject().put("Name", "ResetType").put("Required", true);
        List.of("On", "ForceOff", "ForceOn", "ForceRestart", "GracefulRestart", "GracefulShutdown", "PowerCycle", "Nmi")
                .forEach(parameter.putArray("AllowableValues")::add);
        return Optional.of(Answer.of(200, info.toString()));
    }

    @Override
    protected boolean upgrade(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!request.headers().contains(HttpHeaderNames.UPGRADE, "websocket", true)) {
            return false;
        }
        Optional<String> session = session(request.headers().get("X-Auth-Token", ""));
        HttpResponseStatus refusal = session.isEmpty() ? HttpResponseStatus.UNAUTHORIZED : HttpResponseStatus.NOT_FOUND;
        if (session.isEmpty() || !request.uri().equals(KVM)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, refusal, Unpooled.EMPTY_BUFFER))
                    .addListener(ChannelFutureListener.CLOSE);
            return true;
        }
        // The subprotocol asked for is chosen, whatever it is.
        String protocol = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
        new WebSocketServerHandshakerFactory(KVM, protocol, false, 1 << 16).newHandshaker(request)
                .handshake(ctx.channel(), request).addListener(done -> {
                    if (done.isSuccess()) {
                        open(ctx.channel(), session.get());
                    }
                });
        return true;
    }

    private void open(Channel viewer, String session) {
        if (viewers.size() >= MOST_KVM) {
            hangUp(viewer, "Max sessions are already connected");
            return;
        }
        viewers.put(viewer, session);
        viewed.put(session, true);
        viewer.closeFuture().addListener(closed -> viewers.remove(viewer));
        viewer.config().setAutoRead(false);
        new Bootstrap().group(viewer.eventLoop()).channel(NioSocketChannel.class).option(ChannelOption.AUTO_READ, false)
                .handler(new Down(viewer))
                .connect(InetAddress.getLoopbackAddress(), rfbPort)
                .addListener((ChannelFutureListener) connected -> {
                    if (!connected.isSuccess()) {
                        hangUp(viewer, "quit");
                        return;
                    }
                    viewer.pipeline().addLast(new Up(connected.channel()));
                    viewer.config().setAutoRead(true);
                    connected.channel().read();
                });
        ping(viewer);
    }

    private void ping(Channel viewer) {
        int before = pongs.get();
        viewer.writeAndFlush(new PingWebSocketFrame(Unpooled.copyInt(before)));
        viewer.eventLoop().schedule(() -> {
            if (pongs.get() == before) {
                viewer.close();
            }
        }, PONG_SECONDS, TimeUnit.SECONDS);
    }

    private static void hangUp(Channel viewer, String why) {
        viewer.writeAndFlush(new CloseWebSocketFrame(1000, why)).addListener(ChannelFutureListener.CLOSE);
    }

    /** From the viewer to the RFB server. */
    private final class Up extends SimpleChannelInboundHandler<WebSocketFrame> {

        private final Channel server;

        private Up(Channel server) {
            this.server = server;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
            if (frame instanceof PongWebSocketFrame) {
                pongs.incrementAndGet();
            } else if (frame instanceof CloseWebSocketFrame) {
                ctx.close();
            } else if (frame.content().readableBytes() > LONGEST_UP) {
                overruns.incrementAndGet();
                hangUp(ctx.channel(), "Buffer overrun");
            } else {
                server.writeAndFlush(frame.content().retain());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            server.close();
        }
    }

    /** From the RFB server to the viewer: in frames of 4096 bytes at most, each of them in two parts. */
    private static final class Down extends ChannelInboundHandlerAdapter {

        private final Channel viewer;

        private Down(Channel viewer) {
            this.viewer = viewer;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            while (bytes.isReadable()) {
                ByteBuf piece = bytes.readRetainedSlice(Math.min(LONGEST_DOWN, bytes.readableBytes()));
                ByteBuf first = piece.readRetainedSlice(piece.readableBytes() / 2);
                viewer.write(new BinaryWebSocketFrame(false, 0, first));
                viewer.write(new ContinuationWebSocketFrame(true, 0, piece));
            }
            bytes.release();
            viewer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> ctx.read());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            FakeOpenBmc.hangUp(viewer, "quit");
        }
    }
}
