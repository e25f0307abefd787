package org.serverconsole.rfb;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.util.stream.Collectors;
import org.serverconsole.config.Secret;
import org.serverconsole.rfb.RfbException.Reason;
import org.serverconsole.rfb.Transport.WebSocket;

/**
 * Asks for the upgrade from HTTP to WebSocket (RFC 6455, 4.1); then {@link WebSocketFrames} takes its place, and the channel
 * is active for those behind. Sends nothing of its own but what the target says: in particular no {@code Origin}, which is a
 * browser's.
 */
final class WebSocketUpgrade extends ChannelInboundHandlerAdapter {

    private static final int LONGEST_LINE = 4096;
    private static final int LONGEST_HEADERS = 16 * 1024;

    private final Attempt attempt;
    private final WebSocket web;
    private final WebSocketClientHandshaker handshaker;

    WebSocketUpgrade(RfbTarget target, WebSocket web, Attempt attempt) {
        this.attempt = attempt;
        this.web = web;
        String query = web.query().isEmpty() ? "" : "?" + web.query().reveal();
        handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                // Only path and query of it are used; the host is in a header.
                URI.create("ws://server" + web.path() + query), WebSocketVersion.V13, null, false, headers(target, web), WebSocketFrames.LONGEST, true, false, -1, false, false);
    }

    /** What must stand before it in the pipeline. */
    static HttpClientCodec codec() {
        return new HttpClientCodec(LONGEST_LINE, LONGEST_HEADERS, LONGEST_HEADERS);
    }

    private static HttpHeaders headers(RfbTarget target, WebSocket web) {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set(HttpHeaderNames.HOST, target.authority());
        web.headers().forEach((name, value) -> headers.set(name, value.reveal()));
        if (!web.subprotocols().isEmpty()) {
            // Not by the handshaker, which insists on one being chosen and quotes all of them if none is.
            headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL,
                    web.subprotocols().stream().map(Secret::reveal).collect(Collectors.joining(", ")));
        }
        return headers;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        attempt.awaits("its answer to the request for a WebSocket");
        handshaker.handshake(ctx.channel());
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws RfbException {
        try {
            if (message instanceof HttpResponse response) {
                answered(ctx, response);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answered(ChannelHandlerContext ctx, HttpResponse response) throws RfbException {
        if (response.decoderResult().isFailure()) {
            throw attempt.failure(Reason.PROTOCOL, "does not answer in HTTP");
        }
        if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            throw refused(response);
        }
        HttpHeaders headers = response.headers().copy();
        String chosen = headers.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "").strip();
        if (!chosen.isEmpty() && !web.subprotocols().contains(Secret.of(chosen))) {
            throw attempt.failure(Reason.PROTOCOL, "chooses a subprotocol that was not offered");
        }
        headers.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
        try {
            handshaker.finishHandshake(ctx.channel(), new DefaultFullHttpResponse(
                    response.protocolVersion(), response.status(), Unpooled.EMPTY_BUFFER, headers, EmptyHttpHeaders.INSTANCE));
        } catch (WebSocketHandshakeException e) {
            throw attempt.failure(Reason.PROTOCOL, "answers as no WebSocket does: " + Printable.line(e.getMessage()));
        }
        ctx.pipeline().replace(this, null, new WebSocketFrames(attempt));
        ctx.fireChannelActive();
    }

    private RfbException refused(HttpResponse response) {
        int status = response.status().code();
        String said = "answers " + status + " " + Printable.line(response.status().reasonPhrase());
        return switch (status) {
            case 401, 403, 407 -> attempt.failure(Reason.REJECTED_PASSWORD, said);
            case 429, 503 -> attempt.failure(Reason.BUSY, said);
            case 404, 405, 410, 501 -> attempt.failure(Reason.UNSUPPORTED_SECURITY, said + ": it has no console there");
            case 502, 504 -> attempt.failure(Reason.UNREACHABLE, said);
            default -> attempt.failure(Reason.PROTOCOL, status / 100 == 3
                    ? said + ", and redirects are not followed"
                    : said + " to the request for a WebSocket");
        };
    }
}
