package org.serverconsole.session;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.SessionOverException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks vendors: for one server one thing at a time, in order, and for many servers side by side. */
final class Vendors implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Vendors.class);

    /** Vendors asked at the same time; each is asked under a deadline, so that a thread comes back within seconds. */
    private static final int MOST_OPERATIONS = 256;

    /** How long somebody waits for an operation, its turn included. */
    private static final Duration OPERATION_PATIENCE = Duration.ofSeconds(30);

    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(5);

    private final Map<String, ConsoleAdapter> adapters;
    private final Journal journal;
    private final Consumer<SessionEvent> tell;
    private final Runnable heedOthers;
    private final ThreadPoolExecutor pool;
    private final SerialQueue queue;

    /**
     * @param adapters by their type, started
     * @param tell told what came of opening; never throws
     * @param heedOthers ends the sessions that other nodes want ended
     */
    Vendors(Map<String, ConsoleAdapter> adapters, Journal journal, Consumer<SessionEvent> tell, Runnable heedOthers) {
        this.adapters = Map.copyOf(adapters);
        this.journal = journal;
        this.tell = tell;
        this.heedOthers = heedOthers;
        pool = new ThreadPoolExecutor(0, MOST_OPERATIONS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "console-vendor");
            thread.setDaemon(true);
            return thread;
        });
        queue = new SerialQueue(pool);
    }

    /** In which what is done about a server has its turn. */
    SerialQueue queue() {
        return queue;
    }

    /** {@link ConsoleSessions#operate}. */
    <T> T operate(Server server, ConsoleSessions.Operation<T> operation) throws AdapterException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            queue.execute(turn(server), () -> {
                if (answer.isDone()) {
                    return;
                }
                try {
                    answer.complete(operation.run(adapters.get(server.type())));
                } catch (AdapterException | RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                } catch (InterruptedException e) {
                    // The pool is being shut down; nobody else interrupts here.
                    answer.cancel(false);
                }
            });
            return answer.get(OPERATION_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            throw new AdapterException(AdapterException.Kind.BUSY, e.getMessage(), e);
        } catch (TimeoutException | CancellationException e) {
            throw new AdapterException(AdapterException.Kind.TIMEOUT,
                    "server " + server.id() + " did not come to its turn in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AdapterException refusal) {
                throw new AdapterException(refusal.kind(), refusal.getMessage(), refusal);
            }
            throw new IllegalStateException("an operation of server " + server.id() + " failed", e.getCause());
        } finally {
            answer.cancel(false);
        }
    }

    /** What is done when it is a server's turn, before the vendor is asked. */
    @FunctionalInterface
    interface Before {
        void run() throws InterruptedException;
    }

    /** Begins to ask the vendor; for one server one operation runs at a time. */
    PendingStream open(ConsoleSession session, Before before) {
        Server server = session.server();
        PendingStream pending = new PendingStream();
        Opening opening = new Opening() {
            @Override
            public void step(Step step) {
                pending.step(step);
            }

            @Override
            public void lease(Map<String, String> undo) {
                journal.writeLease(session.id(), server.id(), server.type(), undo);
            }
        };
        try {
            queue.execute(turn(server), () -> pending.run(() -> {
                requireLive(session);
                before.run();
                return ask(session, opening);
            }));
        } catch (RejectedExecutionException e) {
            tell.accept(new SessionEvent.Failed(session, Optional.of(AdapterException.Kind.BUSY), Duration.ZERO));
            pending.fail(new AdapterException(AdapterException.Kind.BUSY, e.getMessage(), e));
        }
        return pending;
    }

    /** What a session was granted is taken back in its server's turn, too: nothing must be granted to it after that. */
    private static void requireLive(ConsoleSession session) throws AdapterException {
        if (session.ended().isPresent()) {
            throw new AdapterException(AdapterException.Kind.BUSY, "console session " + session.id() + " has ended");
        }
    }

    private String turn(Server server) {
        return adapters.get(server.type()).turn(server);
    }

    private ConsoleStream ask(ConsoleSession session, Opening opening) throws AdapterException, InterruptedException {
        long begun = System.nanoTime();
        try {
            ConsoleStream stream = adapters.get(session.server().type()).open(session.server(), opening);
            tell.accept(new SessionEvent.Opened(session, since(begun)));
            return stream;
        } catch (AdapterException e) {
            tell.accept(new SessionEvent.Failed(session, Optional.of(e.kind()), since(begun)));
            throw e;
        } catch (SessionOverException e) {
            // First, so that the customer is told why rather than that somebody else is there.
            heedOthers.run();
            throw new AdapterException(AdapterException.Kind.BUSY, e.getMessage(), e);
        } catch (RuntimeException e) {
            tell.accept(new SessionEvent.Failed(session, Optional.empty(), since(begun)));
            throw e;
        }
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Waits a few seconds for what has been begun. */
    @Override
    public void close() {
        try {
            if (!queue.awaitIdle(SHUTDOWN_PATIENCE)) {
                LOGGER.warn("Some vendors did not answer in time while shutting down; the next start tells them.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pool.shutdownNow();
    }
}
