package org.serverconsole.fake;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** An RFB server that a {@link FakeIdrac} switches on and off, and gives its password. */
public final class SwitchedConsole implements FakeIdrac.Vnc, AutoCloseable {

    private final ScriptedRfbServer server = ScriptedRfbServer.playing(this::serve);
    private final AtomicInteger absent = new AtomicInteger();
    private final AtomicInteger refusing = new AtomicInteger();
    private volatile boolean enabled;
    private volatile String password = "";

    public SwitchedConsole() throws IOException { }

    private void serve(ScriptedRfbServer.Viewer viewer) throws IOException, InterruptedException {
        if (!enabled || absent.getAndDecrement() > 0) {
            viewer.hangUp();
            return;
        }
        ScriptedRfbServer.console(refusing.getAndDecrement() > 0 ? "not yet" : password).play(viewer);
    }

    @Override
    public void set(boolean enabled, String password) {
        this.enabled = enabled;
        this.password = password;
    }

    /** As if it were not up yet for that many viewers to come. */
    public void absent(int viewers) {
        absent.set(viewers);
    }

    /** As if it knew the new password not yet for that many viewers to come. */
    public void refusing(int viewers) {
        refusing.set(viewers);
    }

    public int port() {
        return server.port();
    }

    /** Viewers that have come so far. */
    public int accepted() {
        return server.accepted();
    }

    public int connected() {
        return server.connected();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
