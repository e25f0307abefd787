package org.serverconsole.rfb;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/** For a channel that begins with TLS: it is active for those behind only once that stands. */
final class AwaitTls extends ChannelInboundHandlerAdapter {

    private final Attempt attempt;

    AwaitTls(Attempt attempt) {
        this.attempt = attempt;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        attempt.awaits("the end of the TLS handshake");
        ctx.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls && tls.isSuccess()) {
            ctx.fireChannelActive();
            ctx.pipeline().remove(this);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }
}
