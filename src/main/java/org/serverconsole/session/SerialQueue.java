package org.serverconsole.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks of one key one after the other, in the order given, and those of different keys side by side. A key without
 * tasks costs nothing, and a task that waits for its turn holds no thread.
 */
final class SerialQueue {

    /** More than that for one server is a page reloaded in anger, or a BMC that is dead. */
    private static final int LONGEST = 16;

    private static final Logger LOGGER = LoggerFactory.getLogger(SerialQueue.class);

    private final Executor pool;
    private final Map<String, Deque<Runnable>> waiting = new HashMap<>();

    SerialQueue(Executor pool) {
        this.pool = pool;
    }

    /**
     * @throws RejectedExecutionException where too many wait for that key already, or the pool is full or shut down; the
     *     task will not run then
     */
    void execute(String key, Runnable task) {
        synchronized (waiting) {
            Deque<Runnable> queue = waiting.get(key);
            if (queue != null) {
                if (queue.size() >= LONGEST) {
                    throw new RejectedExecutionException("more than " + LONGEST + " operations are waiting for " + key);
                }
                queue.add(task);
                return;
            }
            waiting.put(key, new ArrayDeque<>());
        }
        try {
            pool.execute(() -> runAll(key, task));
        } catch (RejectedExecutionException e) {
            // Whatever was queued behind this task in the meantime runs on the thread that found the pool full.
            next(key).ifPresent(behind -> runAll(key, behind));
            throw e;
        }
    }

    /**
     * Waits until nothing runs and nothing waits.
     *
     * @return false where that took longer than the patience
     */
    boolean awaitIdle(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (waiting) {
            while (!waiting.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(waiting, left);
            }
            return true;
        }
    }

    /** In a loop: somebody may see to it that there is always a next one. */
    private void runAll(String key, Runnable first) {
        for (Optional<Runnable> task = Optional.of(first); task.isPresent(); task = next(key)) {
            try {
                task.get().run();
            } catch (RuntimeException | Error e) {
                // An Error, too: whoever waits for this key would else wait for ever.
                LOGGER.error("An operation for {} failed unexpectedly.", key, e);
            }
        }
    }

    private Optional<Runnable> next(String key) {
        synchronized (waiting) {
            Optional<Runnable> next = Optional.ofNullable(waiting.get(key).poll());
            if (next.isEmpty()) {
                waiting.remove(key);
                waiting.notifyAll();
            }
            return next;
        }
    }
}
