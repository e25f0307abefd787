package org.serverconsole.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Posts at a steady pace, from many addresses, until it is closed. In a process of its own that has what Guacamole leaves of the
 * processors: a stranger who floods a host does not reckon on it.
 */
final class Flood implements AutoCloseable {

    private static final int COME_INTO_STRIDE = 2000;

    private final Process program;
    private volatile Report last = new Report(0, 0);

    /** Where to post what. */
    record Target(String path, List<byte[]> bodies) { }

    /**
     * How far it has come.
     *
     * @param nanos since its first call
     */
    private record Report(long answered, long nanos) { }

    private Flood(Process program) {
        this.program = program;
    }

    static Flood start(URI guacamole, Target target, int perSecond) throws IOException {
        Process program = new ProcessBuilder("nice", "-n", "19", Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp", System.getProperty("java.class.path"), FloodProgram.class.getName(),
                guacamole.toString(), target.path(), Integer.toString(perSecond))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        // Not among its arguments, which everybody on this machine can read.
        OutputStream bodies = program.getOutputStream();
        for (byte[] body : target.bodies()) {
            bodies.write(body);
            bodies.write('\n');
        }
        bodies.write('\n');
        bodies.flush();
        Flood flood = new Flood(program);
        Thread listener = new Thread(flood::listen, "flood");
        listener.setDaemon(true);
        listener.start();
        return flood;
    }

    private void listen() {
        try (BufferedReader reports = program.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = reports.readLine(); line != null; line = reports.readLine()) {
                String[] numbers = line.split(" ");
                last = new Report(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the callers have come into their stride. */
    void awaitFlow() {
        awaitAnswers(COME_INTO_STRIDE);
    }

    /** Waits for so many answers more. */
    void awaitAnswers(int count) {
        long before = last.answered();
        Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20))
                .until(() -> last.answered() >= before + count);
    }

    /** How many have been answered in a second, so far. */
    double perSecond() {
        return last.answered() / (last.nanos() / 1e9);
    }

    /** Its standard input ends, and with that the program. */
    @Override
    public void close() throws IOException, InterruptedException {
        program.getOutputStream().close();
        program.waitFor(1, TimeUnit.MINUTES);
    }
}
