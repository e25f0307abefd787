package org.serverconsole.adapter.redfish;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.serverconsole.inventory.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All BMCs one adapter has asked so far. For use by many threads. */
public final class RedfishBmcs implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RedfishBmcs.class);
    /** For what neither waits nor computes for long; a name that resolves slowly holds one. */
    private static final int THREADS = 16;
    /** Enough for a page that is reloaded; a BMC has few sessions, and others want them too. */
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration LOGOUT_TIME = Duration.ofSeconds(3);

    private final Optional<Path> caFile;
    private final Duration idle;
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor timer;
    private final BmcHttp http;
    private final Map<BmcAccess, Redfish> bmcs = new ConcurrentHashMap<>();

    /** @param caFile {@link org.serverconsole.adapter.AdapterEnvironment#caFile()} */
    public RedfishBmcs(Optional<Path> caFile) {
        this(caFile, IDLE);
    }

    RedfishBmcs(Optional<Path> caFile, Duration idle) {
        this.caFile = caFile;
        this.idle = idle;
        ThreadFactory daemons = work -> {
            Thread thread = new Thread(work, "redfish");
            thread.setDaemon(true);
            return thread;
        };
        threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons);
        threads.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, daemons);
        timer.setRemoveOnCancelPolicy(true);
        // Once shut down: every session has been ended by then.
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        http = new BmcHttp(threads);
    }

    /** The BMC of that server. */
    public Redfish of(Server server) {
        return bmcs.computeIfAbsent(BmcAccess.of(server, caFile), access -> new Redfish(access, http, timer, idle));
    }

    /** Logs out everywhere, in bounded time. */
    @Override
    public void close() {
        List<CompletableFuture<Void>> logouts = bmcs.values().stream().map(Redfish::close).toList();
        try {
            CompletableFuture.allOf(logouts.toArray(CompletableFuture[]::new)).get(LOGOUT_TIME.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.warn("{} BMCs did not let us log out in time; their sessions end by themselves",
                    logouts.stream().filter(logout -> !logout.isDone()).count());
        } catch (ExecutionException e) {
            LOG.warn("a BMC did not let us log out; its session ends by itself", e);
        } catch (InterruptedException e) {
            // Whoever interrupts wants to be done; the sessions end by themselves.
            Thread.currentThread().interrupt();
        } finally {
            timer.shutdownNow();
            threads.shutdown();
        }
    }
}
