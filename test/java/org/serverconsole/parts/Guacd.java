package org.serverconsole.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A guacd on a port of 127.0.0.1, with its children ended when it is closed. */
public final class Guacd implements AutoCloseable {

    private final ProcessBuilder program;
    private final int port;
    private final Path log;
    private Process process;

    private Guacd(ProcessBuilder program, int port, Path log) {
        this.program = program;
        this.port = port;
        this.log = log;
    }

    /** The guacd under the prefix that {@code GUACD} names, else the 1.3.0 that {@code test/setup} fetched. */
    public static Guacd start(Path log) throws IOException {
        return start(installed(), log);
    }

    /**
     * Starts the guacd of one prefix and returns when it accepts connections.
     *
     * @param prefix the folder with {@code sbin/guacd} and {@code lib}, or with {@code usr} around them
     * @param log where it writes what it has to say
     */
    public static Guacd start(Path prefix, Path log) throws IOException {
        Path root = Files.isDirectory(prefix.resolve("usr")) ? prefix.resolve("usr") : prefix;
        int port = FreePort.find();
        ProcessBuilder builder = new ProcessBuilder(root.resolve("sbin/guacd").toString(),
                "-f", "-b", "127.0.0.1", "-l", Integer.toString(port), "-L", "info");
        // Without it guacd loads no protocol and says so only in its log.
        builder.environment().put("LD_LIBRARY_PATH", libraries(root).toString());
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Guacd guacd = new Guacd(builder, port, log);
        guacd.startAgain();
        return guacd;
    }

    /** Starts it again on the same port, once it has been closed. */
    public void startAgain() throws IOException {
        process = program.start();
        try {
            Awaitility.await("guacd accepts connections").atMost(Duration.ofSeconds(10)).pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20)).until(this::accepts);
        } catch (RuntimeException e) {
            close();
            throw new IOException("guacd did not start: " + Files.readString(log), e);
        }
    }

    /** @return the prefix that {@link #start(Path)} uses */
    public static Path installed() {
        return Optional.ofNullable(System.getenv("GUACD")).map(Path::of).orElseGet(() ->
                Path.of(System.getenv("HOME"), ".cache/guacamole-auth-console/guacd-1.3.0"));
    }

    private static Path libraries(Path root) throws IOException {
        try (Stream<Path> files = Files.find(root.resolve("lib"), 2,
                (file, attributes) -> file.getFileName().toString().startsWith("libguac.so"))) {
            return files.findFirst().orElseThrow(() -> new IOException("no libguac.so under " + root)).getParent();
        }
    }

    public int port() {
        return port;
    }

    public String log() throws IOException {
        return Files.readString(log);
    }

    private boolean accepts() {
        if (!process.isAlive()) {
            throw new IllegalStateException("guacd has ended");
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** One child per connection: some outlive their parent, above all those that hang. */
    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }
}
