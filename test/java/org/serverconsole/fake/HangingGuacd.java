package org.serverconsole.fake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of a real guacd and has its first connections hang as those of guacd 1.6.0 do now and then
 * (GUACAMOLE-2270): ready, connected to the console, and silent from then on.
 */
public final class HangingGuacd implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HangingGuacd.class);
    private static final String READY = "5.ready,";

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger hangs;
    private volatile int guacd;

    private HangingGuacd(int hangs) throws IOException {
        this.hangs = new AtomicInteger(hangs);
    }

    /** @param hangs how many connections hang, before the first that does not */
    public static HangingGuacd start(int hangs) throws IOException {
        HangingGuacd hanging = new HangingGuacd(hangs);
        hanging.inBackground(hanging::accept);
        return hanging;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The port of the real one, to be told before anybody connects. */
    public void inFrontOf(int port) {
        guacd = port;
    }

    private void inBackground(Runnable work) {
        Thread thread = new Thread(work, "hanging guacd " + port());
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket real = new Socket(InetAddress.getLoopbackAddress(), guacd);
                open.add(client);
                open.add(real);
                boolean hang = hangs.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                inBackground(() -> pass(client, real, false));
                inBackground(() -> pass(real, client, hang));
            }
        } catch (IOException e) {
            LOG.debug("accepts no more: {}", e.getMessage());
        }
    }

    private void pass(Socket from, Socket to, boolean untilReady) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            StringBuilder said = new StringBuilder();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                int ready = said.indexOf(READY);
                if (!untilReady || ready < 0 || said.indexOf(";", ready) < 0) {
                    out.write(buffer, 0, count);
                }
                if (untilReady) {
                    said.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            LOG.debug("a connection has ended: {}", e.getMessage());
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
