package org.serverconsole.bench;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.Adapters;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.fake.Received;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.SessionRules;

/**
 * How long the consoles of many BMCs take that are asked for at the same moment, with and without dead ones among them, and what
 * is left behind of it. Everything of the product but Guacamole and the relay: sessions, journal, adapters.
 */
final class BmcBench implements AutoCloseable {

    private static final int BMCS = 200;
    private static final int RUNS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Within which all that is kept for a while is given up. */
    private static final Duration REST = Duration.ofSeconds(90);
    /** What looks every minute for leases to take back has a thread for half of that, also at rest; in looks, one a second. */
    private static final int REGULAR = 35;

    private final PrintStream out = System.out;
    private final Clock clock = Clock.systemUTC();
    private final EventLoopGroup network =
            new MultiThreadIoEventLoopGroup(0, new DefaultThreadFactory("console-network", true), NioIoHandler.newFactory());
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Map<String, Server> servers = new ConcurrentHashMap<>();
    private final BmcPark park;
    private final int dead;
    private final Journal journal;
    private final Adapters adapters;
    private final ConsoleSessions sessions;

    private BmcBench(Path folder, int dead, BmcPark park) throws Exception {
        this.park = park;
        this.dead = dead;
        journal = Journal.open("jdbc:h2:file:" + folder.resolve("journal"));
        adapters = Adapters.start(new AdapterEnvironment(RfbConnector.on(network), new SecureRandom(), Optional.of(park.caFile())));
        timer.setRemoveOnCancelPolicy(true);
        sessions = new ConsoleSessions(clock, journal, adapters.byType(),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(8), BMCS, BMCS), id -> Optional.ofNullable(servers.get(id)), timer, List.of());
    }

    /**
     * @param dead how many of the 200 BMCs
     * @param latency how much later an iDRAC answers each request
     */
    static BmcBench start(Path folder, int dead, Duration latency) throws Exception {
        if (dead < 0 || dead >= BMCS) {
            throw new IllegalArgumentException("--dead: write a number from 0 to " + (BMCS - 1));
        }
        return new BmcBench(folder, dead, new BmcPark(folder, latency));
    }

    /** What this process holds. */
    private record Level(int threads, int sockets) {

        boolean isAtMost(Level other) {
            return threads <= other.threads && sockets <= other.sockets;
        }

        @Override
        public String toString() {
            return threads + " threads and " + sockets + " sockets";
        }
    }

    void run() throws Exception {
        List<Server> healthy = park.healthy(BMCS - dead);
        healthy.forEach(server -> servers.put(server.id(), server));
        open(healthy.subList(0, 2), 0);
        Level before = atRest();
        out.printf("%d BMCs, half iDRACs, half IPMI; their consoles asked for at the same moment:%n", BMCS);
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        for (int run = -1; run < RUNS; run++) {
            double[] alone = open(healthy, 0);
            double[] mixed = open(healthy, dead);
            if (run >= 0) {
                DoubleStream.of(alone).forEach(without::add);
                DoubleStream.of(mixed).forEach(with::add);
            }
        }
        Figures alone = Figures.of(without.stream().mapToDouble(Double::doubleValue));
        Figures mixed = Figures.of(with.stream().mapToDouble(Double::doubleValue));
        out.printf(Locale.ROOT, "  %d healthy alone          %s%n  %d healthy, %d dead       %s%n  p95 with the dead to p95 without: %.2f%n",
                healthy.size(), alone, healthy.size(), dead, mixed, mixed.p95() / alone.p95());
        out.printf("  at rest before: %s; at the end of the last run: %s%n", before, level());
        out.printf("  no more than before from %d s on%n", secondsUntil(before));
    }

    /** Opens all at once, those that are dead as well, has every one answer, and ends them; how long each took that is not dead. */
    private double[] open(List<Server> healthy, int more) throws Exception {
        List<Opening> openings = healthy.stream().map(Opening::new).toList();
        List<Opening> failing = park.dead(more).stream().map(Opening::new).toList();
        // The dead first: whoever comes behind them must not wait.
        Stream.concat(failing.stream(), openings.stream()).forEach(opening -> park.thread(opening.task).start());
        double[] times = new double[openings.size()];
        for (int i = 0; i < times.length; i++) {
            times[i] = openings.get(i).task.get();
        }
        for (Opening opening : openings) {
            opening.requireAnswer();
        }
        for (Opening opening : failing) {
            opening.requireFailure();
        }
        sessions.live().forEach(session -> session.end(EndReason.CLOSED_BY_CUSTOMER));
        for (Opening opening : openings) {
            opening.stream.channel().close().sync();
        }
        Awaitility.await("all is taken back").atMost(PATIENCE)
                .until(() -> sessions.releasesPending() == 0 && journal.openLeases().isEmpty());
        park.buryDead();
        return times;
    }

    /** One customer, who comes for a console and waits for it. */
    private final class Opening {

        private final Server server;
        private final FutureTask<Double> task = new FutureTask<>(this::open);
        private volatile ConsoleStream stream;

        private Opening(Server server) {
            this.server = server;
        }

        /** In milliseconds. */
        private double open() throws Exception {
            long begin = System.nanoTime();
            String key = UUID.randomUUID().toString();
            ConsoleSession session = sessions.start(key, server, "customer of " + server.id(), key,
                    record -> journal.redeem(key, Instant.now().plus(PATIENCE), record)).orElseThrow();
            stream = session.takeStream().stream().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return (System.nanoTime() - begin) / 1e6;
        }

        /** A screen greets, and a serial line that says nothing is at least still there. */
        private void requireAnswer() {
            if (stream.protocol() == ConsoleStream.Protocol.RFB) {
                Received received = Received.from(stream.channel());
                stream.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
                Awaitility.await("the console of " + server.id() + " greets").until(() -> received.bytes().length >= 24);
            } else if (!stream.channel().isActive()) {
                throw new IllegalStateException("the console of " + server.id() + " has ended");
            }
        }

        private void requireFailure() throws Exception {
            try {
                task.get();
                throw new IllegalStateException("the dead BMC " + server.id() + " has a console");
            } catch (ExecutionException expected) {
                if (!(expected.getCause() instanceof ExecutionException)) {
                    throw expected;
                }
            }
        }
    }

    /** How long more is held than that, as seen for long enough; what is idle may be used once more, to log out. */
    private long secondsUntil(Level before) {
        long begin = System.nanoTime();
        long[] above = {begin};
        Awaitility.await("at rest again").atMost(REST.multipliedBy(2)).pollInterval(Duration.ofMillis(500)).until(() -> {
            long now = System.nanoTime();
            above[0] = level().isAtMost(before) ? above[0] : now;
            return now - begin > REST.toNanos();
        });
        return Duration.ofNanos(above[0] - begin).toSeconds() + 1;
    }

    /** Once all that is kept for a while has been given up. */
    private Level atRest() {
        Deque<Level> last = new ArrayDeque<>();
        long begin = System.nanoTime();
        Awaitility.await("at rest").atMost(REST.multipliedBy(2)).pollInterval(Duration.ofSeconds(1)).until(() -> {
            last.addLast(level());
            if (last.size() > REGULAR) {
                last.removeFirst();
            }
            return System.nanoTime() - begin > REST.toNanos();
        });
        return new Level(last.stream().mapToInt(Level::threads).max().orElseThrow(),
                last.stream().mapToInt(Level::sockets).max().orElseThrow());
    }

    private Level level() {
        return new Level(park.otherThreads(), sockets());
    }

    private static int sockets() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.filter(BmcBench::isSocket).count();
        } catch (IOException e) {
            throw new IllegalStateException("what is open cannot be listed", e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    @Override
    public void close() throws Exception {
        sessions.close();
        adapters.close();
        journal.close();
        timer.shutdownNow();
        network.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
        park.close();
    }
}
