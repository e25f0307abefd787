package org.serverconsole.rmcp;

import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.serverconsole.rmcp.RmcpException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One login to one BMC. Keeps itself alive, notices when the BMC has forgotten it, and is closed by whoever opened it.
 * Commands are sent one after the other. Safe for use by many threads; what blocks must not be called on the event loop.
 */
public final class RmcpSession {

    private static final Logger LOG = LoggerFactory.getLogger(RmcpSession.class);

    private static final int APPLICATION = 0x06;
    private static final int GET_DEVICE_ID = 0x01;
    private static final int CLOSE_SESSION = 0x3C;
    /** How many questions in a row may stay unanswered until the BMC must have forgotten the session. */
    private static final int MOST_MISSED = 2;

    private final Rmcp rmcp;
    private final BmcLogin login;
    private final SessionKeys keys;
    private final int consoleId;
    private final int bmcId;

    private volatile boolean over;

    // Of the event loop alone.
    private final Deque<Call> calls = new ArrayDeque<>();
    private final ReceiveWindow window = new ReceiveWindow();
    private int sequence;
    private int requestSequence;
    private int missed;
    private long lastAnswer = System.nanoTime();
    private Optional<SolChannel> console = Optional.empty();
    private Optional<ScheduledFuture<?>> keepAlive = Optional.empty();
    private Optional<CompletableFuture<Boolean>> closing = Optional.empty();
    private boolean loggedOut;
    private boolean ended;

    RmcpSession(Rmcp rmcp, BmcLogin login, SessionKeys keys, int consoleId, int bmcId) {
        this.rmcp = rmcp;
        this.login = login;
        this.keys = keys;
        this.consoleId = consoleId;
        this.bmcId = bmcId;
        keepAliveLater();
    }

    /** The number by which the BMC knows this session; others see it there too. */
    public int bmcId() {
        return bmcId;
    }

    /** Whether it has ended or is being closed. */
    public boolean isClosing() {
        return over;
    }

    int consoleId() {
        return consoleId;
    }

    InetSocketAddress address() {
        return login.address();
    }

    Rmcp rmcp() {
        return rmcp;
    }

    /**
     * Sends a command and waits for its answer. Packets that are lost are sent again until the deadline; a BMC that says it is
     * busy is asked again.
     *
     * @return the answer's data behind the completion code
     * @throws RmcpException with its completion code where the BMC refused
     */
    public byte[] command(Duration deadline, int netFn, int command, byte... data) throws RmcpException, InterruptedException {
        return Rmcp.await(request(deadline, netFn, command, data));
    }

    /** The same without blocking. Completes on the event loop, and fails with an {@link RmcpException}. */
    public CompletableFuture<byte[]> request(Duration deadline, int netFn, int command, byte... data) {
        Call call = new Call(netFn, command, data, System.nanoTime() + deadline.toNanos());
        boolean accepted = onLoop(() -> {
            if (ended || loggedOut) {
                call.fail(over());
            } else {
                enqueue(call);
            }
        });
        if (!accepted) {
            call.fail(over());
        }
        return call.answer;
    }

    private RmcpException over() {
        return new RmcpException(Reason.CLOSED, "the session with " + login.peer() + " has ended");
    }

