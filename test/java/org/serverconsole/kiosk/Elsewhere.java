package org.serverconsole.kiosk;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** An address of this machine, over TCP and UDP, that counts who comes. */
record Elsewhere(ServerSocket door, DatagramSocket letters, AtomicInteger came, AtomicInteger written) implements AutoCloseable {

    static Elsewhere open() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        Elsewhere elsewhere = new Elsewhere(new ServerSocket(0, 50, here), new DatagramSocket(new InetSocketAddress(here, 0)),
                new AtomicInteger(), new AtomicInteger());
        start(elsewhere::accept);
        start(elsewhere::read);
        return elsewhere;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "elsewhere");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!door.isClosed()) {
            try (Socket visitor = door.accept()) {
                came.incrementAndGet();
            } catch (IOException e) {
                // Closed at the end.
            }
        }
    }

    private void read() {
        while (!letters.isClosed()) {
            try {
                letters.receive(new DatagramPacket(new byte[100], 100));
                written.incrementAndGet();
            } catch (IOException e) {
                // Closed at the end.
            }
        }
    }

    /** Host and port of TCP. */
    String address() {
        return "127.0.0.1:" + door.getLocalPort();
    }

    /** Host and port of UDP. */
    String stun() {
        return "127.0.0.1:" + letters.getLocalPort();
    }

    /** How many connections have come. */
    int visitors() {
        return came.get();
    }

    /** How many datagrams have come. */
    int datagrams() {
        return written.get();
    }

    @Override
    public void close() throws IOException {
        door.close();
        letters.close();
    }
}
