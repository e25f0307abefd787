package org.serverconsole.panel;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether what this node needs is there. Asked at most once in a few seconds, however many ask, and never waited for longer
 * than its patience; what does not come back is not asked again before it has. Safe for use by many threads.
 */
public final class Health implements AutoCloseable {

    private static final String UP = "UP";
    private static final Duration FRESH = Duration.ofSeconds(3);

    /** Looks whether one part is there. */
    @FunctionalInterface
    public interface Probe {

        /**
         * @throws Exception where it is not, with a message for the operator
         */
        void run() throws Exception;
    }

    /**
     * What was found.
     *
     * @param parts each part's name, and {@code UP} or {@code DOWN: <why>}
     * @param spare the names of those without which this node goes on
     */
    public record Report(Map<String, String> parts, Set<String> spare) {

        public boolean up() {
            return parts.entrySet().stream().allMatch(part -> part.getValue().equals(UP) || spare.contains(part.getKey()));
        }
    }

    private final Map<String, Probe> probes;
    private final Set<String> spare;
    private final Duration patience;
    private final Duration fresh;
    private final ExecutorService pool;
    private final Map<String, CompletableFuture<String>> running = new LinkedHashMap<>();
    private Report last = new Report(Map.of(), Set.of());
    private long lastAt;
    private boolean asked;

    /**
     * @param probes by the name of the part, in the order they are to be told
     * @param spare the names of those without which this node goes on: they are told of, and no more
     * @param patience how long a part may take
     */
    public Health(Map<String, Probe> probes, Set<String> spare, Duration patience) {
        this(probes, spare, patience, FRESH);
    }

    Health(Map<String, Probe> probes, Set<String> spare, Duration patience, Duration fresh) {
        this.fresh = fresh;
        this.spare = Set.copyOf(spare);
        this.probes = new LinkedHashMap<>(probes);
        this.patience = patience;
        pool = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "console-health");
            thread.setDaemon(true);
            thread.setContextClassLoader(Health.class.getClassLoader());
            return thread;
        });
    }

    public synchronized Report report() {
        if (!asked || System.nanoTime() - lastAt > fresh.toNanos()) {
            last = ask();
            lastAt = System.nanoTime();
            asked = true;
        }
        return last;
    }

    private Report ask() {
        long deadline = System.nanoTime() + patience.toNanos();
        probes.forEach((name, probe) -> running.computeIfAbsent(
                name, missing -> CompletableFuture.supplyAsync(() -> run(probe), pool)));
        Map<String, String> parts = new LinkedHashMap<>();
        for (String name : probes.keySet()) {
            parts.put(name, await(name, deadline - System.nanoTime()));
        }
        return new Report(parts, spare);
    }

    private static String run(Probe probe) {
        try {
            probe.run();
            return UP;
        } catch (Exception e) {
            return "DOWN: " + e.getMessage();
        }
    }

    private String await(String name, long nanos) {
        try {
            String found = running.get(name).get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
            running.remove(name);
            return found;
        } catch (TimeoutException e) {
            return "DOWN: no answer within " + patience.toMillis() + " ms";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "DOWN: interrupted";
        } catch (ExecutionException e) {
            running.remove(name);
            return "DOWN: " + e.getCause();
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