    /** Runs at once where this is the event loop, soon where it is not, and never (false) where that has been shut down. */
    boolean onLoop(Runnable task) {
        if (rmcp.loop().inEventLoop()) {
            task.run();
            return true;
        }
        try {
            rmcp.loop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void enqueue(Call call) {
        calls.add(call);
        if (calls.size() == 1) {
            call.begin();
        }
    }

    private void next() {
        calls.remove();
        if (!calls.isEmpty()) {
            calls.element().begin();
        }
    }

    void receive(Datagram packet) {
        Optional<byte[]> payload = packet.plus() ? keys.open(packet) : Optional.empty();
        if (payload.isEmpty()) {
            rmcp.dropForged(login.address());
        } else if (window.accept(packet.sequence())) {
            if (packet.payloadType() == Datagram.IPMI) {
                IpmiMessage.answer(payload.get()).ifPresent(this::answered);
            } else if (packet.payloadType() == Datagram.SOL) {
                console.ifPresent(channel -> channel.receive(payload.get(), packet.sequence()));
            }
        }
    }

    private void answered(IpmiMessage.Answer answer) {
        lastAnswer = System.nanoTime();
        if (!calls.isEmpty()) {
            calls.element().receive(answer);
        }
    }

    void send(int payloadType, byte[] payload) {
        sequence = sequence == -1 ? 1 : sequence + 1;
        rmcp.send(keys.seal(payloadType, bmcId, sequence, payload, rmcp.random()), login.address(),
                // The network may come back: whoever waits for an answer has a deadline.
                cause -> LOG.debug("a packet to {} could not be sent: {}", login.peer(), cause.getMessage()));
    }

    void attach(SolChannel channel) {
        console = Optional.of(channel);
    }

    void detach(SolChannel channel) {
        console = console.filter(other -> other != channel);
    }

    private void keepAliveLater() {
        keepAlive = Optional.of(rmcp.loop().schedule(this::keepAlive,
                lastAnswer + rmcp.timing().keepAlive().toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS));
    }

    private void keepAlive() {
        if (ended || closing.isPresent()) {
            return;
        }
        if (System.nanoTime() - lastAnswer < rmcp.timing().keepAlive().toNanos()) {
            keepAliveLater();
            return;
        }
        request(rmcp.timing().patience(), APPLICATION, GET_DEVICE_ID).whenComplete((answer, failure) -> {
            boolean silent = failure instanceof RmcpException e && e.completionCode().isEmpty();
            missed = silent ? missed + 1 : 0;
            if (missed == 0) {
                keepAliveLater();
            } else if (missed < MOST_MISSED) {
                keepAlive();
            } else if (!ended && closing.isEmpty()) {
                LOG.info("{} no longer answers in session {}", login.peer(), Integer.toHexString(bmcId));
                end("does not answer any more");
            }
        });
    }

    /** Closes it at the BMC too. Idempotent; completes with whether the BMC has confirmed it. */
    public CompletableFuture<Boolean> close() {
        over = true;
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        boolean accepted = onLoop(() -> {
            if (closing.isPresent()) {
                closing.get().thenAccept(closed::complete);
            } else if (ended) {
                closed.complete(false);
            } else {
                closing = Optional.of(closed);
                // Which asks for its deactivation, the last that may be asked for.
                console.ifPresent(SolChannel::close);
                loggedOut = true;
                logOut(closed);
            }
        });
        if (!accepted) {
            closed.complete(false);
        }
        return closed;
    }

    private void logOut(CompletableFuture<Boolean> closed) {
        byte[] id = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bmcId).array();
        Call call = new Call(APPLICATION, CLOSE_SESSION, id, System.nanoTime() + rmcp.timing().logout().toNanos());
        call.answer.whenComplete((answer, failure) -> {
            end("has been closed");
            closed.complete(failure == null);
        });
        enqueue(call);
    }

    private void end(String why) {
        over = true;
        ended = true;
        keepAlive.ifPresent(timer -> timer.cancel(false));
        rmcp.remove(this);
        console.ifPresent(channel -> channel.lost(why));
        List<Call> left = List.copyOf(calls);
        calls.clear();
        left.forEach(call -> call.fail(new RmcpException(Reason.CLOSED, "the session with " + login.peer() + " " + why)));
    }

    /** One command, from its being asked for to its answer. */
    private final class Call {

        private final int netFn;
        private final int command;
        private final byte[] data;
        private final long end;
        private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
        private int number;
        private int tries;
        private Optional<ScheduledFuture<?>> retry = Optional.empty();

        Call(int netFn, int command, byte[] data, long end) {
            this.netFn = netFn;
            this.command = command;
            this.data = data;
            this.end = end;
        }

        void begin() {
            requestSequence = requestSequence + 1 & 0x3F;
            number = requestSequence;
            transmit();
        }

        private void transmit() {
            long left = end - System.nanoTime();
            if (answer.isDone()) {
                next();
            } else if (left <= 0) {
                finish(() -> answer.completeExceptionally(new RmcpException(Reason.TIMEOUT, login.peer()
                        + String.format(" did not answer command %02Xh/%02Xh", netFn, command))));
            } else {
                // The same number each time: the BMC may remember it, and repeat its answer instead of its work.
                send(Datagram.IPMI, IpmiMessage.request(netFn, number, command, data));
                retry = Optional.of(rmcp.loop().schedule(this::transmit,
                        Math.min(left, rmcp.timing().retryNanos(tries++)), TimeUnit.NANOSECONDS));
            }
        }

        void receive(IpmiMessage.Answer received) {
            if (received.netFn() != netFn || received.command() != command || received.sequence() != number) {
                return;
            }
            if (received.code() == 0xC0) {
                // Busy: the retry asks again, under another number, since this one has been answered.
                requestSequence = requestSequence + 1 & 0x3F;
                number = requestSequence;
            } else if (received.code() == 0) {
                finish(() -> answer.complete(received.data()));
            } else {
                finish(() -> answer.completeExceptionally(RmcpException.completed(netFn, command, received.code())));
            }
        }

        /** Whoever waits for the answer may ask the next thing at once. */
        private void finish(Runnable completion) {
            retry.ifPresent(timer -> timer.cancel(false));
            next();
            completion.run();
        }

        void fail(RmcpException e) {
            retry.ifPresent(timer -> timer.cancel(false));
            answer.completeExceptionally(e);
        }
    }
}
