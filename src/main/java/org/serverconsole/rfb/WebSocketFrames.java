package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import org.serverconsole.rfb.RfbException.Reason;

/** Bytes for those behind it, binary frames before it (RFC 6455, 5). Answers pings. */
final class WebSocketFrames extends ChannelDuplexHandler {

    /** What a frame of the server's may carry, which is kept in memory until it is whole; in bytes. */
    static final int LONGEST = 1 << 20;

    /** What a frame of ours may carry: bmcweb's buffer for it is no larger. */
    private static final int LONGEST_SENT = 1024;

    private final Attempt attempt;
    private boolean passedOn;
    private boolean saidFarewell;

    WebSocketFrames(Attempt attempt) {
        this.attempt = attempt;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws RfbException {
        if (message instanceof BinaryWebSocketFrame || message instanceof ContinuationWebSocketFrame) {
            passedOn = true;
            ctx.fireChannelRead(((WebSocketFrame) message).content());
            return;
        }
        try {
            control(ctx, message);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void control(ChannelHandlerContext ctx, Object message) throws RfbException {
        if (message instanceof PingWebSocketFrame ping && ctx.channel().isWritable()) {
            // Where nothing can be written pongs would pile up, and it is enough to answer the last ping (RFC 6455, 5.5.3).
            ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()), ctx.voidPromise());
        } else if (message instanceof CloseWebSocketFrame close) {
            String words = Printable.line(close.reasonText());
            attempt.fail(attempt.failure(Refusal.reason(words, Reason.UNREACHABLE),
                    "closed the WebSocket with status " + close.statusCode() + (words.isEmpty() ? "" : ": " + words)));
            ctx.close();
        } else if (message instanceof TextWebSocketFrame) {
            throw attempt.failure(Reason.PROTOCOL, "sends text, not the binary frames of RFB");
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean readOn = !passedOn && !ctx.channel().config().isAutoRead();
        passedOn = false;
        ctx.fireChannelReadComplete();
        if (readOn) {
            // Only a ping: whoever asked for bytes still waits for some.
            ctx.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        while (bytes.readableBytes() > LONGEST_SENT) {
            ctx.write(new BinaryWebSocketFrame(bytes.readRetainedSlice(LONGEST_SENT)), ctx.voidPromise());
        }
        if (bytes.isReadable()) {
            ctx.write(new BinaryWebSocketFrame(bytes), promise);
        } else {
            // Such as marks the end of what has been written.
            ctx.write(bytes, promise);
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (ctx.channel().isActive() && !saidFarewell) {
            saidFarewell = true;
            ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE), ctx.voidPromise());
        }
        ctx.close(promise);
    }
}
