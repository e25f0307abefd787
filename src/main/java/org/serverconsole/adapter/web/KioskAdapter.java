package org.serverconsole.adapter.web;

import io.netty.channel.Channel;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.CertificateProbe;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.Opening.Step;
import org.serverconsole.adapter.Sealed;
import org.serverconsole.adapter.Trust;
import org.serverconsole.adapter.redfish.BmcAccess;
import org.serverconsole.adapter.redfish.BmcHttp;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.kiosk.Kiosk;
import org.serverconsole.kiosk.KioskException;
import org.serverconsole.kiosk.Site;
import org.serverconsole.rfb.TlsTrust;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consoles that are pages of a BMC: logs in at its web server, journals how to log out, leads a kiosk to the console, and logs
 * out when the kiosk has ended. Options: those of {@link BmcAccess}, and {@code account}, see {@link Guests}.
 */
public abstract class KioskAdapter implements ConsoleAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(KioskAdapter.class);
    private static final String SESSION = "session";
    /** In every lease: which process it is of. */
    static final String PROCESS = "by";
    private static final Duration LOGOUT = Duration.ofSeconds(10);
    private static final Duration LOGOUT_AT_END = Duration.ofSeconds(3);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    /** What a browser's page changes: much at once, seldom. */
    private static final Map<String, String> PARAMETERS =
            Map.of("encodings", "tight zrle ultra copyrect hextile zlib corre rre raw");

    private final Set<Held> held = ConcurrentHashMap.newKeySet();
    /** Of the sessions that this process has journalled: those that have not been logged out, nor got another name since. */
    private final Set<String> granted = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads;
    private final Logins logins;
    private final ScheduledExecutorService timer;
    private final BmcHttp http;
    private volatile Optional<AdapterEnvironment> environment = Optional.empty();
    private volatile Optional<Guests> guests = Optional.empty();
    private volatile String process = "";

    /**
     * A login that has not been taken back.
     *
     * @param sealing the inventory's password, which seals what is journalled
     * @param lease what was journalled last, sealed; empty where nothing was
     * @param refreshing the task that keeps it alive, once there is one
     */
    private record Held(WebClient client, Secret sealing, WebLogin login, AtomicReference<String> lease,
            AtomicReference<Future<?>> refreshing) {

        void stopRefreshing() {
            Optional.ofNullable(refreshing.get()).ifPresent(task -> task.cancel(false));
        }
    }

    protected KioskAdapter() {
        ThreadFactory daemons = work -> {
            Thread thread = new Thread(work, type());
            thread.setDaemon(true);
            return thread;
        };
        threads = Executors.newCachedThreadPool(daemons);
        logins = new Logins(threads);
        timer = Executors.newSingleThreadScheduledExecutor(daemons);
        http = new BmcHttp(threads);
    }

    /**
     * Logs in.
     *
     * @throws AdapterException {@code REJECTED_CREDENTIALS} or {@code BUSY} as the BMC says
     */
    protected abstract WebLogin logIn(WebClient client, Server server, Deadline deadline)
            throws AdapterException, InterruptedException;

    /**
     * Logs out, also after a crash. Once more does no harm.
     *
     * @param secret what {@link WebLogin#secret} was
     */
    protected abstract void logOut(WebClient client, Secret secret, Deadline deadline) throws AdapterException, InterruptedException;

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return BmcAccess.problem(server).or(() -> Guests.problem(server));
    }

    @Override
    public Set<String> options() {
        return optionsAnd();
    }

    /** The names of its options, and those given. */
    public final Set<String> optionsAnd(String... more) {
        return BmcAccess.optionsAnd(Stream.concat(Guests.OPTIONS.stream(), Stream.of(more)).toArray(String[]::new));
    }

    @Override
    public void start(AdapterEnvironment environment) {
        this.environment = Optional.of(environment);
        process = Long.toHexString(environment.random().nextLong());
        guests = Optional.of(new Guests(environment.random(), process, logins));
    }

    private Guests guests() {
        return guests.orElseThrow(() -> new IllegalStateException("adapter " + type() + " has not been started"));
    }

    protected final AdapterEnvironment environment() {
        return environment.orElseThrow(() -> new IllegalStateException("adapter " + type() + " has not been started"));
    }

    private BmcAccess access(Server server) {
        return BmcAccess.of(server, environment().caFile());
    }

    protected final WebClient client(Server server) {
        return new WebClient(http, access(server));
    }

    @Override
    public final ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
        WebClient admin = client(server);
        Deadline deadline = Deadline.in(admin.access().timeout());
        opening.step(Step.ASKING_VENDOR);
        requireKiosks();
        Guests.Guest guest = guests().guest(admin, server, opening, deadline);
        boolean opened = false;
        try {
            ConsoleStream stream = open(server, guest, opening, deadline);
            opened = true;
            return stream;
        } finally {
            if (!opened) {
                leave(admin, server, guest);
            }
        }
    }

    private ConsoleStream open(Server server, Guests.Guest guest, Opening opening, Deadline deadline)
            throws AdapterException, InterruptedException {
        WebClient client = guest.web();
        BmcAccess access = client.access();
        Held first = hold(client, server, opening, deadline);
        // A browser that is restarted needs a login of its own: what the first was given may be good for one page only.
        Held[] current = {first};
        Optional<Kiosk> begun = Optional.empty();
        boolean opened = false;
        try {
            // From here on it is a browser that is waited for, whose slowness must not pass for the BMC's.
            opening.step(Step.CONNECTING_CONSOLE);
            Site site = new Site(access.host(), access.port(), new TlsTrust(access.trust().context(), access.trust().checkHostName()));
            boolean[] played = {false};
            Kiosk kiosk = environment().kiosks().open(site, page -> {
                try {
                    Deadline time = played[0] ? Deadline.in(access.timeout()) : deadline;
                    if (played[0]) {
                        release(current[0], LOGOUT);
                        current[0] = hold(client, server, opening, time);
                    }
                    played[0] = true;
                    current[0].login().play(page, time);
                } catch (AdapterException e) {
                    throw new KioskException(KioskException.Reason.PROTOCOL, e.getMessage(), e);
                }
            }, deadline.leftOr(SHORTEST));
            begun = Optional.of(kiosk);
            Channel channel = kiosk.connect(deadline.leftOr(SHORTEST));
            kiosk.whenClosed(() -> later(() -> {
                release(current[0], LOGOUT);
                leave(client(server), server, guest);
            }));
            opened = true;
            return new ConsoleStream(ConsoleStream.Protocol.RFB, channel, PARAMETERS);
        } catch (KioskException e) {
            throw AdapterException.of(e);
        } finally {
            if (!opened) {
                begun.ifPresent(Kiosk::close);
                release(current[0], LOGOUT);
            }
        }
    }

    private void leave(WebClient admin, Server server, Guests.Guest guest) throws InterruptedException {
        if (guest.undo().isEmpty()) {
            return;
        }
        try {
            guests().remove(admin, server, guest.undo().get(), Deadline.in(LOGOUT));
        } catch (AdapterException e) {
            LOG.warn("{} {} has an account left that is removed when the console session ends: {}", type(), admin.access().authority(),
                    e.getMessage());
        }
    }

    private void requireKiosks() throws AdapterException {
        try {
            environment().kiosks().requirePrograms();
        } catch (KioskException e) {
            throw AdapterException.of(e);
        }
    }

    private Held hold(WebClient client, Server server, Opening opening, Deadline deadline)
            throws AdapterException, InterruptedException {
        Held made = new Held(client, server.password(), loggedIn(client, server, deadline), new AtomicReference<>(""),
                new AtomicReference<>());
        held.add(made);
        if (made.login().secret().isEmpty()) {
            return made;
        }
        // Only the BMC knows what a session will be called. One that no lease names, after a crash between the two, ends by
        // itself.
        boolean journalled = false;
        try {
            journal(made, opening);
            journalled = true;
        } finally {
            if (!journalled) {
                release(made, LOGOUT);
            }
        }
        made.login().period().ifPresent(period -> refreshEvery(period, made, opening));
        return made;
    }

    private WebLogin loggedIn(WebClient client, Server server, Deadline deadline) throws AdapterException, InterruptedException {
        return logins.in(client, time -> logIn(client, server, time), (login, time) -> logOut(client, login.secret(), time), deadline);
    }

    private void journal(Held made, Opening opening) {
        String now = Sealed.seal(made.login().secret(), made.sealing(), environment().random());
        granted.add(now);
        String before = made.lease().getAndSet(now);
        opening.lease(Map.of(SESSION, now, PROCESS, process));
        granted.remove(before);
    }

    private void refreshEvery(Duration period, Held made, Opening opening) {
        made.refreshing().set(timer.scheduleWithFixedDelay(() -> later(() -> {
            try {
                made.login().refresh(Deadline.in(LOGOUT));
                journal(made, opening);
            } catch (AdapterException e) {
                LOG.warn("{} {}: the session could not be refreshed: {}", type(), made.client().access().authority(), e.getMessage());
            }
        }), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** What is done later, on a thread that may wait. */
    @FunctionalInterface
    private interface Later {
        void run() throws InterruptedException;
    }

    private void later(Later work) {
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                    LOG.warn("{}: the journal does not take what became of a session: {}", type(), e.getMessage());
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("adapter {} has been closed, and logs out by itself", type());
        }
    }

    private void release(Held made, Duration time) throws InterruptedException {
        if (!held.remove(made)) {
            return;
        }
        made.stopRefreshing();
        try {
            logOut(made.client(), made.login().secret(), Deadline.in(time));
            granted.remove(made.lease().get());
        } catch (AdapterException e) {
            LOG.warn("{} {} did not let us log out, and is told again when the console session ends: {}", type(),
                    made.client().access().authority(), e.getMessage());
        }
    }

    /** Whether what was journalled is about a page's login, or an account made for it. */
    public static boolean isLease(Map<String, String> undo) {
        return undo.containsKey(SESSION) || Guests.isLease(undo);
    }

    @Override
    public final void revoke(Server server, Map<String, String> undo) throws AdapterException, InterruptedException {
        WebClient client = client(server);
        if (Guests.isLease(undo)) {
            guests().remove(client, server, undo, Deadline.in(client.access().timeout()));
            return;
        }
        String lease = undo.getOrDefault(SESSION, "");
        if (process.equals(undo.get(PROCESS)) && !granted.contains(lease)) {
            // A session that is refreshed has had many names; each would cost the BMC a request once more.
            return;
        }
        Optional<Secret> secret = Sealed.open(lease, server.password());
        if (secret.isEmpty()) {
            LOG.warn("{} {}: the password has been changed since, so that a session is left to end by itself", type(),
                    client.access().authority());
            return;
        }
        for (Held each : held) {
            if (each.lease().get().equals(lease)) {
                held.remove(each);
                each.stopRefreshing();
            }
        }
        logOut(client, secret.get(), Deadline.in(client.access().timeout()));
        granted.remove(lease);
    }

    /** Certificate, login and logout, and whether there are browsers here. */
    @Override
    public final void probe(Server server, Consumer<Finding> found) throws AdapterException, InterruptedException {
        WebClient client = client(server);
        Trust trust = client.access().trust();
        found.accept(new CertificateProbe(trust, Clock.systemUTC())
                .look(client.access().host(), client.access().port(), client.access().timeout()));
        Deadline deadline = Deadline.in(client.access().timeout());
        WebLogin login = loggedIn(client, server, deadline);
        logOut(client, login.secret(), deadline);
        found.accept(login.secret().isEmpty()
                ? new Finding(Finding.Subject.LOGIN, Finding.Outcome.UNKNOWN, "it logs in on the page, when a console is opened")
                : Finding.ok(Finding.Subject.LOGIN, client.access().authority() + " lets " + client.access().username() + " in"));
        found.accept(lack().map(lack -> Finding.fault(Finding.Subject.CONSOLE, lack))
                .orElse(new Finding(Finding.Subject.CONSOLE, Finding.Outcome.UNKNOWN,
                        "Xvnc and Chromium are there; open a console to see what its page does")));
    }

    @Override
    public Optional<String> lack() {
        try {
            environment().kiosks().requirePrograms();
            return Optional.empty();
        } catch (KioskException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Override
    public String managementSystem(Server server) {
        return type() + " " + access(server).authority();
    }

    @Override
    public String turn(Server server) {
        return managementSystem(server);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        List<Thread> logouts = held.stream().map(each -> new Thread(() -> {
            try {
                release(each, LOGOUT_AT_END);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, type())).toList();
        logouts.forEach(Thread::start);
        try {
            for (Thread logout : logouts) {
                logout.join(LOGOUT_AT_END.toMillis());
            }
        } catch (InterruptedException e) {
            // Whoever interrupts wants to be done; the sessions end by themselves.
            Thread.currentThread().interrupt();
        }
        threads.shutdown();
        guests.ifPresent(Guests::close);
    }
}
