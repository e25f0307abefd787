package org.serverconsole.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.serverconsole.parts.TigerVnc;

/** 20110: a VNC server whose screen is a terminal with a shell in it. */
final class ShellServer implements DemoServer {

    private static final String ID = "20110";
    private static final String SHOWN = "typed";
    private static final String HOME = "home";
    private static final String STARTED = "started";

    /** Whoever leaves the shell gets another: there would be nothing to see. */
    private static final String SHELL = "touch ../" + STARTED + "; while :; do bash --norc --noprofile; done";

    private final Path folder;
    private final String password;
    private final TigerVnc vnc;
    private final Process terminal;

    private ShellServer(Path folder, String password, TigerVnc vnc, Process terminal) {
        this.folder = folder;
        this.password = password;
        this.vnc = vnc;
        this.terminal = terminal;
    }

    static ShellServer start(Path folder, DemoOptions options) throws IOException {
        String password = UUID.randomUUID().toString().substring(0, 8);
        TigerVnc vnc = TigerVnc.start(folder, password);
        try {
            ShellServer server = new ShellServer(folder, password, vnc, terminal(folder, vnc.display()));
            server.awaitShell();
            return server;
        } catch (IOException | RuntimeException e) {
            vnc.close();
            throw e;
        }
    }

    /** Covers the whole screen, so that the keyboard is its wherever the mouse is: there is no window manager. */
    private static Process terminal(Path folder, int display) throws IOException {
        Path home = Files.createDirectory(folder.resolve(HOME));
        ProcessBuilder xterm = new ProcessBuilder("xterm", "-display", ":" + display,
                "-geometry", "92x33+0+0", "-b", "4", "-bw", "0", "-fa", "DejaVu Sans Mono", "-fs", "14",
                "-bg", "#101418", "-fg", "#e6e6e6", "-e", "sh", "-c", SHELL);
        xterm.environment().putAll(Map.of("PS1", "web-20110:~$ ", "HOME", home.toString(), "HISTFILE", "/dev/null"));
        return xterm.directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("xterm.log").toFile()).start();
    }

    private void awaitShell() {
        Awaitility.await("the shell runs").failFast("xterm has ended", () -> !terminal.isAlive())
                .until(() -> Files.exists(folder.resolve(STARTED)));
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String description() {
        return "a shell: real TigerVNC and xterm";
    }

    @Override
    public Map<String, Object> entry() {
        return Map.of("type", "vnc", "ip", "127.0.0.1", "ipport", vnc.port(), "password", password);
    }

    @Override
    public String line() {
        return "uname -sr | tee " + SHOWN;
    }

    @Override
    public boolean hasReceivedLine() throws IOException {
        Path file = folder.resolve(HOME).resolve(SHOWN);
        return Files.exists(file) && Files.readString(file).startsWith("Linux ");
    }

    /** The shell ends with its terminal. */
    @Override
    public void close() throws InterruptedException {
        terminal.destroy();
        if (!terminal.waitFor(5, TimeUnit.SECONDS)) {
            terminal.destroyForcibly().waitFor();
        }
        vnc.close();
    }
}
