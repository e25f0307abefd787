package org.serverconsole.session;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.Wish;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other nodes at a journal that is shared: tells them that this one lives, and does to its sessions what they want. On a
 * thread of its own, since a journal may take its time, and who is late is taken for dead.
 */
final class Neighbours implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Neighbours.class);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_SIGNS = Duration.ofSeconds(5);

    /** After the journal was away, all nodes look dead until each has said that it lives. */
    private static final Duration SETTLING = Duration.ofSeconds(30);

    private final Journal journal;
    private final Function<String, Optional<ConsoleSession>> sessions;
    private final ScheduledExecutorService own = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "console-neighbours");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean failing;
    private volatile long lastFailure = System.nanoTime() - SETTLING.toNanos();

    /**
     * @param sessions from its key to a live session of this node
     */
    Neighbours(Journal journal, Function<String, Optional<ConsoleSession>> sessions) {
        this.journal = journal;
        this.sessions = sessions;
    }

    void start() {
        own.scheduleWithFixedDelay(() -> attempt(journal::alive), 0, BETWEEN_SIGNS.toMillis(), TimeUnit.MILLISECONDS);
        own.scheduleWithFixedDelay(() -> attempt(this::look), 0, BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether a node that looks dead is dead. */
    boolean canTell() {
        return !failing && System.nanoTime() - lastFailure >= SETTLING.toNanos();
    }

    private void attempt(Runnable what) {
        try {
            what.run();
            if (failing) {
                LOGGER.info("The journal answers again.");
            }
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                LOGGER.error("console-journal: the journal cannot be reached; live consoles go on.", e);
            }
            failing = true;
            lastFailure = System.nanoTime();
        }
    }

    private void look() {
        for (Wish wish : journal.wishes()) {
            sessions.apply(wish.sessionId()).ifPresent(session -> {
                wish.deadline().ifPresent(session::moveDeadline);
                wish.end().map(EndReason::valueOf).ifPresent(session::end);
            });
        }
    }

    @Override
    public void close() {
        own.shutdownNow();
    }
}
