package org.serverconsole.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.SessionRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every live console session of this node: one for a server at most, each ended at its deadline. Nothing of what a vendor
 * granted outlives its session, not even a crash: see {@link Leases}.
 */
public final class ConsoleSessions implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConsoleSessions.class);

    /** How long a stream opened at login waits for the browser: long enough for a slow page on a slow line. */
    private static final Duration AHEAD = Duration.ofSeconds(60);

    /** Between two looks for sessions that have outlived their deadlines, and how far beyond they must be: clocks are put right. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    /** How long the reason of an end is told to who still holds the session's link. */
    private static final Duration END_REMEMBERED = Duration.ofMinutes(2);

    private final Clock clock;
    private final Journal journal;
    private final SessionRules rules;
    private final ScheduledExecutorService timer;
    private final List<Consumer<SessionEvent>> listeners;
    private final Capacity capacity;
    private final Vendors vendors;
    private final Neighbours neighbours;
    private final Leases leases;

    private final Map<String, ConsoleSession> live = new ConcurrentHashMap<>();
    private final Map<String, EndReason> recentEnds = new ConcurrentHashMap<>();

    /** Why sessions are to end as soon as they have started, by their keys. */
    private final Map<String, EndReason> unwanted = new ConcurrentHashMap<>();

    /**
     * @param adapters by their type, started
     * @param servers from a server's ID to the server, for leases that an earlier run left
     * @param timer one thread is enough; it is not shut down here
     * @param listeners told what becomes of each session
     */
    public ConsoleSessions(
            Clock clock,
            Journal journal,
            Map<String, ConsoleAdapter> adapters,
            SessionRules rules,
            Function<String, Optional<Server>> servers,
            ScheduledExecutorService timer,
            List<Consumer<SessionEvent>> listeners) {
        this(clock, journal, adapters, rules, servers, timer, listeners, Neighbours.Pace.USUAL);
    }

    ConsoleSessions(
            Clock clock,
            Journal journal,
            Map<String, ConsoleAdapter> adapters,
            SessionRules rules,
            Function<String, Optional<Server>> servers,
            ScheduledExecutorService timer,
            List<Consumer<SessionEvent>> listeners,
            Neighbours.Pace pace) {
        this.clock = clock;
        this.journal = journal;
        this.rules = rules;
        this.timer = timer;
        this.listeners = List.copyOf(listeners);
        capacity = new Capacity(rules.most(), rules.mostPerCustomer());
        neighbours = new Neighbours(journal, pace, this::find);
        vendors = new Vendors(adapters, journal, this::tell, neighbours::heed);
        leases = new Leases(
                clock, journal, adapters, servers, vendors.queue(), timer, this::isLive, neighbours::canTell);
        timer.scheduleWithFixedDelay(
                this::endOverdue, BETWEEN_LOOKS.toMillis(), BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A timer stands still while the machine does, as one that is suspended, and the clock that deadlines go by does not. */
    private void endOverdue() {
        Instant latest = clock.instant().minus(BETWEEN_LOOKS);
        live.values().stream()
                // One that is just being started has no deadline yet.
                .filter(session -> session.deadline().isAfter(session.started()) && session.deadline().isBefore(latest))
                .forEach(session -> session.end(EndReason.EXPIRED));
    }

    /**
     * Takes back what an earlier run of this node left at the vendors, and journals that its sessions are over. To be called
     * once, before any session is started. Where other nodes have the journal as well, that is left to whoever finds this
     * node's earlier run dead.
     *
     * @return done when every vendor has been told or could not be reached; those are tried again from time to time
     */
    public Future<?> recover() {
        if (journal.isShared()) {
            neighbours.start();
        }
        return neighbours.canTell() ? leases.takeBackAll() : CompletableFuture.completedFuture(null);
    }

    /**
     * Starts a console session, supersedes the one that server had, and begins to ask the vendor for the first stream.
     *
     * @param id the key of the session, never used before
     * @param tokenHash what the journal remembers of the token
     * @param redeem records the session and uses up its token, or says false where the token had been used before
     * @return the session, or empty where the token had been used before
     * @throws NoRoomException where no further session may be started now; the token is as good as before
     */
    public Optional<ConsoleSession> start(
            String id, Server server, String customer, String tokenHash, Predicate<SessionRecord> redeem)
            throws NoRoomException {
        Instant now = clock.instant();
        capacity.take(id, server.id(), customer, elsewhere(server.id(), customer));
        boolean redeemed = false;
        try {
            redeemed = redeem.test(new SessionRecord(id, server.id(), customer, now, now.plus(rules.duration())));
        } finally {
            if (!redeemed) {
                capacity.giveBack(id);
                unwanted.remove(id);
            }
        }
        return redeemed
                ? Optional.of(begin(new ConsoleSession(this, id, server, customer, tokenHash, now))) : Optional.empty();
    }

    private ConsoleSession begin(ConsoleSession session) {
        ConsoleSession older = live.put(session.server().id(), session);
        if (older != null) {
            older.end(EndReason.SUPERSEDED);
        }
        session.setDeadline(session.started().plus(rules.duration()), endIn(session, rules.duration()));
        LOGGER.info("Console session {} of server {} opened by customer {} until {}.",
                session.id(), session.server().id(), session.customer(), session.deadline());
        tell(new SessionEvent.Started(session));
        Optional.ofNullable(unwanted.remove(session.id())).ifPresent(session::end);
        session.setStreamAhead(open(session));
        timer.schedule(session::dropStreamAhead, AHEAD.toMillis(), TimeUnit.MILLISECONDS);
        return session;
    }

    /**
     * Whether a session of that customer on that server could start now, to be asked before anything is promised.
     *
     * @throws NoRoomException where it could not
     */
    public void requireRoom(String serverId, String customer) throws NoRoomException {
        capacity.require(serverId, customer, elsewhere(serverId, customer));
    }

    /** Two nodes that count at the same instant may let in one more. */
    private int elsewhere(String serverId, String customer) {
        return journal.isShared() ? journal.serversElsewhere(customer, serverId) : 0;
    }

    /** Whether this node is to run empty: no new session starts then, and those that are live go on to their deadlines. */
    public void drain(boolean drain) {
        capacity.drain(drain);
        LOGGER.info("This node {}.", drain ? "is being drained: no new console is opened" : "opens consoles again");
    }

    public boolean draining() {
        return capacity.draining();
    }

    /** How many things that vendors granted to sessions now over have not been taken back yet. */
    public int releasesPending() {
        return leases.pending();
    }

    /** The live sessions, in no order. */
    public List<ConsoleSession> live() {
        return List.copyOf(live.values());
    }

    /** The live session with that key. */
    public Optional<ConsoleSession> find(String id) {
        return live.values().stream().filter(session -> session.id().equals(id)).findAny();
    }

    /** Whether the session of that key is live at this node, or is just being started. */
    public boolean expects(String id) {
        return capacity.has(id);
    }

    /** Ends the session of that key, or else one that is just being started as soon as it has. */
    public void end(String id, EndReason reason) {
        unwanted.put(id, reason);
        find(id).ifPresent(session -> session.end(reason));
        if (!expects(id)) {
            unwanted.remove(id);
        }
    }

    /** The live session of that server. */
    public Optional<ConsoleSession> ofServer(String serverId) {
        return Optional.ofNullable(live.get(serverId));
    }

    boolean extend(ConsoleSession session) {
        Optional<Instant> deadline = laterDeadline(session.started(), session.deadline());
        if (deadline.isEmpty()) {
            return false;
        }
        journal.sessionExtended(session.id(), deadline.get());
        return moveDeadline(session, deadline.get());
    }

    boolean moveDeadline(ConsoleSession session, Instant deadline) {
        boolean moved = session.setDeadline(deadline, endIn(session, Duration.between(clock.instant(), deadline)));
        if (moved) {
            LOGGER.info("Console session {} of server {} extended until {}.", session.id(), session.server().id(), deadline);
            tell(new SessionEvent.Extended(session));
        }
        return moved;
    }

    /**
     * Where extending now would move the deadline of a session, here or at another node.
     *
     * @return empty where it would not
     */
    public Optional<Instant> laterDeadline(Instant started, Instant deadline) {
        Instant wanted = clock.instant().plus(rules.duration());
        Instant latest = started.plus(rules.limit());
        return Optional.of(wanted.isBefore(latest) ? wanted : latest).filter(later -> later.isAfter(deadline));
    }

    boolean canExtend(ConsoleSession session) {
        return session.ended().isEmpty() && session.deadline().isBefore(session.started().plus(rules.limit()));
    }

    private ScheduledFuture<?> endIn(ConsoleSession session, Duration left) {
        return timer.schedule(() -> session.end(EndReason.EXPIRED), left.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Why the session that used up that token ended, here or at another node, as long as that is news. */
    public Optional<EndReason> recentEnd(String tokenHash) {
        Optional<EndReason> here = Optional.ofNullable(recentEnds.get(tokenHash));
        return here.isPresent() || !journal.isShared() ? here : journal.endOf(tokenHash)
                .filter(end -> clock.instant().isBefore(end.when().plus(END_REMEMBERED)))
                .flatMap(end -> EndReason.named(end.reason()));
    }

    /** Ends every session, takes back what they were granted, and waits for that a few seconds at most. */
    @Override
    public void close() {
        live().forEach(session -> session.end(EndReason.NODE_SHUTDOWN));
        vendors.close();
        neighbours.close();
    }

    Instant now() {
        return clock.instant();
    }

    private boolean isLive(String serverId) {
        return live.containsKey(serverId);
    }

    /** What is asked of a vendor beside consoles, such as its power. Blocks, but no longer than the adapter's deadlines. */
    @FunctionalInterface
    public interface Operation<T> {
        T run(ConsoleAdapter adapter) throws AdapterException, InterruptedException;
    }

    /**
     * Asks a server's vendor for something when it is that server's turn, and waits for the answer.
     *
     * @throws AdapterException what the vendor refused; BUSY where too much is waiting for the server already, TIMEOUT where
     *     it does not come to its turn
     */
    public <T> T operate(Server server, Operation<T> operation) throws AdapterException, InterruptedException {
        return vendors.operate(server, operation);
    }

    PendingStream open(ConsoleSession session) {
        return vendors.open(session, () -> leases.takeBackBefore(session));
    }

    void tell(SessionEvent event) {
        for (Consumer<SessionEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOGGER.error("Something of console session {} could not be noted down.", event.session().id(), e);
            }
        }
    }

    void ended(ConsoleSession session, EndReason reason) {
        live.remove(session.server().id(), session);
        capacity.giveBack(session.id());
        unwanted.remove(session.id());
        recentEnds.put(session.tokenHash(), reason);
        timer.schedule(() -> recentEnds.remove(session.tokenHash()), END_REMEMBERED.toSeconds(), TimeUnit.SECONDS);
        LOGGER.info("Console session {} of server {} ended: {}.", session.id(), session.server().id(), reason);
        tell(new SessionEvent.Ended(session, reason));
        leases.takeBackAfter(session, reason, clock.instant());
    }
}
