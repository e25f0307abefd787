package org.serverconsole.session;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
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

    /** Who says nothing for longer than that may have been taken for dead, and has missed what the others said. */
    private static final int SIGNS_MISSED = 3;

    private final Journal journal;
    private final Pace pace;
    private final Function<String, Optional<ConsoleSession>> sessions;
    private final ScheduledExecutorService own = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "console-neighbours");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean failing;
    private volatile long unsettled;
    private long lastSign;

    /**
     * How often others are looked after.
     *
     * @param looks between two looks at what they want, beside those that the journal itself asks for
     * @param signs between two signs of life
     * @param settling how long all nodes may look dead, until each has said that it lives: after a start, since the journal may
     *     have been away before, and after it was away
     */
    record Pace(Duration looks, Duration signs, Duration settling) {

        static final Pace USUAL = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30));
    }

    /**
     * @param sessions from its key to a live session of this node
     */
    Neighbours(Journal journal, Pace pace, Function<String, Optional<ConsoleSession>> sessions) {
        this.journal = journal;
        this.pace = pace;
        this.sessions = sessions;
        unsettled = System.nanoTime();
        lastSign = unsettled;
    }

    void start() {
        own.scheduleWithFixedDelay(() -> attempt(this::sign), 0, pace.signs().toMillis(), TimeUnit.MILLISECONDS);
        own.scheduleWithFixedDelay(this::heed, 0, pace.looks().toMillis(), TimeUnit.MILLISECONDS);
        journal.onWish(this::lookNow);
    }

    /** Whether a node that looks dead is dead. Where nobody else has the journal, all others are. */
    boolean canTell() {
        return !journal.isShared() || !failing && System.nanoTime() - unsettled >= pace.settling().toNanos();
    }

    /** Does what the others want of this node's sessions, on the calling thread. */
    void heed() {
        attempt(this::look);
    }

    private void lookNow() {
        try {
            own.execute(this::heed);
        } catch (RejectedExecutionException e) {
            LOGGER.debug("This node is shutting down and looks no more.");
        }
    }

    /** Where this process was stopped for a while, the others may have been as well. */
    private void sign() {
        long now = System.nanoTime();
        if (now - lastSign > pace.signs().multipliedBy(SIGNS_MISSED).toNanos()) {
            unsettled = now;
        }
        lastSign = now;
        journal.alive();
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
            unsettled = System.nanoTime();
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
