package org.serverconsole.adapter.ovirt;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.ConnectionBuilder;
import org.ovirt.engine.sdk4.Error;
import org.ovirt.engine.sdk4.HttpClient;
import org.ovirt.engine.sdk4.services.SystemService;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Trust;
import org.serverconsole.adapter.ovirt.OvirtOptions.Access;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One account at one engine: logged in when first asked, again when the engine has forgotten it, asked at most two things
 * at once. Every answer is waited for until a deadline only.
 */
final class OvirtEngine {

    /** What is asked of the engine. */
    @FunctionalInterface
    interface Call<T> {
        T on(SystemService system);
    }

    private static final Logger LOG = LoggerFactory.getLogger(OvirtEngine.class);
    private static final int CALLS_AT_ONCE = 4;

    private final Access access;
    private final ScheduledExecutorService alarms;
    private final ThreadPoolExecutor calls;

    // Written under this object's lock only; volatile for those who look without waiting.
    private volatile Optional<EngineHttp> http = Optional.empty();
    private volatile Optional<Connection> login = Optional.empty();

    OvirtEngine(Access access, ScheduledExecutorService alarms) {
        this.access = access;
        this.alarms = alarms;
        this.calls = new ThreadPoolExecutor(CALLS_AT_ONCE, CALLS_AT_ONCE, 10, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), this::thread);
        calls.allowCoreThreadTimeOut(true);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "ovirt " + access.host());
        thread.setDaemon(true);
        // commons-logging looks for its properties here, and ours silence httpclient's log of all it sends.
        thread.setContextClassLoader(OvirtEngine.class.getClassLoader());
        return thread;
    }

    /** Logs in unless that has been done. */
    void logIn(Deadline deadline) throws AdapterException, InterruptedException {
        if (login.isEmpty()) {
            start(system -> true).await(deadline);
        }
    }

    /**
     * Asks.
     *
     * @param unspeakable what the engine is told and may say again, but no message of ours may
     */
    <T> Pending<T> start(Call<T> call, String... unspeakable) {
        return new Pending<>(calls.submit(() -> withLogin(call)), List.of(unspeakable));
    }

    /** Reads what stands outside the API, after a login. */
    Pending<byte[]> fetch(String path) {
        return new Pending<>(calls.submit(() -> http.orElseThrow().fetch(URI.create("https://" + access.host() + path))), List.of());
    }

    /** Which certificate it may show. */
    Trust trust() {
        return access.trust();
    }

    /** An answer that may have come already. */
    final class Pending<T> {

        private final Future<T> answer;
        private final List<String> unspeakable;

        private Pending(Future<T> answer, List<String> unspeakable) {
            this.answer = answer;
            this.unspeakable = unspeakable;
        }

        T await(Deadline deadline) throws AdapterException, InterruptedException {
            try {
                return answer.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new AdapterException(Kind.TIMEOUT, "engine " + access.host() + " did not answer in time", e);
            } catch (ExecutionException e) {
                throw refusal(e.getCause(), unspeakable);
            } finally {
                abandon();
            }
        }

        /** Asks no longer, where that has not begun. */
        void abandon() {
            answer.cancel(false);
        }
    }

    private AdapterException refusal(Throwable failure, List<String> spoken) {
        List<String> unspeakable = new ArrayList<>(spoken);
        unspeakable.add(access.password().reveal());
        login.ifPresent(connection -> unspeakable.add(connection.authenticate()));
        return EngineRefusal.of(failure, access.host(), unspeakable);
    }

    private <T> T withLogin(Call<T> call) throws AdapterException {
        Connection first = loggedIn(Optional.empty());
        try {
            return call.on(first.systemService());
        } catch (Error e) {
            if (!EngineRefusal.ofToken(e)) {
                throw e;
            }
            return call.on(loggedIn(Optional.of(first)).systemService());
        }
    }

    /** The login there is, or a new one where there is none but the refused. */
    private synchronized Connection loggedIn(Optional<Connection> refused) throws AdapterException {
        if (login.isEmpty() || login.equals(refused)) {
            login = Optional.empty();
            refused.ifPresent(old -> LOG.debug("engine {} has ended our login, logging in again", access.host()));
            if (http.isEmpty()) {
                http = Optional.of(new EngineHttp(access.trust(), access.timeout(), CALLS_AT_ONCE, alarms));
            }
            Connection connection = connection(http.get());
            // Once, here: the SDK's own token is not guarded against two threads.
            connection.authenticate();
            login = Optional.of(connection);
        }
        return login.get();
    }

    private Connection connection(EngineHttp http) {
        ConnectionBuilder builder = new ConnectionBuilder() {
            @Override
            protected HttpClient createHttpClient() {
                return http;
            }
        };
        builder.url(access.url()).user(access.username()).password(access.password().reveal());
        if (access.filter()) {
            builder.header("Filter", "true");
        }
        return builder.build();
    }

    /** Logs out. To be followed by {@link #awaitClosed}. */
    void close() {
        http.ifPresent(EngineHttp::abort);
        calls.getQueue().clear();
        calls.execute(this::logOut);
        calls.shutdown();
    }

    /** Waits for the logout, but not beyond the deadline. */
    void awaitClosed(Deadline deadline) throws InterruptedException {
        try {
            if (!calls.awaitTermination(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("engine {} did not let us log out in time; its token ends by itself", access.host());
            }
        } finally {
            calls.shutdownNow();
            http.ifPresent(this::drop);
        }
    }

    private synchronized void logOut() {
        try {
            if (login.isPresent()) {
                login.get().close();
            }
        } catch (Exception e) {
            LOG.warn("cannot log out: {}", refusal(e, List.of()).getMessage());
        }
    }

    private void drop(EngineHttp http) {
        try {
            http.close();
        } catch (IOException e) {
            LOG.debug("engine {}: connection not closed in order", access.host(), e);
        }
    }
}
