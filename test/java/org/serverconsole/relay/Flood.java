package org.serverconsole.relay;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Somebody who writes as much as is taken, up to 256 MiB. */
final class Flood {

    interface Sink {
        void write(byte[] bytes) throws IOException;
    }

    private static final int BLOCKS = 4096;

    private final byte[] block = new byte[65536];
    private final AtomicLong written = new AtomicLong();

    Flood(Sink sink) {
        new Random(65536).nextBytes(block);
        Thread thread = new Thread(() -> {
            try {
                for (int i = 0; i < BLOCKS; i++) {
                    sink.write(block);
                    written.addAndGet(block.length);
                }
            } catch (IOException e) {
                // The test has ended.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** How many bytes have been taken once no more are. */
    long stalledAt() {
        AtomicLong before = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(500)).atMost(Duration.ofSeconds(40))
                .until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
        return written.get();
    }

    /** What the first bytes of the flood are. */
    byte[] start(int length) {
        byte[] start = new byte[length];
        for (int at = 0; at < length; at += block.length) {
            System.arraycopy(block, 0, start, at, Math.min(block.length, length - at));
        }
        return start;
    }
}
