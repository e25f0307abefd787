package org.serverconsole.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A customer's tunnel to a console, as a browser has one. It says when the first frame came and when the console ended. */
final class OpenTunnel implements WebSocket.Listener {

    /** When the first frame was there, by {@link System#nanoTime}. */
    final CompletableFuture<Long> drawn = new CompletableFuture<>();

    /** When the end was told, by the same. */
    final CompletableFuture<Long> ended = new CompletableFuture<>();

    private final StringBuilder unfinished = new StringBuilder();

    private OpenTunnel() { }

    /** @param source the data source that has the connection of that identifier */
    static OpenTunnel open(HttpClient http, URI guacamole, String source, String connection, String authToken) {
        OpenTunnel tunnel = new OpenTunnel();
        URI address = URI.create(guacamole.toString().replaceFirst("http", "ws") + "websocket-tunnel?token=" + authToken
                + "&GUAC_DATA_SOURCE=" + source + "&GUAC_ID=" + connection
                + "&GUAC_TYPE=c&GUAC_WIDTH=640&GUAC_HEIGHT=480&GUAC_DPI=96");
        http.newWebSocketBuilder().subprotocols("guacamole").buildAsync(address, tunnel)
                .whenComplete((socket, failure) -> tunnel.fail(failure));
        return tunnel;
    }

    private void fail(Throwable failure) {
        if (failure != null) {
            drawn.completeExceptionally(failure);
            ended.completeExceptionally(failure);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        unfinished.append(data);
        if (last) {
            if (unfinished.indexOf("4.sync,") >= 0) {
                drawn.complete(System.nanoTime());
            }
            if (unfinished.indexOf("5.error,") >= 0) {
                ended.complete(System.nanoTime());
                drawn.completeExceptionally(new IllegalStateException("the console ended: " + unfinished));
            }
            unfinished.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        ended.complete(System.nanoTime());
        drawn.completeExceptionally(new IllegalStateException("the tunnel was closed: " + status + " " + reason));
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
        fail(failure);
    }
}
