package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import org.serverconsole.config.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of the handshake (RFC 6143, 7.1) towards guacd: RFB 3.8, VNC Authentication and nothing else. A client
 * that does otherwise or does not know the password is disconnected; how long it may take is for others to say. Expects
 * auto-read off, and leaves the pipeline when the client stands just before ClientInit.
 */
public final class RfbServerHandshake extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(RfbServerHandshake.class);

    private static final byte[] VERSION = "RFB 003.008\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte VNC_AUTH = (byte) SecurityType.VNC_AUTH.number();
    private static final byte[] OFFER = {1, VNC_AUTH};
    private static final String REFUSAL = "Authentication failed";

    private enum Step { VERSION, CHOICE, RESPONSE }

    private final Secret password;
    private final byte[] challenge = new byte[VncAuth.LENGTH];
    private final Runnable passed;

    private Step step = Step.VERSION;
    private boolean refused;

    /**
     * @param password what the client must know; 8 characters count
     * @param passed runs on the event loop once SecurityResult has been sent; the handlers it adds to the pipeline receive
     *     what the client has sent since
     */
    public RfbServerHandshake(Secret password, SecureRandom random, Runnable passed) {
        this.password = password;
        this.passed = passed;
        random.nextBytes(challenge);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(VERSION), ctx.voidPromise());
        ctx.read();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        switch (step) {
            case VERSION -> version(ctx, in);
            case CHOICE -> choice(ctx, in);
            case RESPONSE -> response(ctx, in);
        }
    }

    private void version(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.readableBytes() < VERSION.length) {
            return;
        }
        if (!in.readSlice(VERSION.length).equals(Unpooled.wrappedBuffer(VERSION))) {
            hangUp(ctx, "does not speak RFB 3.8");
            return;
        }
        ctx.writeAndFlush(Unpooled.wrappedBuffer(OFFER), ctx.voidPromise());
        step = Step.CHOICE;
    }

    private void choice(ChannelHandlerContext ctx, ByteBuf in) {
        if (!in.isReadable()) {
            return;
        }
        if (in.readByte() != VNC_AUTH) {
            hangUp(ctx, "chose a security type that was not offered");
            return;
        }
        ctx.writeAndFlush(Unpooled.copiedBuffer(challenge), ctx.voidPromise());
        step = Step.RESPONSE;
    }

    private void response(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.readableBytes() < VncAuth.LENGTH) {
            return;
        }
        byte[] response = new byte[VncAuth.LENGTH];
        in.readBytes(response);
        if (!MessageDigest.isEqual(response, VncAuth.response(password, challenge))) {
            refuse(ctx);
            return;
        }
        ctx.writeAndFlush(Unpooled.copyInt(0), ctx.voidPromise());
        passed.run();
        ctx.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext ctx) {
        LOG.warn("{} does not know the password of the relay's port {}", ctx.channel().remoteAddress(), ctx.channel().localAddress());
        refused = true;
        ByteBuf result = ctx.alloc().buffer().writeInt(1).writeInt(REFUSAL.length());
        result.writeCharSequence(REFUSAL, StandardCharsets.US_ASCII);
        ctx.writeAndFlush(result).addListener(ChannelFutureListener.CLOSE);
    }

    private void hangUp(ChannelHandlerContext ctx, String why) {
        LOG.warn("{} {}", ctx.channel().remoteAddress(), why);
        refused = true;
        ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("handshake with {} broke", ctx.channel().remoteAddress(), cause);
        ctx.close();
    }
}
