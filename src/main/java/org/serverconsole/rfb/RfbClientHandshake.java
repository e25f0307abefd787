package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.serverconsole.config.Secret;
import org.serverconsole.rfb.RfbException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of the handshake (RFC 6143, 7.1), over whatever transport stands before it in the pipeline. Expects
 * auto-read off and asks for bytes only while it needs some. Leaves the pipeline once it has succeeded, before it says so;
 * what came after SecurityResult is kept for the next handler that reads.
 */
final class RfbClientHandshake extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(RfbClientHandshake.class);

    private static final Pattern BANNER = Pattern.compile("RFB (\\d{3})\\.(\\d{3})\n");
    private static final byte[] BANNER_START = "RFB ".getBytes(StandardCharsets.US_ASCII);
    private static final int BANNER_LENGTH = 12;
    private static final int LONGEST_REASON = 1024;

    private static final Pattern BUSY = Pattern.compile("too many|busy|in use|already|maximum|limit|try again|lock");

    private enum Step {
        CONNECTING("the connection"),
        BANNER("its banner"),
        OFFER("its security types"),
        DECISION("its security type"),
        CHALLENGE("its challenge"),
        RESULT("its security result"),
        REFUSAL("the reason of its refusal");

        private final String expected;

        Step(String expected) {
            this.expected = expected;
        }
    }

    private final String peer;
    private final Secret password;
    private final Promise<Channel> done;

    private int minor;
    private volatile Step step = Step.CONNECTING;
    private volatile Reason refusedFor = Reason.PROTOCOL;

    /**
     * @param peer what messages call the server
     * @param done the channel once it stands just before ClientInit, or an {@link RfbException}
     */
    RfbClientHandshake(String peer, Secret password, Promise<Channel> done) {
        this.peer = peer;
        this.password = password;
        this.done = done;
    }

    /** What has failed if the deadline passes now; safe to ask from any thread. */
    RfbException expired(Duration deadline) {
        if (step == Step.REFUSAL) {
            return refused(Unpooled.EMPTY_BUFFER);
        }
        return new RfbException(Reason.TIMEOUT, peer + " did not finish within " + deadline.toMillis() + " ms, which was spent"
                + " waiting for " + step.expected);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        step = Step.BANNER;
        ctx.read();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws RfbException {
        if (done.isDone()) {
            in.skipBytes(in.readableBytes());
            return;
        }
        switch (step) {
            case CONNECTING, BANNER -> banner(ctx, in);
            case OFFER -> offer(ctx, in);
            case DECISION -> decision(ctx, in);
            case CHALLENGE -> challenge(ctx, in);
            case RESULT -> result(ctx, in);
            case REFUSAL -> refusal(in);
        }
    }

    private void banner(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        int start = Math.min(in.readableBytes(), BANNER_START.length);
        if (!ByteBufUtil.equals(in, in.readerIndex(), Unpooled.wrappedBuffer(BANNER_START), 0, start)) {
            throw notRfb(in);
        }
        if (in.readableBytes() < BANNER_LENGTH) {
            return;
        }
        Matcher version = BANNER.matcher(in.toString(in.readerIndex(), BANNER_LENGTH, StandardCharsets.ISO_8859_1));
        if (!version.matches()) {
            throw notRfb(in);
        }
        in.skipBytes(BANNER_LENGTH);
        minor = spoken(Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2)));
        send(ctx, Unpooled.copiedBuffer("RFB 003.00" + minor + "\n", StandardCharsets.US_ASCII));
        step = minor == 3 ? Step.DECISION : Step.OFFER;
    }

    /** The minor version of RFB 3 to speak with a server that announces that version (RFC 6143, 7.1.1). */
    private int spoken(int serverMajor, int serverMinor) throws RfbException {
        if (serverMajor < 3) {
            // UltraVNC's repeater announces 000.000 and expects to be told which server is meant.
            throw new RfbException(Reason.PROTOCOL, peer + " announces RFB " + serverMajor + "." + serverMinor
                    + ", a repeater rather than a VNC server");
        }
        // Apple announces 3.889, Intel AMT 4.0, RealVNC up to 6.0; all of them speak 3.8 with whoever answers so.
        if (serverMajor > 3 || serverMinor >= 8) {
            return 8;
        }
        // UltraVNC announces 3.4 and 3.6 for what is 3.3 on the wire.
        return serverMinor == 7 ? 7 : 3;
    }

    private RfbException notRfb(ByteBuf in) {
        return new RfbException(Reason.PROTOCOL, peer + " does not speak RFB, it begins with \"" + Printable.line(in) + "\"");
    }

    private void offer(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        if (!in.isReadable()) {
            return;
        }
        int count = in.getUnsignedByte(in.readerIndex());
        if (in.readableBytes() < 1 + count) {
            return;
        }
        in.skipBytes(1);
        if (count == 0) {
            awaitReason(Reason.PROTOCOL);
            return;
        }
        int chosen = choose(in.readSlice(count));
        send(ctx, Unpooled.wrappedBuffer(new byte[] {(byte) chosen}));
        if (chosen == SecurityType.VNC_AUTH) {
            step = Step.CHALLENGE;
        } else if (minor == 7) {
            // Only 3.8 sends a SecurityResult for None.
            succeed(ctx, in);
        } else {
            awaitResult(Reason.PROTOCOL);
        }
    }

    private int choose(ByteBuf offered) throws RfbException {
        boolean none = offered.indexOf(offered.readerIndex(), offered.writerIndex(), (byte) SecurityType.NONE) >= 0;
        boolean vncAuth = offered.indexOf(offered.readerIndex(), offered.writerIndex(), (byte) SecurityType.VNC_AUTH) >= 0;
        if (vncAuth && !password.isEmpty()) {
            return SecurityType.VNC_AUTH;
        }
        if (none) {
            return SecurityType.NONE;
        }
        if (vncAuth) {
            throw passwordMissing();
        }
        throw unsupported(SecurityType.names(offered));
    }

    /** What RFB 3.3 has instead of an offer: the server decides. */
    private void decision(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        long type = in.readUnsignedInt();
        if (type == 0) {
            awaitReason(Reason.PROTOCOL);
        } else if (type == SecurityType.NONE) {
            succeed(ctx, in);
        } else if (type != SecurityType.VNC_AUTH) {
            throw unsupported(SecurityType.name(type));
        } else if (password.isEmpty()) {
            throw passwordMissing();
        } else {
            step = Step.CHALLENGE;
        }
    }

    private RfbException passwordMissing() {
        return new RfbException(Reason.REJECTED_PASSWORD, peer + " asks for a password, but there is none for it");
    }

    private RfbException unsupported(String offered) {
        return new RfbException(Reason.UNSUPPORTED_SECURITY, peer + " offers only security types that are not spoken here: "
                + offered + "; it must offer None or VNC Authentication");
    }

    private void challenge(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.readableBytes() < VncAuth.LENGTH) {
            return;
        }
        byte[] challenge = new byte[VncAuth.LENGTH];
        in.readBytes(challenge);
        send(ctx, Unpooled.wrappedBuffer(VncAuth.response(password, challenge)));
        awaitResult(Reason.REJECTED_PASSWORD);
    }

    private void awaitResult(Reason unlessBusy) {
        refusedFor = unlessBusy;
        step = Step.RESULT;
    }

    private void result(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        long result = in.readUnsignedInt();
        if (result == 0) {
            succeed(ctx, in);
        } else if (result == 2) {
            // TightVNC's and old RealVNC's third result, "too many attempts"; the RFC has two.
            awaitReason(Reason.BUSY);
        } else if (result == 1) {
            awaitReason(refusedFor);
        } else {
            throw new RfbException(Reason.PROTOCOL, peer + " sends " + result + " as its security result, neither 0 nor 1");
        }
        if (step == Step.REFUSAL && minor < 8) {
            // Only 3.8 says why.
            throw refused(Unpooled.EMPTY_BUFFER);
        }
    }

    private void awaitReason(Reason unlessBusy) {
        refusedFor = unlessBusy;
        step = Step.REFUSAL;
    }

    private void refusal(ByteBuf in) throws RfbException {
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        int length = (int) Math.min(LONGEST_REASON, in.getUnsignedInt(in.readerIndex()));
        if (in.readableBytes() < Integer.BYTES + length) {
            return;
        }
        in.skipBytes(Integer.BYTES);
        throw refused(in.readSlice(length));
    }

    private RfbException refused(ByteBuf text) {
        String line = Printable.line(text);
        boolean busy = BUSY.matcher(line.toLowerCase(Locale.ROOT)).find();
        String what = refusedFor == Reason.REJECTED_PASSWORD && !busy ? " refuses the password" : " refuses to be viewed";
        return new RfbException(busy ? Reason.BUSY : refusedFor,
                peer + what + (line.isEmpty() ? " and does not say why" : ": " + line));
    }

    private void succeed(ChannelHandlerContext ctx, ByteBuf in) {
        LOG.debug("{}: authenticated over RFB 3.{}", peer, minor);
        if (in.isReadable()) {
            ctx.pipeline().replace(this, null, new HeldBytes());
        } else {
            ctx.pipeline().remove(this);
        }
        if (!done.trySuccess(ctx.channel())) {
            ctx.close();
        }
    }

    private static void send(ChannelHandlerContext ctx, ByteBuf bytes) {
        // Where it cannot be written the channel closes, or the server's last word is still to be read.
        ctx.writeAndFlush(bytes, ctx.voidPromise());
    }

    /** The server has closed the connection. */
    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws RfbException {
        if (step == Step.REFUSAL) {
            in.skipBytes(Math.min(in.readableBytes(), Integer.BYTES));
            throw refused(in.readSlice(in.readableBytes()));
        }
        throw new RfbException(Reason.UNREACHABLE, peer + " closed the connection before it sent " + step.expected);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        Throwable cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof RfbException) {
            done.tryFailure(cause);
        } else if (!(cause instanceof IOException)) {
            done.tryFailure(new RfbException(Reason.PROTOCOL, peer + ": the handshake failed: " + cause.getMessage(), cause));
        }
        // A broken connection is judged by decodeLast, which still has what was read before.
        ctx.close();
    }
}
