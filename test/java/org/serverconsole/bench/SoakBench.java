package org.serverconsole.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Days of a node's life at a hundred times their pace: customers come, look at their consoles, and leave, or stay until the
 * deadline, or come back after a reload.
 */
final class SoakBench {

    private static final int PACE = 100;
    private static final Duration SESSION = Duration.ofHours(2).dividedBy(PACE);
    /** Some two hundred consoles are open at any time, if none is left before its deadline. */
    private static final Duration BETWEEN = SESSION.dividedBy(200);
    private static final double LEAVE_EARLY = 0.6;
    private static final double RELOAD = 0.2;

    private final PrintStream out;
    private final ScaleSite site;
    private final Random random = new Random(1);
    private final Queue<Visit> visits = new ArrayDeque<>();
    private final List<Visit> stay = new ArrayList<>();
    private int opened;
    private int failed;

    private SoakBench(PrintStream out, ScaleSite site) {
        this.out = out;
        this.site = site;
    }

    static void run(Path jar, Path folder, Optional<Path> war, int hours, PrintStream out) throws Exception {
        try (ScaleSite site = new ScaleSite(jar, folder, war, Optional.empty(), SESSION)) {
            new SoakBench(out, site).run(Duration.ofHours(hours).dividedBy(PACE));
        }
    }

    /** A customer with a console, and when to leave it, by {@link System#nanoTime}. */
    private record Visit(ScaleSite.Login login, OpenTunnel tunnel, long until) { }

    private void run(Duration time) throws Exception {
        come(time.dividedBy(10));
        awaitEnds();
        out.printf("%nafter the first tenth, %d consoles: %s%n", opened, site.use());
        come(time);
        awaitEnds();
        out.printf("at the end, %d consoles, %d of them not shown: %s%n", opened, failed, site.use());
    }

    private void come(Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        for (long due = System.nanoTime(); due < end; due += BETWEEN.toNanos()) {
            LockSupport.parkNanos(due - System.nanoTime());
            leaveThoseWhoWish();
            ScaleSite.Login login = site.login();
            OpenTunnel tunnel = shown(site.open(login));
            if (random.nextDouble() < RELOAD) {
                tunnel = shown(site.open(login));
            }
            boolean leavesEarly = random.nextDouble() < LEAVE_EARLY;
            Visit visit = new Visit(login, tunnel, System.nanoTime() + (long) (random.nextDouble() * SESSION.toNanos()));
            (leavesEarly ? visits : stay).add(visit);
        }
    }

    private OpenTunnel shown(OpenTunnel tunnel) throws InterruptedException {
        opened++;
        try {
            tunnel.drawn.get(1, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException e) {
            failed++;
            out.println("a console is not shown: " + e);
        }
        return tunnel;
    }

    private void leaveThoseWhoWish() throws Exception {
        stay.removeIf(visit -> visit.tunnel().ended.isDone());
        for (int waiting = visits.size(); waiting > 0; waiting--) {
            Visit visit = visits.remove();
            if (visit.until() < System.nanoTime()) {
                site.leave(visit.login());
            } else {
                visits.add(visit);
            }
        }
    }

    private void awaitEnds() throws Exception {
        for (Visit visit : stay) {
            visit.tunnel().ended.get(SESSION.toSeconds() + 30, TimeUnit.SECONDS);
        }
        for (Visit visit : visits) {
            visit.tunnel().ended.get(SESSION.toSeconds() + 30, TimeUnit.SECONDS);
        }
        stay.clear();
        visits.clear();
    }
}
