package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import org.serverconsole.rfb.RfbException.Reason;

/** Shows the server the password in one of three ways. */
final class PasswordExchange implements SecurityExchange {

    /** How. */
    enum Way {
        /** Not at all. */
        NONE,
        /** VNC Authentication (RFC 6143, 7.2.2). */
        VNC,
        /** VeNCrypt's Plain: user name and password as they are, in UTF-8, both lengths before them. */
        PLAIN
    }

    private final Way way;
    private final RfbTarget target;

    PasswordExchange(Way way, RfbTarget target, Attempt attempt) {
        this.way = way;
        this.target = target;
        if (way == Way.VNC) {
            attempt.awaits("its challenge");
        }
    }

    @Override
    public boolean proceed(ChannelHandlerContext ctx, ByteBuf in) {
        return switch (way) {
            case NONE -> true;
            case VNC -> respond(ctx, in);
            case PLAIN -> sayPlainly(ctx);
        };
    }

    private boolean respond(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.readableBytes() < VncAuth.LENGTH) {
            return false;
        }
        byte[] challenge = ByteBufUtil.getBytes(in.readSlice(VncAuth.LENGTH));
        ctx.writeAndFlush(Unpooled.wrappedBuffer(VncAuth.response(target.password(), challenge)), ctx.voidPromise());
        return true;
    }

    private boolean sayPlainly(ChannelHandlerContext ctx) {
        byte[] username = target.username().getBytes(StandardCharsets.UTF_8);
        byte[] password = target.password().reveal().getBytes(StandardCharsets.UTF_8);
        ByteBuf account = Unpooled.buffer(2 * Integer.BYTES + username.length + password.length);
        account.writeInt(username.length).writeInt(password.length).writeBytes(username).writeBytes(password);
        ctx.writeAndFlush(account, ctx.voidPromise());
        return true;
    }

    @Override
    public Reason refusedFor() {
        return way == Way.NONE ? Reason.PROTOCOL : Reason.REJECTED_PASSWORD;
    }
}
