package org.serverconsole.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.serverconsole.inventory.Server;

/** One customer on one server, until its deadline. Safe for use by many threads. */
public final class ConsoleSession {

    private static final Viewer NOBODY = reason -> { };

    private final ConsoleSessions sessions;
    private final String id;
    private final Server server;
    private final String customer;
    private final String tokenHash;
    private final Instant started;
    private final Watchers watchers = new Watchers();
    private final AtomicInteger displays = new AtomicInteger();

    private Instant deadline;
    private EndReason ended;
    private Viewer viewer = NOBODY;
    private PendingStream ahead;
    private Future<?> timer;

    ConsoleSession(
            ConsoleSessions sessions, String id, Server server, String customer, String tokenHash, Instant started) {
        this.sessions = sessions;
        this.id = id;
        this.server = server;
        this.customer = customer;
        this.tokenHash = tokenHash;
        this.started = started;
        this.deadline = started;
    }

    /** The key of this session: what the panel, the log and the journal call it. No secret. */
    public String id() {
        return id;
    }

    public Server server() {
        return server;
    }

    public String customer() {
        return customer;
    }

    /** What the journal remembers of the token this session was opened with. */
    public String tokenHash() {
        return tokenHash;
    }

    public Instant started() {
        return started;
    }

    public synchronized Instant deadline() {
        return deadline;
    }

    public Duration timeLeft() {
        Duration left = Duration.between(sessions.now(), deadline());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /**
     * Moves the deadline to a whole session's duration from now, but not beyond the limit that is counted from the start.
     *
     * @return false where the session has ended or its deadline cannot be moved any further
     */
    public boolean extend() {
        return sessions.extend(this);
    }

    /** Moves the deadline because another node has journalled a new one. */
    void moveDeadline(Instant newDeadline) {
        sessions.moveDeadline(this, newDeadline);
    }

    /** Whether {@link #extend} would move the deadline. */
    public boolean canExtend() {
        return sessions.canExtend(this);
    }

    public synchronized Optional<EndReason> ended() {
        return Optional.ofNullable(ended);
    }

    /**
     * Shows this session to a viewer, and to no other: one that looked at it before is cut. A viewer of a session that has
     * ended is cut at once.
     */
    public void attach(Viewer newViewer) {
        Viewer cut;
        EndReason reason;
        synchronized (this) {
            cut = ended == null ? viewer : newViewer;
            reason = ended == null ? EndReason.SUPERSEDED : ended;
            viewer = newViewer;
        }
        cut.cut(reason);
        if (watchers.count() > 0) {
            newViewer.watchers(watchers.count());
        }
    }

    /** Lets somebody look on. Where the session has ended he is cut at once. */
    public void watch(Watcher watcher) {
        watchers.add(watcher);
        if (ended().isPresent()) {
            watchers.cut(ended().get());
        } else {
            tellWatchers();
        }
    }

    /** Forgets somebody who has looked on and has left. */
    public void unwatch(Watcher watcher) {
        if (watchers.remove(watcher)) {
            tellWatchers();
        }
    }

    private void tellWatchers() {
        Viewer told;
        synchronized (this) {
            told = viewer;
        }
        // Of two numbers told by two threads the later one must be the right one.
        synchronized (watchers) {
            told.watchers(watchers.count());
        }
    }

    /** The viewer sees a picture, which others may look at. */
    public void showing(String display) {
        watchers.show(display);
    }

    /** The viewer sees that picture no longer. */
    public void notShowing(String display) {
        watchers.gone(display);
    }

    /** Has it noted down that a display is recorded under that name. */
    public void recorded(String name) {
        sessions.tell(new SessionEvent.Recorded(this, name));
    }

    /** Has it noted down that the server has closed the console. */
    public void lost() {
        sessions.tell(new SessionEvent.Lost(this));
    }

    /** Has it noted down who looks on. */
    public void watched(String who, String address) {
        sessions.tell(new SessionEvent.Watched(this, who, address));
    }

    /** Numbers the displays of this session, from 1 on. */
    public int nextDisplay() {
        return displays.incrementAndGet();
    }

    /** How many look at it now. */
    public synchronized int viewers() {
        return viewer == NOBODY ? 0 : 1;
    }

    /** Forgets a viewer that has left; another one that came since stays. */
    public synchronized void detach(Viewer leaving) {
        if (viewer == leaving) {
            viewer = NOBODY;
        }
    }

    /** The stream that was opened at login if nobody took it yet and it is still good, otherwise a new one. */
    public PendingStream takeStream() {
        PendingStream taken;
        synchronized (this) {
            taken = ahead;
            ahead = null;
        }
        if (taken != null && taken.isUsable()) {
            return taken;
        }
        return sessions.open(this);
    }

    /** Ends the session, once: the first reason holds. Does not block. */
    public void end(EndReason reason) {
        Viewer cut;
        PendingStream unused;
        synchronized (this) {
            if (ended != null) {
                return;
            }
            ended = reason;
            cut = viewer;
            viewer = NOBODY;
            unused = ahead;
            ahead = null;
            if (timer != null) {
                timer.cancel(false);
            }
        }
        cut.cut(reason);
        watchers.cut(reason);
        if (unused != null) {
            unused.abandon();
        }
        sessions.ended(this, reason);
    }

    /**
     * Sets the deadline and what ends this session then, instead of what did before.
     *
     * @return false where the session has ended
     */
    boolean setDeadline(Instant newDeadline, Future<?> newTimer) {
        Viewer told;
        synchronized (this) {
            if (ended != null) {
                newTimer.cancel(false);
                return false;
            }
            if (timer != null) {
                timer.cancel(false);
            }
            timer = newTimer;
            deadline = newDeadline;
            told = viewer;
        }
        told.timeLeft(timeLeft());
        return true;
    }

    /** Sets the stream that is opened for the first viewer. */
    void setStreamAhead(PendingStream newAhead) {
        synchronized (this) {
            if (ended == null) {
                ahead = newAhead;
                return;
            }
        }
        newAhead.abandon();
    }

    /** Gives up the stream opened at login where nobody has come for it. */
    void dropStreamAhead() {
        PendingStream unused;
        synchronized (this) {
            unused = ahead;
            ahead = null;
        }
        if (unused != null) {
            unused.abandon();
        }
    }
}
