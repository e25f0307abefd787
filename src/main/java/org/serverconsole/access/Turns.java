package org.serverconsole.access;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Who may evaluate a PIN next. Two are evaluated at once, so that bcrypt leaves the processors to the consoles; of one customer
 * or one server only one, so that whoever guesses by the thousand stands in his own line and not in front of others. First
 * come, first served; who finds a long line or has waited too long is told to come again.
 */
final class Turns {

    private static final int AT_ONCE = 2;

    /** The one whose turn it is and those behind him. A thread waits for each, and the web application has some 200. */
    private static final int LONGEST_LINE = 8;

    /** How long eight evaluations take on a slow machine. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final Semaphore evaluations = new Semaphore(AT_ONCE, true);
    private final Map<String, Line> lines = new ConcurrentHashMap<>();
    private final Duration patience;

    Turns(Duration patience) {
        this.patience = patience;
    }

    /**
     * Waits for a turn, which the caller must close.
     *
     * @param subjects whose lines to stand in, and come to the head of one after the other; all callers name them in the same
     *     order of kinds, so that no two wait for each other
     * @throws AccessException with {@link AccessException.Refusal#TOO_MANY}
     */
    Turn take(List<String> subjects) throws AccessException {
        long deadline = System.nanoTime() + patience.toNanos();
        Turn turn = new Turn();
        try {
            List<Semaphore> heads = new ArrayList<>();
            for (String subject : subjects) {
                heads.add(turn.join(subject));
            }
            // Only who has a place in every line waits at all.
            for (Semaphore head : heads) {
                turn.acquire(head, deadline);
            }
            turn.acquire(evaluations, deadline);
            return turn;
        } catch (AccessException e) {
            turn.close();
            throw e;
        }
    }

    /** How many stand in lines; for tests. */
    int waitingOrServed() {
        return lines.values().stream().mapToInt(line -> line.length).sum();
    }

    /** A place at the head of all lines, until it is closed. */
    final class Turn implements AutoCloseable {

        private final Deque<Runnable> taken = new ArrayDeque<>();

        private Turn() { }

        private Semaphore join(String subject) throws AccessException {
            Line joined = lines.compute(subject, (name, line) -> line == null ? new Line(1) : line.longer());
            taken.push(() -> lines.compute(subject, (name, line) -> line == null || line.length == 1 ? null : line.shorter()));
            if (joined.length > LONGEST_LINE) {
                throw tooMany();
            }
            return joined.head;
        }

        private void acquire(Semaphore semaphore, long deadline) throws AccessException {
            try {
                if (!semaphore.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw tooMany();
                }
                taken.push(semaphore::release);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw tooMany();
            }
        }

        @Override
        public void close() {
            while (!taken.isEmpty()) {
                taken.pop().run();
            }
        }
    }

    /** Those who wait for the same subject, with the one who is served. */
    private record Line(int length, Semaphore head) {

        Line(int length) {
            this(length, new Semaphore(1, true));
        }

        Line longer() {
            return new Line(length + 1, head);
        }

        Line shorter() {
            return new Line(length - 1, head);
        }
    }

    private static AccessException tooMany() {
        return AccessException.tooMany("too many PINs are being checked", SOON);
    }
}
