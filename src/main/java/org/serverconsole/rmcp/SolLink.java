package org.serverconsole.rmcp;

import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Serial over LAN's own protocol inside a session (15.9, 15.11): one unacknowledged packet each way, numbered 1 to 15. Of the
 * event loop alone.
 */
final class SolLink {

    private static final int HEADER = 4;
    private static final int LAST_NUMBER = 15;
    private static final int NACK = 0x40;
    private static final int BREAK = 0x10;
    private static final int DEACTIVATED = 0x10;
    /** A full serial buffer of 115200 baud has room again after that. */
    private static final Duration PAUSE = Duration.ofMillis(50);
    /** Below the shortest interval after which BMCs send a packet again, 500 ms by default (26.3). */
    private static final Duration HOLD = Duration.ofMillis(400);
    private static final int OPENING_TRIES = 2;

    private final Carrier carrier;
    private final RmcpTiming timing;

    private int number;
    private byte[] inFlight = {};
    private boolean opening;
    private int tries;
    private long sentFirst;
    private boolean paused;
    private Optional<ScheduledFuture<?>> timer = Optional.empty();

    private int received;
    private int receivedLength;
    private int taken;
    private int newest;
    private byte[] held = {};
    private Optional<ScheduledFuture<?>> hold = Optional.empty();

    /** What carries the packets, and what takes and gives the characters. */
    interface Carrier {
        void transmit(byte[] packet);

        ScheduledFuture<?> later(Runnable task, long nanos);

        /** The BMC has taken so many characters of what was sent, or the break where there were none. */
        void sent(int characters);

        /** Nothing is in flight: what is left may be sent. */
        void ready();

        /** Takes characters, as many as there is room for, and says how many. */
        int take(byte[] characters);

        void failed(String why);
    }

    SolLink(Carrier carrier, RmcpTiming timing) {
        this.carrier = carrier;
        this.timing = timing;
    }

    /**
     * Sends a packet without characters. {@code ipmi_sim} remembers the last number of an earlier console, and would take a
     * first packet of the same number for a repeated one and swallow its characters.
     */
    void open() {
        opening = true;
        send(new byte[0], 0);
    }

    /** Whether characters or a break may be sent now. */
    boolean isReady() {
        return inFlight.length == 0 && !paused;
    }

    void sendBreak() {
        send(new byte[0], BREAK);
    }

    /** Sends at least one character, not more than the BMC takes at once. */
    void send(byte[] characters) {
        send(characters, 0);
    }

    private void send(byte[] characters, int operation) {
        number = number % LAST_NUMBER + 1;
        inFlight = new byte[HEADER + characters.length];
        inFlight[0] = (byte) number;
        inFlight[3] = (byte) operation;
        System.arraycopy(characters, 0, inFlight, HEADER, characters.length);
        tries = 0;
        sentFirst = System.nanoTime();
        transmit();
    }

    private void transmit() {
        if (tries > 0 && System.nanoTime() - sentFirst > timing.patience().toNanos()) {
            carrier.failed("does not acknowledge what is typed");
            return;
        }
        if (opening && tries >= OPENING_TRIES) {
            // A BMC that does not acknowledge empty packets.
            acknowledged(0, false);
            return;
        }
        carrier.transmit(inFlight);
        timer = Optional.of(carrier.later(this::transmit, timing.retryNanos(tries++)));
    }

    void stop() {
        timer.ifPresent(running -> running.cancel(false));
        hold.ifPresent(running -> running.cancel(false));
    }

    /**
     * @param sequence the packet's number in the session, newer ones having higher ones
     */
    void receive(byte[] packet, int sequence) {
        if (packet.length < HEADER || newest != 0 && sequence - newest < 0) {
            // One that was overtaken: its numbers, of which there are 15 only, may mean another packet by now.
            return;
        }
        newest = sequence;
        int acknowledged = packet[1] & 0x0F;
        boolean refused = (packet[3] & NACK) != 0;
        if (acknowledged != 0 && acknowledged == number) {
            if (inFlight.length > 0) {
                acknowledged(packet[2] & 0xFF, refused);
            } else if (paused && !refused) {
                resume();
            }
        }
        if ((packet[3] & DEACTIVATED) != 0) {
            carrier.failed("has deactivated the console");
        } else if ((packet[0] & 0x0F) != 0) {
            receiveCharacters(packet);
        }
    }

    private void acknowledged(int characters, boolean refused) {
        timer.ifPresent(running -> running.cancel(false));
        int length = inFlight.length - HEADER;
        int accepted = Math.min(characters, length);
        inFlight = new byte[0];
        if (!opening) {
            carrier.sent(accepted);
        }
        opening = false;
        if (refused || accepted == 0 && length > 0) {
            paused = true;
            timer = Optional.of(carrier.later(this::resume, PAUSE.toNanos()));
        } else {
            carrier.ready();
        }
    }

    private void resume() {
        timer.ifPresent(running -> running.cancel(false));
        paused = false;
        carrier.ready();
    }

    private void receiveCharacters(byte[] packet) {
        byte[] characters = Arrays.copyOfRange(packet, HEADER, packet.length);
        if (held.length > 0) {
            // Being held, it is repeated, or the BMC has given it up and goes on; the next one finds nothing held.
            return;
        }
        int arrived = packet[0] & 0x0F;
        if (arrived == received) {
            repeated(characters);
            return;
        }
        received = arrived;
        receivedLength = characters.length;
        taken = 0;
        take(characters);
    }

    /** A BMC whose acknowledgment was lost may repeat a packet with more characters at its end. */
    private void repeated(byte[] characters) {
        if (taken == receivedLength && characters.length > receivedLength) {
            byte[] more = Arrays.copyOfRange(characters, receivedLength, characters.length);
            receivedLength = characters.length;
            take(more);
        } else {
            acknowledge();
        }
    }

    private void take(byte[] characters) {
        int now = carrier.take(characters);
        taken += now;
        held = Arrays.copyOfRange(characters, now, characters.length);
        if (held.length == 0) {
            acknowledge();
        } else {
            hold = Optional.of(carrier.later(this::giveBack, HOLD.toNanos()));
        }
    }

    /** There is room again for characters. */
    void roomAgain() {
        if (held.length > 0) {
            hold.ifPresent(running -> running.cancel(false));
            take(held);
        }
    }

    /** The BMC would lose what is not acknowledged for long; it repeats what has not been accepted. */
    private void giveBack() {
        held = new byte[0];
        acknowledge();
    }

    private void acknowledge() {
        carrier.transmit(new byte[] {0, (byte) received, (byte) taken, 0});
    }
}
