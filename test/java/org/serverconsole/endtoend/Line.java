package org.serverconsole.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network that can be cut: between a customer and Guacamole, or between Guacamole and a console. */
final class Line implements AutoCloseable {

    private final URI far;
    private final ServerSocket near;
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    private Line(URI far, ServerSocket near) {
        this.far = far;
        this.near = near;
    }

    /** @param far what is at its other end */
    static Line to(URI far) throws IOException {
        Line line = new Line(far, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        start(line::accept);
        return line;
    }

    /** The near end; for Guacamole, as the customer reaches it. */
    URI url() {
        return URI.create("http://127.0.0.1:" + near.getLocalPort() + far.getPath());
    }

    /** Cuts all that is connected, and everything that tries to be until {@link #mend}. */
    void cut() throws IOException {
        cut = true;
        for (Socket end : ends) {
            end.close();
        }
    }

    void mend() {
        cut = false;
    }

    @Override
    public void close() throws IOException {
        near.close();
        cut();
    }

    private void accept() throws IOException {
        while (true) {
            Socket customer = near.accept();
            if (cut) {
                customer.close();
                continue;
            }
            Socket guacamole = new Socket(far.getHost(), far.getPort());
            ends.add(customer);
            ends.add(guacamole);
            start(() -> carry(customer, guacamole));
            start(() -> carry(guacamole, customer));
        }
    }

    private void carry(Socket from, Socket to) throws IOException {
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } finally {
            ends.remove(from);
            ends.remove(to);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // A line that is cut ends what it carries in this way.
            }
        }, "line");
        thread.setDaemon(true);
        thread.start();
    }
}
