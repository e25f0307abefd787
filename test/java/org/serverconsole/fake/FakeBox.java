package org.serverconsole.fake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server with an iDRAC and its screen on loopback, which stalls at one step of a console's life where it is told to. The
 * screen changes with each key (RFC 6143, 7.5 and 7.6).
 */
public final class FakeBox implements AutoCloseable {

    /** At which step it stalls for ever. */
    public enum Stall { NOWHERE, LOGIN, BEFORE_OPENING, AFTER_OPENING, NO_PICTURE, BEFORE_RELEASE, AFTER_RELEASE, UNPLUGGED }

    private static final int SIDE = 8;
    private static final int KEY = 4;

    private final FakeIdrac idrac;
    private final ScriptedRfbServer screen;
    private final AtomicInteger stalled = new AtomicInteger();
    private final AtomicInteger typed = new AtomicInteger();
    private volatile Stall stall = Stall.NOWHERE;
    private volatile boolean open;
    private volatile String password = "";

    private FakeBox(Certificate certificate) throws IOException {
        screen = ScriptedRfbServer.playing(this::show);
        idrac = FakeIdrac.start(certificate, 0, FakeIdrac.Firmware.IDRAC9, screen.port(), (enabled, newPassword) -> {
            open = enabled;
            password = newPassword;
        });
        idrac.silent(request -> isStep(request, Stall.LOGIN, Stall.BEFORE_OPENING, Stall.BEFORE_RELEASE));
        idrac.stalling(request -> isStep(request, Stall.LOGIN, Stall.AFTER_OPENING, Stall.AFTER_RELEASE));
    }

    public static FakeBox start(Certificate certificate) throws IOException {
        return new FakeBox(certificate);
    }

    /**
     * What the inventory says of it.
     *
     * @param timeout in seconds
     */
    public Map<String, Object> entry(int timeout) {
        return Map.of("type", "idrac", "label", "a box", "ip", "127.0.0.1", "ipport", idrac.port(),
                "username", FakeIdrac.USERNAME, "password", idrac.password(), "timeout", timeout,
                "tls", "sha256:" + idrac.certificate().fingerprint());
    }

    public void stall(Stall at) throws IOException {
        stall = at;
        if (at == Stall.UNPLUGGED) {
            idrac.hangUp();
            screen.throwOut();
        }
    }

    /** How often somebody stands before it and waits. */
    public int stalled() {
        return stalled.get();
    }

    /** Whether the vendor lets anybody in now. */
    public boolean isOpen() {
        return open;
    }

    public int viewers() {
        return screen.connected();
    }

    /** Keys that were pressed. */
    public int typed() {
        return typed.get();
    }

    private boolean isStep(FakeRedfish.Request request, Stall login, Stall opening, Stall release) {
        boolean changes = request.method().equals("PATCH");
        boolean opens = changes && request.body().contains("\"VNCServer.1.Enable\":\"Enabled\"");
        boolean here = stall == Stall.UNPLUGGED || stall == login && request.method().equals("POST")
                || stall == opening && opens || stall == release && changes && !opens;
        if (here) {
            stalled.incrementAndGet();
        }
        return here;
    }

    private void show(ScriptedRfbServer.Viewer viewer) throws IOException {
        if (!open || stall == Stall.UNPLUGGED) {
            viewer.reset();
            return;
        }
        viewer.say("RFB 003.008\n").hear(12);
        viewer.say(1, 2).hear(1);
        byte[] challenge = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        viewer.say(challenge);
        if (!Arrays.equals(viewer.hear(16), VncViewer.response(password, challenge))) {
            viewer.say(0, 0, 0, 1).sayText("Authentication failed").hangUp();
            return;
        }
        viewer.say(0, 0, 0, 0).hear(1);
        viewer.say(ScriptedRfbServer.serverInit());
        listen(viewer);
    }

    private void listen(ScriptedRfbServer.Viewer viewer) throws IOException {
        int pixel = 4;
        while (true) {
            switch (viewer.hear(1)[0]) {
                case 0 -> pixel = viewer.hear(19)[3] / 8;
                case 2 -> viewer.hear(4 * ByteBuffer.wrap(viewer.hear(3)).getShort(1));
                case 3 -> answer(viewer, viewer.hear(9)[0] == 0, pixel);
                case KEY -> press(viewer, viewer.hear(7)[0] == 1, pixel);
                case 5 -> viewer.hear(5);
                case 6 -> viewer.hear(ByteBuffer.wrap(viewer.hear(7)).getInt(3));
                default -> throw new IOException("no message of RFB");
            }
        }
    }

    private void answer(ScriptedRfbServer.Viewer viewer, boolean wholly, int pixel) throws IOException {
        if (stall == Stall.NO_PICTURE) {
            stalled.incrementAndGet();
        } else if (wholly) {
            draw(viewer, pixel);
        }
    }

    private void press(ScriptedRfbServer.Viewer viewer, boolean down, int pixel) throws IOException {
        if (down) {
            typed.incrementAndGet();
            draw(viewer, pixel);
        }
    }

    /** A square, of another colour each time. */
    private void draw(ScriptedRfbServer.Viewer viewer, int pixel) throws IOException {
        byte[] square = new byte[SIDE * SIDE * pixel];
        Arrays.fill(square, (byte) (17 * (typed.get() + 1)));
        viewer.say(ByteBuffer.allocate(16 + square.length).putInt(1).putInt(0).putShort((short) SIDE).putShort((short) SIDE)
                .putInt(0).put(square).array());
    }

    @Override
    public void close() throws IOException {
        idrac.close();
        screen.close();
    }
}
