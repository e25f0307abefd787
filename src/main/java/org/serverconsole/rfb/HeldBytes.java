package org.serverconsole.rfb;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Keeps what arrives until a handler behind it reads for the first time, hands it over then and leaves the pipeline.
 * Holds no more than what was read by those before it, who therefore read no more than once.
 */
public final class HeldBytes extends ChannelDuplexHandler {

    private final Queue<Object> held = new ArrayDeque<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        held.add(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nothing has been handed over yet, so nothing is complete for those behind.
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (held.isEmpty()) {
            ctx.pipeline().remove(this);
            ctx.read();
            return;
        }
        while (!held.isEmpty()) {
            ctx.fireChannelRead(held.remove());
        }
        // Whoever received it may have read on at once, which has removed this already.
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        while (!held.isEmpty()) {
            ReferenceCountUtil.release(held.remove());
        }
    }
}
