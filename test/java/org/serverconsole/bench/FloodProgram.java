package org.serverconsole.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.serverconsole.host.RawHttp;

/**
 * The program of a {@link Flood}: reads what to post, a form a line, up to an empty line; posts until its standard input ends;
 * and says from time to time how many answers it has had, and in how many nanoseconds.
 */
final class FloodProgram {

    private static final int CALLERS = 32;
    private static final int BETWEEN_REPORTS = 20;
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

    private final AtomicLong answered = new AtomicLong();
    private final long begun = System.nanoTime();
    private final URI guacamole;
    private final String path;
    private final List<byte[]> bodies;
    private final long pace;

    private FloodProgram(URI guacamole, String path, int perSecond, List<byte[]> bodies) {
        this.guacamole = guacamole;
        this.path = path;
        this.bodies = bodies;
        pace = TimeUnit.SECONDS.toNanos(1) * CALLERS / perSecond;
    }

    /** Arguments: Guacamole's URL, the path below it, calls a second. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<byte[]> bodies = new ArrayList<>();
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
            bodies.add(line.getBytes(StandardCharsets.UTF_8));
        }
        new FloodProgram(URI.create(arguments[0]), arguments[1], Integer.parseInt(arguments[2]), bodies).run();
        while (in.read() >= 0) {
            // The parent says nothing more; only its end counts.
        }
        System.exit(0);
    }

    private void run() {
        for (int i = 0; i < CALLERS; i++) {
            int number = i;
            Thread caller = new Thread(() -> call(number));
            caller.setDaemon(true);
            caller.start();
        }
        Executors.newSingleThreadScheduledExecutor().scheduleAtFixedRate(
                () -> System.out.println(answered.get() + " " + (System.nanoTime() - begun)),
                BETWEEN_REPORTS, BETWEEN_REPORTS, TimeUnit.MILLISECONDS);
    }

    private void call(int number) {
        long due = begun + pace * number / CALLERS;
        try (RawHttp http = new RawHttp(guacamole, InetAddress.getByAddress(new byte[] {127, 0, 9, (byte) (number + 1)}))) {
            for (int i = number;; i += CALLERS) {
                LockSupport.parkNanos(due - System.nanoTime());
                http.send("POST", path, FORM, bodies.get(i % bodies.size()));
                answered.incrementAndGet();
                due += pace;
            }
        } catch (IOException e) {
            System.err.println("a caller with forged tokens gives up: " + e);
        }
    }
}
