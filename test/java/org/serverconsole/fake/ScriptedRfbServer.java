package org.serverconsole.fake;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.tls.TlsServerProtocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An RFB server on 127.0.0.1 that says to every viewer what its script says, however wrong that is. */
public final class ScriptedRfbServer implements AutoCloseable {

    /** What the fake consoles made here call themselves in ServerInit. */
    public static final String DESKTOP = "fake console";

    /** What is said to one viewer. Where it ends, the connection stays open until the viewer leaves. */
    @FunctionalInterface
    public interface Script {
        void play(Viewer viewer) throws IOException, InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ScriptedRfbServer.class);

    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();

    private ScriptedRfbServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
    }

    public static ScriptedRfbServer playing(Script script) throws IOException {
        return playing(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    /** The same on TLS, under that certificate. */
    public static ScriptedRfbServer playing(Certificate certificate, Script script) throws IOException {
        return playing(certificate.context().getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    private static ScriptedRfbServer playing(ServerSocket listener, Script script) throws IOException {
        // What it does not read soon waits in its client.
        listener.setReceiveBufferSize(64 * 1024);
        ScriptedRfbServer server = new ScriptedRfbServer(listener, script);
        server.inBackground(server::accept);
        return server;
    }

    /** A console behind VNC Authentication over RFB 3.8, which answers ClientInit with a ServerInit. */
    public static Script console(String password) {
        VendorSecrets.keep(password);
        return viewer -> {
            viewer.say("RFB 003.008\n");
            viewer.hear(12);
            viewer.say(1, 2);
            viewer.hear(1);
            byte[] challenge = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
            viewer.say(challenge);
            if (!Arrays.equals(viewer.hear(16), VncViewer.response(password, challenge))) {
                viewer.say(0, 0, 0, 1).sayText("Authentication failed").hangUp();
                return;
            }
            viewer.say(0, 0, 0, 0);
            viewer.hear(1);
            viewer.say(serverInit());
        };
    }

    /** A console with security type None over RFB 3.8, which answers ClientInit with a ServerInit. */
    public static Script openConsole() {
        return viewer -> {
            viewer.say("RFB 003.008\n");
            viewer.hear(12);
            viewer.say(1, 1);
            viewer.hear(1);
            viewer.say(0, 0, 0, 0);
            viewer.hear(1);
            viewer.say(serverInit());
        };
    }

    /** ServerInit of a screen of 640 by 480 (RFC 6143, 7.3.2). */
    public static byte[] serverInit() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream init = new DataOutputStream(bytes);
        init.writeShort(640);
        init.writeShort(480);
        init.write(new byte[] {32, 24, 0, 1, 0, (byte) 255, 0, (byte) 255, 0, (byte) 255, 16, 8, 0, 0, 0, 0});
        init.writeInt(DESKTOP.length());
        init.writeBytes(DESKTOP);
        return bytes.toByteArray();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Viewers that have come so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Viewers that have neither left nor been thrown out. */
    public int connected() {
        return open.size();
    }

    /** Bytes the viewers' side has taken so far. */
    public long sent() {
        return sent.get();
    }

    private void inBackground(Runnable work) {
        Thread thread = new Thread(work, "scripted RFB server " + port());
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                accepted.incrementAndGet();
                inBackground(() -> serve(socket));
            }
        } catch (IOException e) {
            LOG.debug("accepts no more: {}", e.getMessage());
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            Viewer viewer = new Viewer(socket);
            script.play(viewer);
            viewer.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            LOG.debug("a viewer has left: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    /** Breaks the connections of all viewers. */
    public void throwOut() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** The connection to one viewer. */
    public final class Viewer {

        private final Socket socket;
        private InputStream in;
        private OutputStream out;

        private Viewer(Socket socket) throws IOException {
            this.socket = socket;
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        /** From now on all is said and heard through TLS, under that certificate. */
        public Viewer beginTls(Certificate certificate) throws IOException {
            SSLSocket tls = (SSLSocket) certificate.context().getSocketFactory()
                    .createSocket(socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
            tls.setUseClientMode(false);
            tls.startHandshake();
            in = tls.getInputStream();
            out = tls.getOutputStream();
            return this;
        }

        /** The same without any certificate. */
        public Viewer beginAnonymousTls() throws IOException {
            TlsServerProtocol tls = new TlsServerProtocol(in, out);
            tls.accept(new AnonymousTlsServer());
            in = tls.getInputStream();
            out = tls.getOutputStream();
            return this;
        }

        /** Sends those bytes, at once and in one piece. */
        public Viewer say(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
            sent.addAndGet(bytes.length);
            return this;
        }

        public Viewer say(int... bytes) throws IOException {
            byte[] narrow = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                narrow[i] = (byte) bytes[i];
            }
            return say(narrow);
        }

        public Viewer say(String text) throws IOException {
            return say(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** A text with its length before it, as RFB sends reasons. */
        public Viewer sayText(String text) throws IOException {
            int length = text.length();
            return say(length >>> 24, length >>> 16, length >>> 8, length).say(text);
        }

        public byte[] hear(int count) throws IOException {
            byte[] heard = in.readNBytes(count);
            if (heard.length < count) {
                throw new EOFException("the viewer has left");
            }
            return heard;
        }

        /** Says nothing for that long, or until the server closes. */
        public void pause(Duration pause) throws InterruptedException {
            closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** Closes what it says, in TLS with a farewell. */
        public void hangUp() throws IOException {
            out.close();
            socket.close();
        }

        /** Breaks the connection as a host does that has lost it. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
