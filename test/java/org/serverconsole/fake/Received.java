package org.serverconsole.fake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;

/** What a channel receives from now on, read as fast as it comes. */
public final class Received extends ChannelInboundHandlerAdapter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private volatile boolean closed;

    public static Received from(Channel channel) {
        Received received = new Received();
        channel.pipeline().addLast(received);
        channel.read();
        return received;
    }

    public byte[] bytes() {
        synchronized (bytes) {
            return bytes.toByteArray();
        }
    }

    /** Whether the other side has hung up. */
    public boolean closed() {
        return closed;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        synchronized (bytes) {
            bytes.writeBytes(ByteBufUtil.getBytes(buffer));
        }
        buffer.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
    }
}
