package org.serverconsole.rmcp;

import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.serverconsole.relay.TerminalSignal;
import org.serverconsole.rmcp.RmcpException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one serial console of a BMC (24.1 to 24.5), seen from one session. */
public final class Sol {

    private static final Logger LOG = LoggerFactory.getLogger(Sol.class);

    private static final int APPLICATION = 0x06;
    private static final int ACTIVATE = 0x48;
    private static final int DEACTIVATE = 0x49;
    private static final int INSTANCE_INFO = 0x4B;
    private static final int TRANSPORT = 0x0C;
    private static final int CONFIGURATION = 0x22;
    private static final byte THIS_CHANNEL = 0x0E;
    private static final byte ENABLE = 1;
    private static final byte PAYLOAD = Datagram.SOL;
    private static final byte INSTANCE = 1;
    /** Encrypted, authenticated, alerts of the serial line succeed unsent, handshake lines asserted at once. */
    private static final byte PROTECTED = (byte) 0xC8;
    private static final int ALREADY_ACTIVE = 0x80;
    private static final int ALREADY_INACTIVE = 0x80;
    private static final int HEADER = 4;
    private static final Duration DEACTIVATION = Duration.ofSeconds(2);

    private final RmcpSession session;

    public Sol(RmcpSession session) {
        this.session = session;
    }

    /**
     * Activates the console in this session. The channel is on the event loop of {@link Rmcp}, with auto-read off; it takes
     * bytes and {@link TerminalSignal}s. Closing it deactivates the console, but leaves the session open.
     *
     * @throws RmcpException {@code BUSY} where another session has it
     */
    public Channel activate(Duration deadline) throws RmcpException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        try {
            return Rmcp.await(activation(deadline));
        } catch (RmcpException e) {
            if (e.completionCode().orElse(0) != ALREADY_ACTIVE || owner(left(end)).orElse(0) != session.bmcId()) {
                throw explained(e);
            }
        }
        // It is this session's: the answer to the first try was lost.
        try {
            deactivate(left(end));
            return Rmcp.await(activation(left(end)));
        } catch (RmcpException e) {
            throw explained(e);
        }
    }

    private static Duration left(long end) {
        return Duration.ofNanos(end - System.nanoTime());
    }

    private CompletableFuture<Channel> activation(Duration deadline) {
        CompletableFuture<Channel> activated = new CompletableFuture<>();
        // On the loop, so that the channel is there before the first packet for it is read.
        byte[] data = {PAYLOAD, INSTANCE, PROTECTED, 0, 0, 0};
        boolean asked = session.onLoop(() -> session.request(deadline, APPLICATION, ACTIVATE, data)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        activated.completeExceptionally(failure);
                    } else if (answer.length < 8) {
                        deactivateAfter(session);
                        activated.completeExceptionally(new RmcpException(Reason.PROTOCOL,
                                "the BMC answers to Activate Payload in " + answer.length + " bytes"));
                    } else {
                        begin(answer, activated);
                    }
                }));
        if (!asked) {
            activated.cancel(false);
        }
        return activated;
    }

    private void begin(byte[] answer, CompletableFuture<Channel> activated) {
        int size = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getShort(4) & 0xFFFF;
        // Some say 0 for no limit. Its own header may be meant to be part of it (24.1), and the count has one byte.
        int characters = size <= HEADER ? 1 : Math.min(size - HEADER, 255);
        SolChannel channel = new SolChannel(session, characters);
        session.attach(channel);
        session.rmcp().loop().register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                session.detach(channel);
                deactivateAfter(session);
                activated.completeExceptionally(new RmcpException(Reason.PROTOCOL, "no console: " + registered.cause()));
                return;
            }
            channel.start();
            if (!activated.complete(channel)) {
                channel.close();
            }
        });
    }

    private static RmcpException explained(RmcpException e) {
        return switch (e.completionCode().orElse(0)) {
            case 0x80 -> e.meaning(Reason.BUSY, "the serial console is active in another session");
            case 0x81 -> e.meaning(Reason.UNSUPPORTED, "Serial over LAN is disabled: enable it for the BMC and the user");
            case 0x82 -> e.meaning(Reason.BUSY, "the BMC has as many serial consoles active as it can");
            case 0x83 -> e.meaning(Reason.UNSUPPORTED, "the BMC cannot encrypt Serial over LAN");
            default -> e;
        };
    }

    /** The BMC's number of the session that has the console, or empty where none has, or the BMC does not say. */
    public OptionalInt owner(Duration deadline) throws RmcpException, InterruptedException {
        try {
            byte[] answer = session.command(deadline, APPLICATION, INSTANCE_INFO, PAYLOAD, INSTANCE);
            int id = answer.length < 4 ? 0 : ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getInt();
            return id == 0 ? OptionalInt.empty() : OptionalInt.of(id);
        } catch (RmcpException e) {
            if (e.completionCode().isEmpty()) {
                throw e;
            }
            LOG.debug("whose the console is cannot be read: {}", e.getMessage());
            return OptionalInt.empty();
        }
    }

    /** Whether the BMC has its serial console switched on, or empty where it does not say (26.3, parameter 1). */
    public Optional<Boolean> enabled(Duration deadline) throws RmcpException, InterruptedException {
        try {
            byte[] answer = session.command(deadline, TRANSPORT, CONFIGURATION, THIS_CHANNEL, ENABLE, (byte) 0, (byte) 0);
            return answer.length < 2 ? Optional.empty() : Optional.of((answer[1] & 1) != 0);
        } catch (RmcpException e) {
            if (e.completionCode().isEmpty()) {
                throw e;
            }
            LOG.debug("whether there is a serial console cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Deactivates the console, whoever has it. */
    public void deactivate(Duration deadline) throws RmcpException, InterruptedException {
        try {
            session.command(deadline, APPLICATION, DEACTIVATE, PAYLOAD, INSTANCE, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
        } catch (RmcpException e) {
            if (e.completionCode().orElse(0) != ALREADY_INACTIVE) {
                throw e;
            }
        }
    }

    /** Tells the BMC without waiting. A session that ends, ends its console as well. */
    static void deactivateAfter(RmcpSession session) {
        session.request(DEACTIVATION, APPLICATION, DEACTIVATE, PAYLOAD, INSTANCE, (byte) 0, (byte) 0, (byte) 0, (byte) 0)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        LOG.debug("console was not deactivated by itself: {}", failure.getMessage());
                    }
                });
    }
}
