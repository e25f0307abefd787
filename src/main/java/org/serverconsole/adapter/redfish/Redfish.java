package org.serverconsole.adapter.redfish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.config.Secret;
import org.serverconsole.https.BoundedBody;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One account at one BMC: logged in when first asked (DSP0266, 13.3.4), again when the BMC has forgotten it, logged out when
 * idle, since BMCs have few sessions (iDRAC about 8) and keep each for half an hour. What is to be asked without anything
 * between is asked in one {@link #turn}.
 */
public final class Redfish {

    /** What BMCs call their sessions' collection; the second is that of iDRACs before 2020. */
    public static final List<String> SESSIONS = List.of("/redfish/v1/SessionService/Sessions", "/redfish/v1/Sessions");

    /** @param location of the session, a path; whoever knows the token may delete it */
    record Login(Secret token, String location) { }

    private static final Logger LOG = LoggerFactory.getLogger(Redfish.class);

    private static final int LONGEST_ANSWER = 1 << 20;
    private static final Duration LOGOUT_TIME = Duration.ofSeconds(10);
    /** How long a login that nobody waits for any more may still be answered: iDRACs take seconds. */
    public static final Duration LATE = Duration.ofSeconds(5);
    /** Well below the half hour after which iDRAC and bmcweb end a session nobody uses. */
    private static final Duration REFRESH = Duration.ofMinutes(10);

    private final BmcAccess access;
    private final BmcHttp http;
    private final ScheduledExecutorService timer;
    private final Duration idle;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final AtomicInteger holds = new AtomicInteger();
    // Volatile for the logout at the very end, which does not wait for the lock.
    private volatile Optional<Login> login = Optional.empty();
    private volatile boolean closed;
    private Optional<Future<?>> afterwards = Optional.empty();

    /**
     * @param timer whose tasks do not block
     * @param idle how long a session is kept that nobody uses
     */
    Redfish(BmcAccess access, BmcHttp http, ScheduledExecutorService timer, Duration idle) {
        this.access = access;
        this.http = http;
        this.timer = timer;
        this.idle = idle;
    }

    public BmcAccess access() {
        return access;
    }

    /** Waits until nobody else asks this BMC anything; {@code BUSY} where that takes until the deadline. */
    public Turn turn(Deadline deadline) throws AdapterException, InterruptedException {
        if (!lock.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AdapterException(Kind.BUSY, "BMC " + access.authority() + " is busy with other operations of ours");
        }
        afterwards.ifPresent(task -> task.cancel(false));
        return new Turn(this, deadline);
    }

    void endTurn() {
        try {
            afterwards.ifPresent(task -> task.cancel(false));
            afterwards = login.isEmpty() ? Optional.empty() : Optional.of(holds.get() > 0
                    ? timer.scheduleWithFixedDelay(this::refresh, REFRESH.toNanos(), REFRESH.toNanos(), TimeUnit.NANOSECONDS)
                    : timer.schedule(this::logOutIdle, idle.toNanos(), TimeUnit.NANOSECONDS));
        } finally {
            lock.unlock();
        }
    }

    private void logOutIdle() {
        if (!lock.tryLock()) {
            timer.schedule(this::logOutIdle, idle.toNanos(), TimeUnit.NANOSECONDS);
            return;
        }
        try {
            if (holds.get() == 0) {
                afterwards.ifPresent(task -> task.cancel(false));
                afterwards = Optional.empty();
                forget().ifPresent(this::delete);
            }
        } finally {
            lock.unlock();
        }
    }

    private void refresh() {
        login.ifPresent(old -> send(request("GET", old.location(), Optional.empty(), Optional.of(old), LOGOUT_TIME))
                .whenComplete((response, failure) -> LOG.debug("BMC {}: session refreshed: {}", access.authority(),
                        failure == null ? response.statusCode() : failure.toString())));
    }

    /** Keeps the session alive, until that is run. */
    Runnable hold() {
        holds.incrementAndGet();
        return () -> {
            if (holds.decrementAndGet() == 0) {
                timer.schedule(this::logOutIdle, idle.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }

    Optional<Secret> currentToken() {
        return login.map(Login::token);
    }

    Optional<Login> forget() {
        Optional<Login> old = login;
        login = Optional.empty();
        return old;
    }

    /** The login there is, or a new one. */
    Login loggedIn(Turn turn) throws AdapterException, InterruptedException {
        Optional<Login> known = login;
        if (known.isPresent()) {
            return known.get();
        }
        Login fresh = logIn(turn);
        login = Optional.of(fresh);
        if (closed) {
            forget().ifPresent(this::delete);
            throw new AdapterException(Kind.UNREACHABLE, "BMC " + access.authority() + " is asked nothing more: shutting down");
        }
        return fresh;
    }

    private Login logIn(Turn turn) throws AdapterException, InterruptedException {
        ObjectNode credentials = JsonNodeFactory.instance.objectNode()
                .put("UserName", access.username()).put("Password", access.password().reveal());
        Answer answer = turn.exchange("POST", SESSIONS.get(0), Optional.of(credentials), Optional.empty());
        if (answer.status() == 404 || answer.status() == 405) {
            answer = turn.exchange("POST", SESSIONS.get(1), Optional.of(credentials), Optional.empty());
        }
        if (!answer.succeeded()) {
            throw Refusal.of(answer, access.authority(), "login", List.of(access.password()));
        }
        return login(answer).orElseThrow(() -> new AdapterException(Kind.PROTOCOL,
                "BMC " + access.authority() + ": login: neither refused nor given a session"));
    }

    private static Optional<Login> login(Answer answer) {
        JsonNode created = answer.json();
        Optional<String> location = answer.location().or(() -> Optional.of(created.path("@odata.id").asText("")))
                .map(Redfish::path).filter(path -> path.startsWith("/redfish/"));
        return answer.token().isEmpty() || location.isEmpty() ? Optional.empty()
                : Optional.of(new Login(Secret.of(answer.token().get()), location.get()));
    }

    /** Some firmware gives a whole URL, with whatever name it believes to have. */
    private static String path(String location) {
        try {
            return String.valueOf(URI.create(location).getRawPath());
        } catch (IllegalArgumentException e) {
            // Told by the caller as an answer without location.
            return "";
        }
    }

    HttpRequest request(String method, String path, Optional<ObjectNode> body, Optional<Login> login, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(access.uri(path))
                .timeout(timeout)
                .header("Accept", "application/json")
                .header("OData-Version", "4.0")
                .method(method, body.map(json -> BodyPublishers.ofString(json.toString())).orElse(BodyPublishers.noBody()));
        body.ifPresent(json -> request.header("Content-Type", "application/json"));
        login.ifPresent(session -> request.header("X-Auth-Token", session.token().reveal()));
        return request.build();
    }

    CompletableFuture<HttpResponse<byte[]>> send(HttpRequest request) {
        try {
            return http.client(access).sendAsync(request, info -> new BoundedBody(LONGEST_ANSWER));
        } catch (AdapterException | RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Waits for an answer until the deadline, and breaks off what takes longer. */
    static HttpResponse<byte[]> await(CompletableFuture<HttpResponse<byte[]>> answer, Deadline deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return answer.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            answer.cancel(true);
        }
    }

    /** The same of a login: what is answered when nobody waits for it any more has begun a session all the same, which is ended. */
    HttpResponse<byte[]> awaitLogin(CompletableFuture<HttpResponse<byte[]>> answer, Deadline deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return answer.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException | TimeoutException e) {
            answer.thenAccept(this::endUnused);
            timer.schedule(() -> answer.cancel(true), LATE.toNanos(), TimeUnit.NANOSECONDS);
            throw e;
        }
    }

    private void endUnused(HttpResponse<byte[]> response) {
        try {
            login(Answer.of(response)).ifPresent(this::delete);
        } catch (IOException e) {
            LOG.debug("BMC {} answered a login late, and no Redfish", access.authority());
        }
    }

    /** Ends that session, without waiting for it. */
    CompletableFuture<Void> delete(Login old) {
        return send(request("DELETE", old.location(), Optional.empty(), Optional.of(old), LOGOUT_TIME))
                .handle((response, failure) -> {
                    if (failure != null || response.statusCode() >= 500) {
                        LOG.warn("BMC {} did not let us log out; the session ends by itself: {}", access.authority(),
                                failure == null ? "HTTP " + response.statusCode() : failure.toString());
                    }
                    return null;
                });
    }

    /** Logs out and never in again. */
    CompletableFuture<Void> close() {
        closed = true;
        Optional<Login> last = forget();
        return last.map(this::delete).orElse(CompletableFuture.completedFuture(null));
    }
}
