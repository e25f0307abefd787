package org.serverconsole.fake;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A BMC's side of Serial over LAN (IPMI 2.0, 15.9), with the machine on the serial line played by a test. Locked by its BMC.
 */
public final class FakeSerial {

    private static final int HEADER = 4;

    private final Object lock;
    private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private int printedFrom;
    private int breaks;
    private int outOfOrder;
    private int refusals;
    private int mostTaken = Integer.MAX_VALUE;
    private long repeatNanos = Duration.ofMillis(50).toNanos();
    private int packetSize = 64;

    private Consumer<byte[]> console = packet -> { };
    private int newest;
    private int lastNumber;
    private int lastTaken;
    private int number;
    private byte[] inFlight = {};
    private long sent;

    FakeSerial(Object lock) {
        this.lock = lock;
    }

    /** Prints on the console, as far as one is active. */
    public void print(byte[] bytes) {
        synchronized (lock) {
            printed.writeBytes(bytes);
            transmitNext();
        }
    }

    /** What has been typed. */
    public byte[] typed() {
        synchronized (lock) {
            return typed.toByteArray();
        }
    }

    /** How many breaks have come. */
    public int breaks() {
        synchronized (lock) {
            return breaks;
        }
    }

    /** How often a packet came before the one before it was acknowledged. */
    public int outOfOrder() {
        synchronized (lock) {
            return outOfOrder;
        }
    }

    /** How many printed bytes have not been acknowledged. */
    public int unacknowledged() {
        synchronized (lock) {
            return printed.size() - printedFrom;
        }
    }

    /** From each packet only that many characters are taken. */
    public void mostTaken(int characters) {
        synchronized (lock) {
            mostTaken = characters;
        }
    }

    /** The next packets with characters are refused with a NACK. */
    public void refuseNext(int packets) {
        synchronized (lock) {
            refusals = packets;
        }
    }

    /** After what time a packet that is not acknowledged is sent again. */
    public void repeatAfter(Duration interval) {
        synchronized (lock) {
            repeatNanos = interval.toNanos();
        }
    }

    /** How many characters go into one packet, each way. */
    public void packetSize(int characters) {
        synchronized (lock) {
            packetSize = characters;
        }
    }

    int packetSize() {
        return packetSize;
    }

    void activated(Consumer<byte[]> to) {
        console = to;
        newest = 0;
        lastNumber = 0;
        lastTaken = 0;
        number = 0;
        inFlight = new byte[0];
        transmitNext();
    }

    void deactivated() {
        console = packet -> { };
        inFlight = new byte[0];
    }

    private void transmitNext() {
        byte[] all = printed.toByteArray();
        if (inFlight.length > 0 || printedFrom == all.length) {
            return;
        }
        byte[] characters = Arrays.copyOfRange(all, printedFrom, Math.min(all.length, printedFrom + packetSize));
        number = number % 15 + 1;
        inFlight = new byte[HEADER + characters.length];
        inFlight[0] = (byte) number;
        System.arraycopy(characters, 0, inFlight, HEADER, characters.length);
        transmit();
    }

    private void transmit() {
        sent = System.nanoTime();
        console.accept(inFlight);
    }

    void tick() {
        if (inFlight.length > 0 && System.nanoTime() - sent > repeatNanos) {
            transmit();
        }
    }

    /**
     * @param sequence the packet's number in its session
     */
    void receive(byte[] packet, int sequence) {
        if (sequence < newest) {
            return;
        }
        newest = sequence;
        int acknowledged = packet[1] & 0x0F;
        boolean refused = (packet[3] & 0x40) != 0;
        if (inFlight.length > 0 && acknowledged == number && !refused) {
            printedFrom += Math.min(packet[2] & 0xFF, inFlight.length - HEADER);
            inFlight = new byte[0];
            transmitNext();
        }
        int arrived = packet[0] & 0x0F;
        if (arrived == 0) {
            return;
        }
        if (arrived != lastNumber) {
            if (arrived != lastNumber % 15 + 1) {
                outOfOrder++;
            }
            lastNumber = arrived;
            take(packet);
        }
        boolean whole = lastTaken == packet.length - HEADER;
        console.accept(new byte[] {0, (byte) lastNumber, (byte) lastTaken, (byte) (whole ? 0 : 0x40)});
    }

    private void take(byte[] packet) {
        if ((packet[3] & 0x10) != 0) {
            breaks++;
        }
        lastTaken = Math.min(packet.length - HEADER, mostTaken);
        if (packet.length > HEADER && refusals > 0) {
            refusals--;
            lastTaken = 0;
        }
        typed.write(packet, HEADER, lastTaken);
    }
}
