package org.serverconsole.kiosk;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.serverconsole.config.KioskConfig;
import org.serverconsole.kiosk.KioskException.Reason;
import org.serverconsole.rfb.RfbConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All kiosks of this JVM: so many and no more, some kept ready once the first was needed, none used twice. For use by many
 * threads.
 */
public final class Kiosks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Kiosks.class);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** How long somebody waits for another's kiosk to end. */
    private static final int SECONDS_FOR_ROOM = 5;

    private final KioskConfig config;
    private final Optional<Parts> parts;
    private final ExecutorService threads;
    private final Semaphore room;
    private final Set<Kiosk> open = ConcurrentHashMap.newKeySet();
    private final Deque<Kiosk> warm = new ArrayDeque<>();
    private boolean warming;
    private volatile boolean closed;

    /** What kiosks are made with. */
    private record Parts(RfbConnector rfb, EventLoopGroup network, SecureRandom random, GateCertificate certificate) { }

    private Kiosks(KioskConfig config, Optional<Parts> parts) {
        this.config = config;
        this.parts = parts;
        room = new Semaphore(config.most(), true);
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "kiosk-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts nothing yet.
     *
     * @param network event loops; {@link #open} must not be called on one of them
     */
    public static Kiosks start(KioskConfig config, RfbConnector rfb, EventLoopGroup network, SecureRandom random) {
        return new Kiosks(config, Optional.of(new Parts(rfb, network, random, GateCertificate.make(random))));
    }

    /** None at all, where browsers are not wanted. */
    public static Kiosks none() {
        return new Kiosks(new KioskConfig(Optional.empty(), true, 0, 0, 0), Optional.empty());
    }

    /** Ends, in the background, what JVMs have left behind that are no more. */
    public void endLeft() {
        threads.execute(() -> {
            try {
                KioskFolder.clearLeft(new KioskUser(Optional.empty(), config.sandbox()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Whether kiosks could be opened here. */
    public void requirePrograms() throws KioskException {
        launcher();
    }

    private Launcher launcher() throws KioskException {
        if (parts.isEmpty()) {
            throw new KioskException(Reason.UNSUPPORTED, "there are no kiosks here");
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        return new Launcher(Programs.find(path + ":/usr/local/bin:/usr/bin:/bin"), KioskUser.of(config), config);
    }

    /**
     * Opens a kiosk for one site and plays a scene in it. The scene is played again where the browser crashes.
     *
     * @param patience how long the scene may take
     * @throws KioskException {@code UNSUPPORTED} where a program is missing, {@code BUSY} where there is no room, or what kept
     *     the scene from its end; nothing is left open then
     */
    public Kiosk open(Site site, Scene scene, Duration patience) throws KioskException, InterruptedException {
        Launcher launcher = launcher();
        if (!room.tryAcquire(SECONDS_FOR_ROOM, TimeUnit.SECONDS)) {
            throw new KioskException(Reason.BUSY, "all " + config.most()
                    + " kiosks are in use; property console-kiosk-limit says how many there may be");
        }
        Optional<Kiosk> made = Optional.empty();
        boolean played = false;
        try {
            made = Optional.of(take(launcher));
            Kiosk kiosk = made.get();
            kiosk.closed().thenRun(() -> {
                open.remove(kiosk);
                room.release();
            });
            open.add(kiosk);
            kiosk.play(site, scene, patience);
            kiosk.awaitFit(CONNECT);
            played = true;
            keepWarm();
            return kiosk;
        } finally {
            if (!played) {
                made.ifPresentOrElse(Kiosk::close, room::release);
            }
        }
    }

    private Kiosk take(Launcher launcher) throws KioskException, InterruptedException {
        Kiosk ready;
        synchronized (warm) {
            ready = warm.poll();
        }
        while (ready != null && ready.closed().isDone()) {
            synchronized (warm) {
                ready = warm.poll();
            }
        }
        return ready != null ? ready : prepare(launcher);
    }

    private Kiosk prepare(Launcher launcher) throws KioskException, InterruptedException {
        Parts house = parts.orElseThrow();
        KioskFolder folder;
        try {
            folder = KioskFolder.make(launcher.user(), house.random());
        } catch (IOException e) {
            throw Browser.broken(e);
        }
        List<AutoCloseable> made = new ArrayList<>();
        boolean prepared = false;
        try {
            XServer server = XServer.start(launcher, folder, house.random(), threads);
            Screen screen = Screen.of(server, house.rfb(), CONNECT);
            made.add(screen);
            Gate gate = new Gate(house.network(), house.certificate());
            made.add(gate);
            Kiosk kiosk = Kiosk.prepare(new Stage(launcher, folder, server, screen, gate, house.certificate()), house.rfb(), threads);
            prepared = true;
            return kiosk;
        } catch (IOException e) {
            throw Browser.broken(e);
        } finally {
            if (!prepared) {
                for (AutoCloseable part : made) {
                    close(part);
                }
                folder.clear();
            }
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.debug("a part of a kiosk did not close", e);
        }
    }

    /** One after the other, in the background. */
    private void keepWarm() {
        synchronized (warm) {
            if (warming || closed || warm.size() >= config.warm()) {
                return;
            }
            warming = true;
        }
        threads.execute(() -> {
            boolean kept = false;
            try {
                kept = keep(prepare(launcher()));
            } catch (KioskException e) {
                LOG.warn("no kiosk can be kept ready: {}", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            synchronized (warm) {
                warming = false;
            }
            if (kept) {
                keepWarm();
            }
        });
    }

    private boolean keep(Kiosk kiosk) {
        synchronized (warm) {
            if (!closed) {
                return warm.add(kiosk);
            }
        }
        kiosk.close();
        return false;
    }

    /** How many are kept ready. */
    int ready() {
        synchronized (warm) {
            return warm.size();
        }
    }

    /** Ends all of them. */
    @Override
    public void close() {
        List<Kiosk> all = new ArrayList<>(open);
        synchronized (warm) {
            closed = true;
            all.addAll(warm);
            warm.clear();
        }
        all.parallelStream().forEach(Kiosk::close);
        threads.shutdown();
    }
}
