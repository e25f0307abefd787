package org.serverconsole.rfb;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.Optional;
import org.serverconsole.rfb.RfbException.Reason;

/** One attempt to connect, as all handlers of its channel see it. It ends once; safe for use by many threads. */
final class Attempt {

    private final String peer;
    private final Promise<Channel> done;
    private volatile String awaited = "the connection";
    private volatile Optional<RfbException> refusal = Optional.empty();

    /**
     * @param peer what messages call the server
     * @param done the channel once it stands just before ClientInit, or an {@link RfbException}
     */
    Attempt(String peer, Promise<Channel> done) {
        this.peer = peer;
        this.done = done;
    }

    String peer() {
        return peer;
    }

    String awaited() {
        return awaited;
    }

    void awaits(String what) {
        awaited = what;
    }

    /** The server has refused, only its reason is still missing. */
    void awaitsReasonOf(RfbException refusal) {
        awaited = "the reason of its refusal";
        this.refusal = Optional.of(refusal);
    }

    /** What has failed if the deadline passes now. */
    RfbException expired(Duration deadline) {
        return refusal.orElseGet(() -> failure(Reason.TIMEOUT, "did not finish within " + deadline.toMillis()
                + " ms, which was spent waiting for " + awaited));
    }

    RfbException failure(Reason reason, String what) {
        return new RfbException(reason, peer + " " + what);
    }

    void fail(RfbException failure) {
        done.tryFailure(failure);
    }

    /** Says whether anybody still wants the channel. */
    boolean succeed(Channel channel) {
        return done.trySuccess(channel);
    }

    boolean isOver() {
        return done.isDone();
    }
}
