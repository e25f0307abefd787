package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.bouncycastle.tls.TlsException;
import org.serverconsole.rfb.RfbException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of the handshake (RFC 6143, 7.1), over whatever transport stands before it in the pipeline and says by
 * {@code channelActive} that it is ready. Expects auto-read off and asks for bytes only while it needs some. Leaves the
 * pipeline once it has succeeded, before it says so; what came after SecurityResult is kept for the next handler that reads.
 */
final class RfbClientHandshake extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(RfbClientHandshake.class);

    private static final Pattern BANNER = Pattern.compile("RFB (\\d{3})\\.(\\d{3})\n");
    private static final byte[] BANNER_START = "RFB ".getBytes(StandardCharsets.US_ASCII);
    private static final int BANNER_LENGTH = 12;
    private static final int LONGEST_REASON = 1024;

    private enum Step { BANNER, OFFER, DECISION, EXCHANGE, RESULT, REFUSAL }

    private final RfbTarget target;
    private final Attempt attempt;

    private int minor;
    private Step step = Step.BANNER;
    private SecurityExchange exchange;
    private Reason refusedFor = Reason.PROTOCOL;

    RfbClientHandshake(RfbTarget target, Attempt attempt) {
        this.target = target;
        this.attempt = attempt;
        exchange = new PasswordExchange(SecurityType.NONE.way(), target, attempt);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        attempt.awaits("its banner");
        ctx.read();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws RfbException {
        if (attempt.isOver()) {
            in.skipBytes(in.readableBytes());
            return;
        }
        switch (step) {
            case BANNER -> banner(ctx, in);
            case OFFER -> offer(ctx, in);
            case DECISION -> decision(ctx, in);
            case EXCHANGE -> exchange(ctx, in);
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
        attempt.awaits("its security types");
    }

    /** The minor version of RFB 3 to speak with a server that announces that version (RFC 6143, 7.1.1). */
    private int spoken(int serverMajor, int serverMinor) throws RfbException {
        if (serverMajor < 3) {
            // UltraVNC's repeater announces 000.000 and expects to be told which server is meant.
            throw attempt.failure(Reason.PROTOCOL, "announces RFB " + serverMajor + "." + serverMinor
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
        return attempt.failure(Reason.PROTOCOL, "does not speak RFB, it begins with \"" + Printable.line(in) + "\"");
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
        int chosen = choose(IntStream.range(0, count).map(i -> in.readUnsignedByte()).boxed().toList());
        send(ctx, Unpooled.wrappedBuffer(new byte[] {(byte) chosen}));
        if (chosen == SecurityType.NONE.number() && minor == 7) {
            // Only 3.8 sends a SecurityResult for None.
            succeed(ctx);
        } else {
            begin(ctx, in, chosen);
        }
    }

    private int choose(List<Integer> offered) throws RfbException {
        // VeNCrypt's servers list the plain types there, too, so that nothing is lost by asking it first.
        if (offered.contains(SecurityType.VENCRYPT) && !target.transport().encrypted()) {
            return SecurityType.VENCRYPT;
        }
        return SecurityType.best(offered, target).map(SecurityType::number)
                .or(() -> Optional.of(SecurityType.VENCRYPT).filter(offered::contains))
                .orElseThrow(() -> SecurityType.noneSuits(offered, target, attempt));
    }

    /** What RFB 3.3 has instead of an offer: the server decides. */
    private void decision(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        int type = in.readInt();
        if (type == 0) {
            awaitReason(Reason.PROTOCOL);
            return;
        }
        List<Integer> decided = List.of(type);
        SecurityType only = SecurityType.best(decided, target)
                .orElseThrow(() -> SecurityType.noneSuits(decided, target, attempt));
        if (only == SecurityType.NONE) {
            succeed(ctx);
        } else if (only == SecurityType.VNC_AUTH) {
            begin(ctx, in, type);
        } else {
            throw attempt.failure(Reason.PROTOCOL, "decides for a subtype of VeNCrypt in RFB 3.3, which has none");
        }
    }

    private void begin(ChannelHandlerContext ctx, ByteBuf in, int type) throws RfbException {
        exchange = type == SecurityType.VENCRYPT ? new VeNCrypt(target, attempt)
                : new PasswordExchange(SecurityType.of(type).way(), target, attempt);
        step = Step.EXCHANGE;
        exchange(ctx, in);
    }

    private void exchange(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        if (exchange.proceed(ctx, in)) {
            refusedFor = exchange.refusedFor();
            step = Step.RESULT;
            attempt.awaits("its security result");
        }
    }

    /** TLS, put before this within the handshake, stands or has failed. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws RfbException {
        if (event instanceof SslHandshakeCompletionEvent tls) {
            if (!tls.isSuccess()) {
                attempt.fail(TlsLayer.failure(tls.cause(), attempt));
                ctx.close();
            } else if (!attempt.isOver()) {
                exchange(ctx, Unpooled.EMPTY_BUFFER);
                ctx.read();
            }
        }
    }

    private void result(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        long result = in.readUnsignedInt();
        if (result == 0) {
            succeed(ctx);
        } else if (result == 2) {
            // TightVNC's and old RealVNC's third result, "too many attempts"; the RFC has two.
            awaitReason(Reason.BUSY);
        } else if (result == 1) {
            awaitReason(refusedFor);
        } else {
            throw attempt.failure(Reason.PROTOCOL, "sends " + result + " as its security result, neither 0 nor 1");
        }
        if (step == Step.REFUSAL && minor < 8) {
            // Only 3.8 says why.
            throw refused("");
        }
    }

    private void awaitReason(Reason unlessBusy) {
        refusedFor = unlessBusy;
        step = Step.REFUSAL;
        attempt.awaitsReasonOf(refused(""));
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
        throw refused(Printable.line(in.readSlice(length)));
    }

    private RfbException refused(String words) {
        Reason reason = Refusal.reason(words, refusedFor);
        return attempt.failure(reason, (reason == Reason.REJECTED_PASSWORD ? "refuses the password" : "refuses to be viewed")
                + (words.isEmpty() ? " and does not say why" : ": " + words));
    }

    private void succeed(ChannelHandlerContext ctx) {
        LOG.debug("{}: authenticated over RFB 3.{}", attempt.peer(), minor);
        // One read may still bring more than this has seen, such as another record of TLS.
        ctx.pipeline().replace(this, null, new HeldBytes());
        if (!attempt.succeed(ctx.channel())) {
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
            throw refused(Printable.line(in.readSlice(in.readableBytes())));
        }
        throw attempt.failure(Reason.UNREACHABLE, "closed the connection before it sent " + attempt.awaited());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        Throwable cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof RfbException failure) {
            attempt.fail(failure);
        } else if (cause instanceof SSLException || cause instanceof TlsException) {
            attempt.fail(TlsLayer.failure(cause, attempt));
        } else if (!(cause instanceof IOException)) {
            attempt.fail(new RfbException(Reason.PROTOCOL, attempt.peer() + ": the handshake failed: "
                    + Printable.text(String.valueOf(cause.getMessage())), cause));
        }
        // A broken connection is judged by decodeLast, which still has what was read before.
        ctx.close();
    }
}
