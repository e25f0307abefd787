package org.serverconsole.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.inventory.InventoryException;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.LeaseRecord;
import org.serverconsole.journal.Journal.SessionRecord;
import org.serverconsole.journal.JournalException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes back what vendors granted: when a console session ends, at start what a crash left, and again from time to time what
 * could not be taken back.
 */
final class Leases {

    private static final Logger LOGGER = LoggerFactory.getLogger(Leases.class);

    private static final long RETRY_SECONDS = 20;
    private static final long WRITE_AGAIN_SECONDS = 5;

    /** How long the node that was at a server has to leave it. One that takes longer has gone, or its BMC has. */
    private static final Duration LEAVING_PATIENCE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    /** A node ends its sessions at their deadlines; what is left a while later nobody has. */
    private static final Duration OVERDUE = Duration.ofMinutes(1);

    /** No server is called so: a server's ID is never empty. */
    private static final String RETRIES = "";

    private final Clock clock;
    private final Journal journal;
    private final Map<String, ConsoleAdapter> adapters;
    private final Function<String, Optional<Server>> servers;
    private final SerialQueue queue;
    private final Predicate<String> isLive;
    private final BooleanSupplier canTellTheDead;

    /** The numbers of those to be taken back that have not been yet. */
    private final Set<Long> pending = ConcurrentHashMap.newKeySet();

    /** Ends that the journal does not know yet, since it could not be used, or too much was waiting for the server. */
    private final Set<End> unwritten = ConcurrentHashMap.newKeySet();

    /** Those of them that wait for their server's turn. */
    private final Set<End> inTurn = ConcurrentHashMap.newKeySet();

    private record End(ConsoleSession session, EndReason reason, Instant when) { }

