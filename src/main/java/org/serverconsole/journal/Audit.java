package org.serverconsole.journal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the audit: each event at once as one line of JSON on the logger {@code console.audit}, and a moment later in the
 * journal, by a thread of its own. Nobody who reports an event waits for a disk. While the journal fails, events wait for it,
 * up to ten thousand; what comes then is in the log only. Safe for use by many threads; never throws.
 */
public final class Audit implements AutoCloseable {

    /** Of what anybody in the world can cause, so much a minute; the rest is counted, lest strangers fill the disk. */
    static final int STRANGERS_A_MINUTE = 60;

    private static final Logger LINES = LoggerFactory.getLogger("console.audit");
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

    private static final int MOST_WAITING = 10_000;
    private static final int LARGEST_BATCH = 256;
    private static final int LONGEST = 256;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration CLOSING_PATIENCE = Duration.ofSeconds(5);
    private static final Pattern UNPRINTABLE = Pattern.compile("\\p{Cntrl}");

    /** For how long events are gathered: under load, hundreds of them share one write to the disk. */
    private static final Duration GATHERING = Duration.ofMillis(100);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

    /** The last of all. */
    private static final AuditEvent END = AuditEvent.at(Instant.EPOCH, "", "");

    private final Journal journal;
    private final Clock clock;
    private final BlockingQueue<AuditEvent> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Thread writer;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Object minuteLock = new Object();
    private Instant minute = Instant.EPOCH;
    private int strangers;
    private boolean failing;
    private volatile boolean overflowing;

    /**
     * @param journal not closed here, and to be closed later than this
     */
    public Audit(Journal journal, Clock clock) {
        this.journal = journal;
        this.clock = clock;
        writer = new Thread(this::writeAll, "console-audit");
        writer.setDaemon(true);
        writer.setContextClassLoader(Audit.class.getClassLoader());
        writer.start();
    }

    /** Now, for the event to be written. */
    public Instant now() {
        return clock.instant();
    }

    public void write(AuditEvent event) {
        leftOut().ifPresent(this::put);
        put(event);
    }

    /** The same for what somebody caused who has shown nothing that tells him from anybody in the world. */
    public void writeOfStranger(AuditEvent event) {
        leftOut().ifPresent(this::put);
        synchronized (minuteLock) {
            strangers++;
            if (strangers > STRANGERS_A_MINUTE) {
                return;
            }
        }
        put(event);
    }

    /** How many strangers' events of the minute before are missing, once that minute is over and where some are. */
    private Optional<AuditEvent> leftOut() {
        Instant now = clock.instant();
        synchronized (minuteLock) {
            if (now.isBefore(minute.plus(MINUTE))) {
                return Optional.empty();
            }
            int missing = strangers - STRANGERS_A_MINUTE;
            minute = now;
            strangers = 0;
            return missing <= 0 ? Optional.empty() : Optional.of(AuditEvent.at(now, "audit", "LEFT_OUT")
                    .reason(missing + " refusals of strangers were left out, since there were too many in a minute"));
        }
    }

    /** Tells the logger what is in the journal already. */
    static void log(AuditEvent event) {
        LINES.info("{}", printable(event).json());
    }

    private void put(AuditEvent event) {
        AuditEvent printable = printable(event);
        LINES.info("{}", printable.json());
        boolean waits = waiting.offer(printable);
        if (!waits && !overflowing) {
            LOG.error("The journal does not keep up: {} events of the audit wait for it, further ones are in the log only.",
                    MOST_WAITING);
        }
        overflowing = !waits;
    }

    private void writeAll() {
        List<AuditEvent> batch = new ArrayList<>();
        boolean end = false;
        while (!end) {
            batch.clear();
            try {
                gather(batch);
                end = batch.remove(END);
                while (!batch.isEmpty() && !writeToJournal(batch)
                        && !closing.await(BETWEEN_ATTEMPTS.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.debug("{} events of the audit wait for the journal.", batch.size());
                }
            } catch (InterruptedException e) {
                // Nobody but this class knows the thread; it ends by close() only.
                LOG.debug("An interrupt of the audit's thread is not heeded.");
            }
        }
    }

    private void gather(List<AuditEvent> batch) throws InterruptedException {
        AuditEvent next = waiting.take();
        long until = System.nanoTime() + GATHERING.toNanos();
        while (next != null) {
            batch.add(next);
            next = batch.size() == LARGEST_BATCH || next == END
                    ? null : waiting.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    private boolean writeToJournal(List<AuditEvent> batch) {
        try {
            journal.audit(batch);
            if (failing) {
                LOG.info("The journal takes the audit again.");
            }
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.error("The journal does not take the audit; until it does, the audit is in the log only.", e);
            }
            failing = true;
        }
        return !failing;
    }

    /** What came from outside, cut to what a reader of the audit needs. */
    private static AuditEvent printable(AuditEvent event) {
        return new AuditEvent(event.at(), event.action(), event.outcome(), event.server().map(Audit::printable),
                event.customer().map(Audit::printable), event.address().map(Audit::printable),
                event.key().map(Audit::printable), event.reason().map(Audit::printable));
    }

    private static String printable(String text) {
        String line = UNPRINTABLE.matcher(text).replaceAll("?");
        return line.length() > LONGEST ? line.substring(0, LONGEST) : line;
    }

    /** Has what waits written, for a few seconds at most. */
    @Override
    public void close() {
        synchronized (minuteLock) {
            minute = Instant.EPOCH;
        }
        leftOut().ifPresent(this::put);
        closing.countDown();
        try {
            if (waiting.offer(END, CLOSING_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                writer.join(CLOSING_PATIENCE.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
