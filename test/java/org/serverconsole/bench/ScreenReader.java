package org.serverconsole.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.serverconsole.fake.VncViewer;

/** A viewer that asks a VNC server for its whole screen, uncompressed, again and again (RFC 6143, 7.5 to 7.7). */
final class ScreenReader implements AutoCloseable {

    private static final int SCREENS = 100;
    private static final int BYTES_PER_PIXEL = 4;

    private final VncViewer viewer;
    private final DataInputStream in;
    private final byte[] request;
    private final byte[] framebuffer;

    /** Goes through the handshake with that password. */
    ScreenReader(VncViewer viewer, String password) throws IOException {
        this.viewer = viewer;
        if (!viewer.authenticate(password)) {
            throw new IOException("the password was refused");
        }
        viewer.write(new byte[] {1});
        in = new DataInputStream(new BufferedInputStream(viewer.stream(), 64));
        int width = in.readUnsignedShort();
        int height = in.readUnsignedShort();
        in.skipNBytes(16);
        in.skipNBytes(in.readInt());
        framebuffer = new byte[width * height * BYTES_PER_PIXEL];
        request = ByteBuffer.allocate(10).put(new byte[] {3, 0, 0, 0, 0, 0}).putShort((short) width).putShort((short) height).array();
        // SetEncodings to Raw alone.
        viewer.write(new byte[] {2, 0, 0, 1, 0, 0, 0, 0});
    }

    double megabytesPerSecond() throws IOException {
        long begin = System.nanoTime();
        long bytes = 0;
        for (int screen = 0; screen < SCREENS; screen++) {
            viewer.write(request);
            bytes += update();
        }
        return bytes / 1e6 / ((System.nanoTime() - begin) / 1e9);
    }

    private long update() throws IOException {
        if (in.readUnsignedShort() != 0) {
            throw new IOException("no FramebufferUpdate");
        }
        long bytes = 0;
        int rectangles = in.readUnsignedShort();
        for (int rectangle = 0; rectangle < rectangles; rectangle++) {
            in.skipNBytes(2 * Short.BYTES);
            int length = in.readUnsignedShort() * in.readUnsignedShort() * BYTES_PER_PIXEL;
            if (in.readInt() != 0) {
                throw new IOException("an encoding that was not asked for");
            }
            in.readFully(framebuffer, 0, length);
            bytes += length;
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        viewer.close();
    }
}
