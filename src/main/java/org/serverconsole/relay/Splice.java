package org.serverconsole.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what this side sends to the other side, and reads it only while the other side can take more. */
public final class Splice extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Splice.class);

    private final Channel other;
    private final LongConsumer heard;

    /**
     * @param other the other side, on the same event loop
     * @param heard told how many bytes this side has sent
     */
    public Splice(Channel other, LongConsumer heard) {
        this.other = other;
        this.heard = heard;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        heard.accept(bytes instanceof ByteBuf buffer ? buffer.readableBytes() : 0);
        other.write(bytes, other.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        other.flush();
        if (other.isWritable()) {
            ctx.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            other.read();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("{} broke", ctx.channel(), cause);
        ctx.close();
    }
}
