package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;
import java.util.stream.IntStream;
import org.serverconsole.rfb.RfbException.Reason;
import org.serverconsole.rfb.SecurityType.Encryption;

/**
 * VeNCrypt 0.2: a subtype is agreed on, TLS put before what follows, and the password shown. Follows the servers of TigerVNC
 * 1.12 and QEMU 7.2 and the community's rfbproto.rst; its authors' own text is no longer to be had.
 */
final class VeNCrypt implements SecurityExchange {

    private static final int VERSION_LENGTH = 2;
    private static final int MINOR = 2;

    private enum Step { VERSION, AGREEMENT, SUBTYPES, TLS_ACCEPTED, TLS, PASSWORD }

    private final RfbTarget target;
    private final Attempt attempt;

    private Step step = Step.VERSION;
    private SecurityType subtype = SecurityType.NONE;
    private SecurityExchange afterwards;

    VeNCrypt(RfbTarget target, Attempt attempt) {
        this.target = target;
        this.attempt = attempt;
        afterwards = new PasswordExchange(subtype.way(), target, attempt);
        attempt.awaits("its version of VeNCrypt");
    }

    @Override
    public boolean proceed(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        return switch (step) {
            case VERSION -> version(ctx, in);
            case AGREEMENT -> agreement(in);
            case SUBTYPES -> subtypes(ctx, in);
            case TLS_ACCEPTED -> tlsAccepted(ctx, in);
            // What arrives comes through TLS now, so that it stands.
            case TLS -> beginPassword(ctx, in);
            case PASSWORD -> afterwards.proceed(ctx, in);
        };
    }

    private boolean version(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        if (in.readableBytes() < VERSION_LENGTH) {
            return false;
        }
        int major = in.readUnsignedByte();
        int minor = in.readUnsignedByte();
        if (major == 0 && minor < MINOR) {
            throw attempt.failure(Reason.UNSUPPORTED_SECURITY, "speaks VeNCrypt 0." + minor + "; it must speak 0.2");
        }
        ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {0, MINOR}), ctx.voidPromise());
        step = Step.AGREEMENT;
        return false;
    }

    private boolean agreement(ByteBuf in) throws RfbException {
        if (!in.isReadable()) {
            return false;
        }
        if (in.readByte() != 0) {
            throw attempt.failure(Reason.UNSUPPORTED_SECURITY, "does not speak VeNCrypt 0.2");
        }
        attempt.awaits("its subtypes of VeNCrypt");
        step = Step.SUBTYPES;
        return false;
    }

    private boolean subtypes(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        if (!in.isReadable()) {
            return false;
        }
        int count = in.getUnsignedByte(in.readerIndex());
        if (in.readableBytes() < 1 + count * Integer.BYTES) {
            return false;
        }
        in.skipBytes(1);
        List<Integer> offered = IntStream.range(0, count).map(i -> in.readInt()).boxed().toList();
        subtype = SecurityType.best(offered, target)
                .orElseThrow(() -> SecurityType.noneSuits(offered, target, attempt));
        ctx.writeAndFlush(Unpooled.copyInt(subtype.number()), ctx.voidPromise());
        if (subtype.encryption() == Encryption.NONE) {
            return beginPassword(ctx, in);
        }
        attempt.awaits("its consent to TLS");
        step = Step.TLS_ACCEPTED;
        return false;
    }

    private boolean tlsAccepted(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        if (!in.isReadable()) {
            return false;
        }
        if (in.readByte() == 0) {
            throw attempt.failure(Reason.PROTOCOL, "offers TLS but cannot speak it");
        }
        if (in.isReadable()) {
            // It must wait for us. What came before TLS may be anybody's, and must not pass for what came in it.
            throw attempt.failure(Reason.PROTOCOL, "speaks on before TLS has begun");
        }
        attempt.awaits("the end of the TLS handshake");
        step = Step.TLS;
        ctx.pipeline().addBefore(ctx.name(), null, subtype.encryption() == Encryption.CERTIFICATE
                ? TlsLayer.certified(target) : new AnonymousTls());
        return false;
    }

    private boolean beginPassword(ChannelHandlerContext ctx, ByteBuf in) throws RfbException {
        afterwards = new PasswordExchange(subtype.way(), target, attempt);
        step = Step.PASSWORD;
        return afterwards.proceed(ctx, in);
    }

    @Override
    public Reason refusedFor() {
        return afterwards.refusedFor();
    }
}
