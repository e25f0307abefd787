package org.serverconsole.kiosk;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import org.serverconsole.kiosk.KioskException.Reason;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.RfbException;

/** A viewer of the kiosk's X server that looks at nothing: it sets the screen's size, and its presence keeps the server up. */
record Screen(Channel channel) implements AutoCloseable {

    private static final int SET_ENCODINGS = 2;
    private static final int EXTENDED_DESKTOP_SIZE = -308;
    private static final int SET_DESKTOP_SIZE = 251;

    static Screen of(XServer server, RfbConnector rfb, Duration patience) throws KioskException, InterruptedException {
        Channel channel;
        try {
            channel = rfb.connect("127.0.0.1", server.port(), server.password(), patience);
        } catch (RfbException e) {
            throw new KioskException(Reason.PROTOCOL, "the kiosk's own Xvnc: " + e.getMessage(), e);
        }
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object bytes) {
                ReferenceCountUtil.release(bytes);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.close();
            }
        });
        channel.config().setAutoRead(true);
        // ClientInit, shared (RFC 6143, 7.3.1), then what may set a size.
        channel.writeAndFlush(Unpooled.buffer().writeByte(1)
                .writeByte(SET_ENCODINGS).writeByte(0).writeShort(1).writeInt(EXTENDED_DESKTOP_SIZE));
        return new Screen(channel);
    }

    /** As the RFB extension SetDesktopSize has it: one screen, all of it. */
    void resize(int width, int height) {
        ByteBuf message = Unpooled.buffer();
        message.writeByte(SET_DESKTOP_SIZE).writeByte(0).writeShort(width).writeShort(height).writeByte(1).writeByte(0);
        message.writeInt(0).writeShort(0).writeShort(0).writeShort(width).writeShort(height).writeInt(0);
        channel.writeAndFlush(message);
    }

    @Override
    public void close() {
        channel.close();
    }
}
