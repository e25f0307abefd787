package org.serverconsole.fake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The way to a TCP server on this machine, or to the first of several that takes connections. It can be cut, and on it everything may
 * come to a stop and go on again, with nothing lost.
 */
public final class TcpWay implements AutoCloseable {

    private final ServerSocket front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Integer> servers;
    private boolean stalled;
    private volatile boolean cut;

    /** @param servers the servers' ports */
    public TcpWay(Integer... servers) throws IOException {
        this.servers = List.of(servers);
        run(this::accept);
    }

    /** Where the server seems to be. */
    public int port() {
        return front.getLocalPort();
    }

    public synchronized void stall() {
        stalled = true;
    }

    public synchronized void goOn() {
        stalled = false;
        notifyAll();
    }

    /** Cuts all that is connected, and everything that tries to be until {@link #mend}. */
    public void cut() throws IOException {
        cut = true;
        goOn();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    public void mend() {
        cut = false;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = front.accept();
            Optional<Socket> there = cut ? Optional.empty() : connect();
            if (there.isEmpty()) {
                client.close();
                continue;
            }
            sockets.addAll(List.of(client, there.get()));
            run(() -> pass(client, there.get()));
            run(() -> pass(there.get(), client));
        }
    }

    private Optional<Socket> connect() {
        for (int server : servers) {
            try {
                return Optional.of(new Socket(InetAddress.getLoopbackAddress(), server));
            } catch (IOException e) {
                // The next.
            }
        }
        return Optional.empty();
    }

    private void pass(Socket from, Socket to) throws IOException {
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            byte[] bytes = new byte[8192];
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                awaitWay();
                out.write(bytes, 0, length);
            }
        } finally {
            sockets.removeAll(List.of(from, to));
        }
    }

    private synchronized void awaitWay() {
        while (stalled) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // Closed by either side.
            }
        }, "tcp way");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        front.close();
        cut();
    }
}
