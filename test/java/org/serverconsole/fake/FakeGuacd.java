package org.serverconsole.fake;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.io.GuacamoleReader;
import org.apache.guacamole.io.ReaderGuacamoleReader;
import org.apache.guacamole.protocol.GuacamoleInstruction;

/** guacd's side of the handshake, and after it whatever a test sends; it never connects to the console itself. */
public final class FakeGuacd implements AutoCloseable {

    private static final List<String> ARGUMENTS = List.of("VERSION_1_5_0", "hostname", "port", "password",
            "encodings", "color-depth", "disable-display-resize", "read-only", "username", "username-regex",
            "recording-path", "recording-name", "create-recording-path");

    private final ServerSocket server;
    private final AtomicInteger accepted = new AtomicInteger();
    private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();

    /** One connection that has shaken hands. */
    public static final class Connection {

        private final Socket socket;
        private final String id;
        private final Map<String, String> parameters = new ConcurrentHashMap<>();
        private final List<GuacamoleInstruction> received = new CopyOnWriteArrayList<>();
        private volatile String protocol = "";
        private volatile boolean ended;

        private Connection(Socket socket, String id) {
            this.socket = socket;
            this.id = id;
        }

        /** What others join it by. */
        public String id() {
            return id;
        }

        /** What guacd was told to speak, such as {@code vnc}, or the connection that is joined. */
        public String protocol() {
            return protocol;
        }

        /** What guacd was told to connect to, by parameter name; those left blank are missing. */
        public Map<String, String> parameters() {
            return parameters;
        }

        /** What came after the handshake. */
        public List<GuacamoleInstruction> received() {
            return received;
        }

        public boolean ended() {
            return ended;
        }

        public void send(String opcode, String... arguments) {
            try {
                socket.getOutputStream().write(new GuacamoleInstruction(opcode, arguments).toString()
                        .getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A frame as small as can be. */
        public void sendFrame() {
            send("size", "0", "8", "8");
            send("rect", "0", "0", "0", "8", "8");
            send("sync", "1", "1");
        }

        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public FakeGuacd() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::acceptAll, "fake-guacd");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The next connection that has shaken hands. */
    public Connection take() throws InterruptedException {
        return connections.take();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void acceptAll() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> serve(new Connection(socket, "$fake-" + accepted.incrementAndGet())), "fake-guacd-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // The server socket was closed: the end of this fake.
                return;
            }
        }
    }

    private void serve(Connection connection) {
        try {
            GuacamoleReader reader = new ReaderGuacamoleReader(
                    new InputStreamReader(connection.socket.getInputStream(), StandardCharsets.UTF_8));
            connection.protocol = reader.readInstruction().getArgs().get(0);
            connection.send("args", ARGUMENTS.toArray(String[]::new));
            GuacamoleInstruction instruction = reader.readInstruction();
            while (instruction != null) {
                if (instruction.getOpcode().equals("connect")) {
                    for (int i = 0; i < ARGUMENTS.size(); i++) {
                        connection.parameters.put(ARGUMENTS.get(i), instruction.getArgs().get(i));
                    }
                    connection.parameters.values().removeIf(String::isEmpty);
                    connection.send("ready", connection.id);
                    connections.add(connection);
                } else if (!connection.parameters.isEmpty()) {
                    connection.received.add(instruction);
                }
                instruction = reader.readInstruction();
            }
        } catch (IOException | GuacamoleException e) {
            // The other side went away, which tests look for.
            connection.ended = true;
        }
        connection.ended = true;
    }
}
