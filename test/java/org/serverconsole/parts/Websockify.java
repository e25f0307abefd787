package org.serverconsole.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.serverconsole.fake.Certificate;

/** A real websockify on 127.0.0.1, which leads WebSockets on any path to a TCP port. */
public final class Websockify implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(20);

    private final Process process;
    private final int port;

    private Websockify(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts one and waits until it serves.
     *
     * @param workDir where its log goes; must exist
     * @param target the port on 127.0.0.1 it leads to
     * @param certificate where it is to serve wss only
     */
    public static Websockify start(Path workDir, int target, Optional<Certificate> certificate) throws IOException {
        int port = FreePort.find();
        Path log = workDir.resolve("websockify-" + port + ".log");
        List<String> command = new ArrayList<>(List.of("websockify"));
        certificate.ifPresent(shown -> command.addAll(List.of("--ssl-only",
                "--cert=" + shown.own(), "--key=" + shown.key())));
        command.addAll(List.of("127.0.0.1:" + port, "127.0.0.1:" + target));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            Awaitility.await().atMost(START).failFast(() -> !process.isAlive()).ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> {
                        new Socket(InetAddress.getLoopbackAddress(), port).close();
                        return true;
                    });
            return new Websockify(process, port);
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw new IOException("websockify does not start: " + Files.readString(log), e);
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        // It forks one process for each connection.
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
