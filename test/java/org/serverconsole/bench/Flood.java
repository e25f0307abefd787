package org.serverconsole.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.serverconsole.host.RawHttp;

/** Posts at a steady pace, from many addresses, until it is closed. */
final class Flood implements AutoCloseable {

    private static final int CALLERS = 32;
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final AtomicLong answered = new AtomicLong();
    private final long begun = System.nanoTime();
    private volatile boolean over;

    /** Where to post what. */
    record Target(String path, List<byte[]> bodies) { }

    private Flood() { }

    static Flood start(URI guacamole, Target target, int perSecond) {
        Flood flood = new Flood();
        long pace = TimeUnit.SECONDS.toNanos(1) * CALLERS / perSecond;
        for (int i = 0; i < CALLERS; i++) {
            int number = i;
            flood.callers.submit(() -> flood.call(guacamole, target, number, pace));
        }
        return flood;
    }

    /** Waits until the callers have come into their stride. */
    void awaitFlow() {
        awaitAnswers(10 * CALLERS);
    }

    /** Waits for so many answers more. */
    void awaitAnswers(int count) {
        long before = answered.get();
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> answered.get() >= before + count);
    }

    /** How many have been answered in a second, so far. */
    double perSecond() {
        return answered.get() / ((System.nanoTime() - begun) / 1e9);
    }

    private Void call(URI guacamole, Target target, int number, long pace) throws IOException {
        InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 9, (byte) (number + 1)});
        long due = begun + pace * number / CALLERS;
        try (RawHttp http = new RawHttp(guacamole, from)) {
            for (int i = number; !over; i += CALLERS) {
                LockSupport.parkNanos(due - System.nanoTime());
                http.send("POST", target.path(), FORM, target.bodies().get(i % target.bodies().size()));
                answered.incrementAndGet();
                due += pace;
            }
        }
        return null;
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        callers.shutdown();
        callers.awaitTermination(1, TimeUnit.MINUTES);
    }
}
