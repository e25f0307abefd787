package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.bouncycastle.tls.TlsClientProtocol;

/**
 * TLS without certificates, which the JDK speaks only where it is allowed for the whole JVM. Begins as soon as it is in the
 * pipeline of a connected channel, and like {@link io.netty.handler.ssl.SslHandler} says by
 * {@link SslHandshakeCompletionEvent#SUCCESS} that it stands, and passes on no more than what a read has brought.
 */
final class AnonymousTls extends ChannelDuplexHandler {

    private final TlsClientProtocol protocol = new TlsClientProtocol();
    private boolean stands;
    private boolean passedOn;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws IOException {
        protocol.connect(new AnonymousTlsClient());
        send(ctx, ctx.voidPromise());
        ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        ByteBuf encrypted = (ByteBuf) message;
        try {
            if (!protocol.isClosed()) {
                protocol.offerInput(ByteBufUtil.getBytes(encrypted));
            }
        } finally {
            encrypted.release();
            // Also the alert that tells the server what was wrong.
            send(ctx, ctx.voidPromise());
            ctx.flush();
        }
        if (!stands && protocol.isConnected()) {
            stands = true;
            ctx.fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
        }
        passOn(ctx);
        if (protocol.isClosed()) {
            // Who says farewell may leave the connection open, but there is nothing more to come.
            ctx.close();
        }
    }

    private void passOn(ChannelHandlerContext ctx) {
        int length = protocol.getAvailableInputBytes();
        if (length > 0) {
            byte[] bytes = new byte[length];
            protocol.readInput(bytes, 0, length);
            passedOn = true;
            ctx.fireChannelRead(ctx.alloc().buffer(length).writeBytes(bytes));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean readOn = !passedOn && !ctx.channel().config().isAutoRead();
        passedOn = false;
        ctx.fireChannelReadComplete();
        if (readOn) {
            // A part of a record only: whoever asked for bytes still waits for some.
            ctx.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws IOException {
        ByteBuf plain = (ByteBuf) message;
        try {
            byte[] bytes = ByteBufUtil.getBytes(plain);
            if (protocol.isClosed()) {
                promise.tryFailure(new ClosedChannelException());
                return;
            }
            protocol.writeApplicationData(bytes, 0, bytes.length);
        } finally {
            plain.release();
        }
        send(ctx, promise);
    }

    private void send(ChannelHandlerContext ctx, ChannelPromise promise) {
        int length = protocol.getAvailableOutputBytes();
        byte[] bytes = new byte[length];
        protocol.readOutput(bytes, 0, length);
        ctx.write(ctx.alloc().buffer(length).writeBytes(bytes), promise);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws IOException {
        if (ctx.channel().isActive() && !protocol.isClosed()) {
            protocol.close();
            send(ctx, ctx.voidPromise());
            ctx.flush();
        }
        ctx.close(promise);
    }
}
