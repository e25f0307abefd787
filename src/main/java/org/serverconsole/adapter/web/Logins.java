package org.serverconsole.adapter.web;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.redfish.Redfish;
import org.serverconsole.adapter.redfish.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in on threads that are not interrupted and have a little more time than whoever waits: a session that has begun when
 * nobody waits for it any more is ended.
 *
 * @param threads which may wait
 */
record Logins(Executor threads) {

    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);
    private static final Duration LOGOUT = Duration.ofSeconds(10);

    /** Begins a session. */
    @FunctionalInterface
    interface In<T> {
        T logIn(Deadline deadline) throws AdapterException, InterruptedException;
    }

    /** Ends it. */
    @FunctionalInterface
    interface Out<T> {
        void logOut(T session, Deadline deadline) throws AdapterException, InterruptedException;
    }

    /** Waits for a session until the deadline. */
    <T> T in(WebClient web, In<T> in, Out<T> out, Deadline deadline) throws AdapterException, InterruptedException {
        CompletableFuture<T> login = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                login.complete(in.logIn(new Deadline(deadline.nanos() + Redfish.LATE.toNanos())));
            } catch (AdapterException | InterruptedException | RuntimeException | Error e) {
                login.completeExceptionally(e);
            }
        });
        try {
            return login.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            login.thenAcceptAsync(unused -> outQuietly(web, unused, out), threads);
            throw e;
        } catch (TimeoutException e) {
            login.thenAcceptAsync(unused -> outQuietly(web, unused, out), threads);
            throw Refusal.of(e, web.access().authority());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AdapterException refusal) {
                throw new AdapterException(refusal.kind(), refusal.getMessage(), refusal);
            }
            throw new IllegalStateException("a login failed unexpectedly", e.getCause());
        }
    }

    private static <T> void outQuietly(WebClient web, T session, Out<T> out) {
        try {
            out.logOut(session, Deadline.in(LOGOUT));
        } catch (AdapterException e) {
            LOG.warn("{} did not let us log out; the session ends by itself: {}", web.access().authority(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
