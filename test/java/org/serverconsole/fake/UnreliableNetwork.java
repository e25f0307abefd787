package org.serverconsole.fake;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/**
 * The way to one UDP server, which loses, repeats, holds back and forges packets in both directions. What it does with which
 * packet depends on its seed and their order only.
 */
public final class UnreliableNetwork implements AutoCloseable {

    private final Selector selector = Selector.open();
    private final DatagramChannel front = DatagramChannel.open();
    private final SocketAddress server;
    private final Random random;
    private final Map<SocketAddress, DatagramChannel> ways = new HashMap<>();
    private final Thread thread = new Thread(this::run, "unreliable network");
    private double loss;
    private double repetition;
    private double overtaking;
    private Predicate<byte[]> lostOnce = packet -> false;
    private Predicate<byte[]> forgedOnce = packet -> false;
    private int lost;
    private int forged;
    private List<Sending> heldBack = new ArrayList<>();

    private interface Sending {
        void send() throws IOException;
    }

    /** Begins to pass on packets to that server, all of them as yet. */
    public UnreliableNetwork(InetSocketAddress server, long seed) throws IOException {
        this.server = server;
        this.random = new Random(seed);
        front.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
        front.register(selector, SelectionKey.OP_READ, server);
        thread.setDaemon(true);
        thread.start();
    }

    /** Where the server seems to be. */
    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) front.getLocalAddress();
    }

    /** From now on that share of all packets is lost, and as many more are repeated or overtaken by the next. */
    public synchronized void lose(double share, double repeated, double overtaken) {
        loss = share;
        repetition = repeated;
        overtaking = overtaken;
    }

    /** The next packet that is such a one is lost. */
    public synchronized void loseNext(Predicate<byte[]> packet) {
        lostOnce = packet;
    }

    /** Before the next packet that is such a one, another comes that differs from it in its last byte. */
    public synchronized void forgeNext(Predicate<byte[]> packet) {
        forgedOnce = packet;
    }

    public synchronized int lost() {
        return lost;
    }

    public synchronized int forged() {
        return forged;
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocate(2048);
        while (selector.isOpen()) {
            try {
                selector.select(key -> pass((DatagramChannel) key.channel(), (SocketAddress) key.attachment(), buffer), 20);
                release();
            } catch (IOException | java.nio.channels.ClosedSelectorException closed) {
                return;
            }
        }
    }

    /**
     * @param to the server's address for the front, a client's for its own way
     */
    private void pass(DatagramChannel from, SocketAddress to, ByteBuffer buffer) {
        try {
            for (SocketAddress sender = from.receive(buffer.clear()); sender != null; sender = from.receive(buffer.clear())) {
                byte[] packet = new byte[buffer.flip().remaining()];
                buffer.get(packet);
                DatagramChannel out = from == front ? way(sender) : front;
                pass(packet, bytes -> out.send(ByteBuffer.wrap(bytes), to));
            }
        } catch (IOException closed) {
            // As lost as on any network.
        }
    }

    private DatagramChannel way(SocketAddress client) throws IOException {
        DatagramChannel way = ways.get(client);
        if (way == null) {
            way = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            way.configureBlocking(false);
            way.register(selector, SelectionKey.OP_READ, client);
            ways.put(client, way);
        }
        return way;
    }

    private interface Out {
        void send(byte[] bytes) throws IOException;
    }

    private synchronized void pass(byte[] packet, Out out) throws IOException {
        if (forgedOnce.test(packet)) {
            forgedOnce = other -> false;
            forged++;
            byte[] forgery = packet.clone();
            forgery[forgery.length - 1] ^= 1;
            out.send(forgery);
        }
        if (lostOnce.test(packet)) {
            lostOnce = other -> false;
            lost++;
            return;
        }
        double fate = random.nextDouble();
        if (fate < loss) {
            lost++;
        } else if (fate < loss + overtaking) {
            heldBack.add(() -> out.send(packet));
        } else {
            out.send(packet);
            if (fate < loss + overtaking + repetition) {
                heldBack.add(() -> out.send(packet));
            }
        }
    }

    private synchronized void release() throws IOException {
        if (heldBack.isEmpty() || random.nextInt(3) != 0) {
            return;
        }
        List<Sending> due = heldBack;
        heldBack = new ArrayList<>();
        for (Sending sending : due) {
            sending.send();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        selector.close();
        front.close();
        for (DatagramChannel way : ways.values()) {
            way.close();
        }
    }
}
