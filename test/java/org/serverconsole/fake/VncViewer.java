package org.serverconsole.fake;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** A viewer as libvncclient in guacd is one: RFB 3.8 and VNC Authentication, step by step, over a blocking socket. */
public final class VncViewer implements AutoCloseable {

    private static final int PATIENCE = 20_000;

    private final Socket socket = new Socket();

    private VncViewer(int port, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE);
        socket.setSoTimeout(PATIENCE);
        socket.setTcpNoDelay(true);
    }

    public static VncViewer connect(int port) throws IOException {
        return new VncViewer(port, 0);
    }

    /** A viewer whose system takes no more than about that many bytes before it reads them. */
    public static VncViewer connect(int port, int receiveBuffer) throws IOException {
        return new VncViewer(port, receiveBuffer);
    }

    /** Goes through the handshake and says whether the password was accepted. */
    public boolean authenticate(String password) throws IOException {
        byte[] version = read(12);
        write(version);
        byte[] types = read(read(1)[0]);
        if (!Arrays.equals(types, new byte[] {2})) {
            throw new IOException("offers " + Arrays.toString(types) + " instead of VNC Authentication alone");
        }
        write(types);
        write(response(password, read(16)));
        return Arrays.equals(read(4), new byte[4]);
    }

    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    public byte[] read(int count) throws IOException {
        byte[] read = socket.getInputStream().readNBytes(count);
        if (read.length < count) {
            throw new EOFException("closed after " + read.length + " of " + count + " bytes");
        }
        return read;
    }

    /** What the server sends, for those who want it as it comes. */
    public InputStream stream() throws IOException {
        return socket.getInputStream();
    }

    /** Everything until the other side hangs up. */
    public byte[] readAll() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    /** The response to a challenge (RFC 6143, 7.2.2), computed apart from the code under test. */
    public static byte[] response(String password, byte[] challenge) {
        byte[] key = new byte[8];
        byte[] text = password.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < Math.min(8, text.length); i++) {
            for (int bit = 0; bit < 8; bit++) {
                key[i] |= (byte) ((text[i] >> bit & 1) << (7 - bit));
            }
        }
        try {
            Cipher des = Cipher.getInstance("DES/ECB/NoPadding");
            des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
            return des.doFinal(challenge);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
