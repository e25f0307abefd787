package org.serverconsole.bench;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.io.ReaderGuacamoleReader;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.serverconsole.fake.VncViewer;

/** In guacd's place, where a thousand of its processes would be what is measured: goes to the console, and draws one frame. */
final class StubGuacd implements AutoCloseable {

    private static final List<String> ARGUMENTS = List.of("VERSION_1_5_0", "hostname", "port", "password",
            "encodings", "color-depth", "disable-display-resize", "read-only");

    private final ServerSocket server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService keepAlive = Executors.newSingleThreadScheduledExecutor();
    private final Set<Socket> drawn = ConcurrentHashMap.newKeySet();

    StubGuacd() throws IOException {
        threads.submit(this::accept);
        keepAlive.scheduleAtFixedRate(() -> drawn.forEach(StubGuacd::sayNothing), 5, 5, TimeUnit.SECONDS);
    }

    int port() {
        return server.getLocalPort();
    }

    private Void accept() throws IOException {
        while (true) {
            Socket socket = server.accept();
            threads.submit(() -> serve(socket));
        }
    }

    private Void serve(Socket socket) throws IOException, GuacamoleException {
        try (socket) {
            ReaderGuacamoleReader reader = new ReaderGuacamoleReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            reader.readInstruction();
            send(socket, "args", ARGUMENTS.toArray(String[]::new));
            GuacamoleInstruction instruction = reader.readInstruction();
            while (!instruction.getOpcode().equals("connect")) {
                instruction = reader.readInstruction();
            }
            List<String> given = instruction.getArgs();
            try (VncViewer viewer = VncViewer.connect(Integer.parseInt(argument(given, "port")))) {
                send(socket, "ready", "$stub");
                if (!viewer.authenticate(argument(given, "password"))) {
                    throw new IOException("the relay refuses its own password");
                }
                viewer.write(new byte[] {1});
                viewer.read(24);
                send(socket, "size", "0", "640", "480");
                send(socket, "rect", "0", "0", "0", "640", "480");
                send(socket, "sync", "1", "1");
                drawn.add(socket);
                while (reader.readInstruction() != null) {
                    // What the browser has to say ends with the console.
                    continue;
                }
            }
            return null;
        } finally {
            drawn.remove(socket);
        }
    }

    /** Guacamole gives guacd up after 15 seconds of silence. */
    private static void sayNothing(Socket socket) {
        try {
            send(socket, "nop");
        } catch (UncheckedIOException gone) {
            // Whoever reads from it learns that, too.
            return;
        }
    }

    private static String argument(List<String> given, String name) {
        return given.get(ARGUMENTS.indexOf(name));
    }

    private static void send(Socket socket, String opcode, String... arguments) {
        try {
            socket.getOutputStream().write(new GuacamoleInstruction(opcode, arguments).toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        keepAlive.shutdownNow();
        threads.shutdownNow();
    }
}
