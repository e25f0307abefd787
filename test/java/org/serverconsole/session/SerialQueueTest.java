package org.serverconsole.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerialQueueTest {

    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final SerialQueue queue = new SerialQueue(pool);

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @Test
    void tasksOfOneKeyRunInOrderAndNeverTogether() throws Exception {
        List<Integer> order = new CopyOnWriteArrayList<>();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            int number = i;
            queue.execute("bmc", () -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                order.add(number);
                running.decrementAndGet();
            });
        }
        assertThat(queue.awaitIdle(Duration.ofSeconds(10))).isTrue();

        assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(most).hasValue(1);
    }

    @Test
    void aDeadKeyDoesNotHoldUpAnother() throws Exception {
        CountDownLatch dead = new CountDownLatch(1);
        CountDownLatch healthy = new CountDownLatch(1);
        queue.execute("dead", () -> awaitQuietly(dead));
        queue.execute("healthy", healthy::countDown);

        healthy.await();
        assertThat(queue.awaitIdle(Duration.ofMillis(1))).isFalse();
        dead.countDown();
        assertThat(queue.awaitIdle(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void moreThanAServerCanUseIsRefused() {
        CountDownLatch dead = new CountDownLatch(1);
        queue.execute("dead", () -> awaitQuietly(dead));
        for (int i = 0; i < 16; i++) {
            queue.execute("dead", () -> { });
        }

        assertThatThrownBy(() -> queue.execute("dead", () -> { }))
                .isInstanceOf(RejectedExecutionException.class).hasMessageContaining("dead");
        dead.countDown();
    }

    @Test
    void aTaskThatThrowsDoesNotStopTheOnesBehindIt() throws Exception {
        CountDownLatch next = new CountDownLatch(1);
        queue.execute("bmc", () -> {
            throw new IllegalStateException("this one fails");
        });
        queue.execute("bmc", next::countDown);

        next.await();
    }

    @Test
    void anErrorDoesNotStopThemEither() throws Exception {
        CountDownLatch next = new CountDownLatch(1);
        queue.execute("bmc", () -> {
            throw new NoClassDefFoundError("of a vendor's library");
        });
        queue.execute("bmc", next::countDown);

        assertThat(next.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aKeyThatIsNeverIdleIsServedForAsLong() throws Exception {
        CountDownLatch left = new CountDownLatch(100_000);
        queue.execute("bmc", new Runnable() {
            @Override
            public void run() {
                left.countDown();
                if (left.getCount() > 0) {
                    queue.execute("bmc", this);
                }
            }
        });

        assertThat(left.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(queue.awaitIdle(Duration.ofSeconds(10))).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
