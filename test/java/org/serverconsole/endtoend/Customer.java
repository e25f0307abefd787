package org.serverconsole.endtoend;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.apache.guacamole.protocol.GuacamoleParser;

/** A customer who has logged in, with as much of a page as a test needs that starts no browser: the tunnel to the console. */
final class Customer implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String PARAMETERS = "&GUAC_DATA_SOURCE=console&GUAC_TYPE=c&GUAC_WIDTH=640&GUAC_HEIGHT=480&GUAC_DPI=96"
            + "&GUAC_IMAGE=image%2Fpng";

    private final URI guacamole;
    private final String server;
    private final String key;
    private final String authToken;
    private Optional<Tunnel> tunnel = Optional.empty();

    /**
     * @param guacamole where he is logged in
     * @param key of his console session
     * @param authToken Guacamole's
     */
    Customer(URI guacamole, String server, String key, String authToken) {
        this.guacamole = guacamole;
        this.server = server;
        this.key = key;
        this.authToken = authToken;
    }

    String server() {
        return server;
    }

    String key() {
        return key;
    }

    String authToken() {
        return authToken;
    }

    /** Opens the tunnel, or another one where he reloads his page. */
    Customer show() throws IOException {
        close();
        String url = guacamole.resolve("websocket-tunnel").toString().replace("http:", "ws:");
        Tunnel opened = new Tunnel();
        opened.socket = HTTP.newWebSocketBuilder().subprotocols("guacamole").buildAsync(
                URI.create(url + "?token=" + authToken + "&GUAC_ID=" + server + PARAMETERS), opened).join();
        tunnel = Optional.of(opened);
        return this;
    }

    /** How many frames he has seen. */
    int frames() {
        return tunnel.map(shown -> shown.frames.get()).orElse(0);
    }

    /** The status he was told at the end, empty while he was told none. */
    Optional<Integer> told() {
        return tunnel.flatMap(shown -> shown.told);
    }

    /** Whether his tunnel has closed. */
    boolean isCut() {
        return tunnel.map(shown -> shown.cut).orElse(true);
    }

    void press() {
        tunnel.orElseThrow().send(new GuacamoleInstruction("key", "119", "1") + "" + new GuacamoleInstruction("key", "119", "0"));
    }

    @Override
    public void close() {
        tunnel.ifPresent(Tunnel::close);
        tunnel = Optional.empty();
    }

    private static final class Tunnel implements WebSocket.Listener {

        private final GuacamoleParser parser = new GuacamoleParser();
        private final AtomicInteger frames = new AtomicInteger();
        private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "customer");
            thread.setDaemon(true);
            return thread;
        });
        private volatile WebSocket socket;
        private volatile Optional<Integer> told = Optional.empty();
        private volatile boolean cut;

        /** guacd takes a user who says nothing for gone. */
        private Tunnel() {
            sender.scheduleAtFixedRate(() -> socket.sendText("3.nop;", true).join(), 5, 5, TimeUnit.SECONDS);
        }

        private void send(String instructions) {
            sender.execute(() -> socket.sendText(instructions, true).join());
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            try {
                char[] all = text.toString().toCharArray();
                int parsed = 0;
                while (parsed < all.length) {
                    parsed += parser.append(all, parsed, all.length - parsed);
                    while (parser.hasNext()) {
                        hear(parser.next());
                    }
                }
            } catch (GuacamoleException e) {
                throw new IllegalStateException("no instruction", e);
            }
            from.request(1);
            return null;
        }

        private void hear(GuacamoleInstruction instruction) {
            switch (instruction.getOpcode()) {
                case "sync" -> {
                    frames.incrementAndGet();
                    send(new GuacamoleInstruction("sync", instruction.getArgs().get(0)).toString());
                }
                case "error" -> told = Optional.of(Integer.parseInt(instruction.getArgs().get(1)));
                default -> { }
            }
        }

        @Override
        public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            cut = true;
            sender.shutdownNow();
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            cut = true;
            sender.shutdownNow();
        }

        private void close() {
            sender.shutdownNow();
            socket.abort();
        }
    }
}