    /**
     * @param isLive whether a server has a live console session, whose lease must not be taken back
     * @param canTellTheDead whether what the journal says of other nodes is to be believed now
     */
    Leases(
            Clock clock,
            Journal journal,
            Map<String, ConsoleAdapter> adapters,
            Function<String, Optional<Server>> servers,
            SerialQueue queue,
            ScheduledExecutorService timer,
            Predicate<String> isLive,
            BooleanSupplier canTellTheDead) {
        this.clock = clock;
        this.journal = journal;
        this.adapters = adapters;
        this.servers = servers;
        this.queue = queue;
        this.isLive = isLive;
        this.canTellTheDead = canTellTheDead;
        timer.scheduleWithFixedDelay(this::retryInTurn, RETRY_SECONDS, RETRY_SECONDS, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(this::writeAgain, WRITE_AGAIN_SECONDS, WRITE_AGAIN_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Gives the sessions of nodes that are dead an end, and takes back every lease of servers that nobody is at; done when
     * each has been tried once.
     */
    CompletableFuture<Void> takeBackAll() {
        for (SessionRecord session : journal.strandedSessionsEnded(EndReason.NODE_SHUTDOWN.name(), clock.instant())) {
            LOGGER.warn("Console session {} of server {} was served by a node that is dead, and has ended.",
                    session.id(), session.serverId());
        }
        journal.overdueSessionsEnded(EndReason.EXPIRED.name(), clock.instant().minus(OVERDUE));
        List<LeaseRecord> left = journal.claimLeases(Optional.empty()).stream()
                .filter(lease -> !isLive.test(lease.serverId()))
                .toList();
        if (journal.isShared()) {
            // What another node has taken back meanwhile is not pending any more.
            pending.retainAll(left.stream().map(LeaseRecord::id).toList());
        }
        left.forEach(lease -> pending.add(lease.id()));
        return CompletableFuture.allOf(left.stream().map(this::takeBackInTurn).toArray(CompletableFuture[]::new));
    }

    /** Journals that the session ended and takes back its leases, before the next stream of that server is opened. */
    void takeBackAfter(ConsoleSession session, EndReason reason, Instant when) {
        takeBackInTurn(new End(session, reason, when));
    }

    private void takeBackInTurn(End end) {
        try {
            queue.execute(turn(end.session().server()), () -> takeBackAfter(end));
        } catch (RejectedExecutionException e) {
            unwritten.add(end);
            LOGGER.warn("What session {} was granted is taken back later: {}", end.session().id(), e.getMessage());
        }
    }

    private void takeBackAfter(End end) {
        List<LeaseRecord> granted;
        try {
            journal.sessionEnded(end.session().id(), end.reason().name(), end.when());
            granted = journal.claimLeases(Optional.of(end.session().id()));
        } catch (JournalException e) {
            // Without it nobody can say whether another node is at that server by now.
            unwritten.add(end);
            LOGGER.warn("console-journal: the end of session {} is written down, and what it was granted taken back, when the"
                    + " journal can be used again.", end.session().id());
            return;
        }
        granted.forEach(lease -> pending.add(lease.id()));
        granted.forEach(lease -> takeBack(lease, end.session().server()));
    }

    private void writeAgain() {
        unwritten.stream().filter(inTurn::add).forEach(end -> {
            try {
                queue.execute(turn(end.session().server()), () -> {
                    inTurn.remove(end);
                    takeBackUnwritten(end);
                });
            } catch (RejectedExecutionException e) {
                inTurn.remove(end);
                LOGGER.debug("What session {} was granted is taken back later: {}", end.session().id(), e.getMessage());
            }
        });
    }

    /** Unless whoever came to that server since has done it already: later, it would take his console from him. */
    private void takeBackUnwritten(End end) {
        if (unwritten.remove(end)) {
            takeBackAfter(end);
        }
    }

    /**
     * Takes back what earlier sessions of a server have left, where it could not be done at their end, or another node may have
     * held them. To be called in the server's turn, before anything is opened there. Waits until the other node has left, but
     * a few seconds at most.
     */
    void takeBackBefore(ConsoleSession session) throws InterruptedException {
        unwritten.stream().filter(end -> end.session().server().id().equals(session.server().id()))
                .forEach(this::takeBackUnwritten);
        if (!journal.isShared()) {
            return;
        }
        Server server = session.server();
        long until = System.nanoTime() + LEAVING_PATIENCE.toNanos();
        while (journal.isBusyElsewhere(server.id(), session.id()) && System.nanoTime() < until) {
            TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
        }
        for (LeaseRecord lease : journal.claimLeasesBefore(server.id(), session.id())) {
            pending.add(lease.id());
            if (lease.type().equals(server.type())) {
                takeBack(lease, server);
            }
        }
    }

    /** How much is to be taken back and has not been yet, as far as has been tried. */
    int pending() {
        return pending.size() + unwritten.size();
    }

    private String turn(Server server) {
        return adapters.get(server.type()).turn(server);
    }

    /** That of its server, as far as the inventory tells it now. */
    private String turn(LeaseRecord lease) {
        try {
            return servers.apply(lease.serverId()).filter(server -> adapters.containsKey(server.type()))
                    .map(this::turn).orElse(lease.serverId());
        } catch (InventoryException e) {
            LOGGER.debug("The inventory does not tell whose turn it is for server {}: {}", lease.serverId(), e.getMessage());
            return lease.serverId();
        }
    }

    /** The timer is for deadlines; journal and inventory may take their time. */
    private void retryInTurn() {
        try {
            queue.execute(RETRIES, this::retry);
        } catch (RejectedExecutionException e) {
            LOGGER.warn("What could not be taken back is tried again later: {}", e.getMessage());
        }
    }

    private void retry() {
        if (!canTellTheDead.getAsBoolean()) {
            return;
        }
        try {
            takeBackAll();
        } catch (RuntimeException e) {
            LOGGER.error("The journal could not be read for leases to take back: {}", e.getMessage());
        }
    }

    private CompletableFuture<Void> takeBackInTurn(LeaseRecord lease) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            queue.execute(turn(lease), () -> {
                try {
                    takeBackLeft(lease);
                } finally {
                    done.complete(null);
                }
            });
        } catch (RejectedExecutionException e) {
            LOGGER.warn("What server {} granted is taken back later: {}", lease.serverId(), e.getMessage());
            done.complete(null);
        }
        return done;
    }

    private void takeBackLeft(LeaseRecord lease) {
        if (!pending.contains(lease.id())) {
            // The session's own end has taken it back while this waited for its turn.
            return;
        }
        if (isLive.test(lease.serverId()) || isServedElsewhere(lease)) {
            pending.remove(lease.id());
            return;
        }
        Optional<Server> server;
        try {
            server = servers.apply(lease.serverId());
        } catch (InventoryException e) {
            LOGGER.warn("Console access to server {} could not be taken back and will be tried again: {}",
                    lease.serverId(), e.getMessage());
            return;
        }
        if (server.isEmpty() || !server.get().type().equals(lease.type())) {
            LOGGER.error("Server {} is no longer in the inventory with type {}, but a console granted there has not been"
                    + " taken back: put it back for a while.", lease.serverId(), lease.type());
            return;
        }
        takeBack(lease, server.get());
    }

    /** Whoever comes to its server through another node is to take it back before he opens anything. */
    private void leaveToOthers(LeaseRecord lease) {
        try {
            journal.disclaimLease(lease.id());
        } catch (JournalException e) {
            LOGGER.debug("The lease of server {} stays claimed for a while.", lease.serverId());
        }
    }

    /** Whoever came to its server while this waited for its turn is not to lose his console, and takes it back himself. */
    private boolean isServedElsewhere(LeaseRecord lease) {
        boolean served = journal.isShared() && journal.isBusyElsewhere(lease.serverId(), lease.sessionId());
        if (served) {
            journal.disclaimLease(lease.id());
        }
        return served;
    }

    private void takeBack(LeaseRecord lease, Server server) {
        try {
            adapters.get(lease.type()).revoke(server, lease.undo());
            journal.leaseReleased(lease.id());
            pending.remove(lease.id());
        } catch (AdapterException e) {
            LOGGER.warn("Console access to server {} could not be taken back and will be tried again: {}: {}",
                    lease.serverId(), e.kind(), e.getMessage());
            leaveToOthers(lease);
        } catch (JournalException e) {
            // Once more does no harm.
            LOGGER.warn("console-journal: console access to server {} has been taken back, but that could not be written down;"
                    + " it will be taken back again.", lease.serverId());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
