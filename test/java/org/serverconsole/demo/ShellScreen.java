package org.serverconsole.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** An X screen that is one terminal with a shell in it, which writes down what a line typed there made it do. */
final class ShellScreen implements AutoCloseable {

    /** What is typed; its output is shown, and kept in a file. */
    static final String LINE = "uname -sr | tee typed";

    private static final String HOME = "home";
    private static final String STARTED = "started";

    /** Whoever leaves the shell gets another: there would be nothing to see. */
    private static final String SHELL = "touch ../" + STARTED + "; while :; do bash --norc --noprofile; done";

    private final Path home;
    private final Process terminal;

    private ShellScreen(Path home, Process terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    /**
     * Covers the whole screen, so that the keyboard is its wherever the mouse is: there is no window manager.
     *
     * @param name what the prompt begins with
     */
    static ShellScreen start(Path folder, int display, String name) throws IOException {
        Path home = Files.createDirectory(folder.resolve(HOME));
        ProcessBuilder xterm = new ProcessBuilder("xterm", "-display", ":" + display,
                "-geometry", "92x33+0+0", "-b", "4", "-bw", "0", "-fa", "DejaVu Sans Mono", "-fs", "14",
                "-bg", "#101418", "-fg", "#e6e6e6", "-e", "sh", "-c", SHELL);
        xterm.environment().putAll(Map.of("PS1", name + ":~$ ", "HOME", home.toString(), "HISTFILE", "/dev/null"));
        Process terminal = xterm.directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("xterm.log").toFile()).start();
        Awaitility.await("the shell runs").failFast("xterm has ended", () -> !terminal.isAlive())
                .until(() -> Files.exists(folder.resolve(STARTED)));
        return new ShellScreen(home, terminal);
    }

    boolean hasReceivedLine() throws IOException {
        return hasReceivedLine(home);
    }

    /** Whether a shell with that home has done what {@link #LINE} says. */
    static boolean hasReceivedLine(Path home) throws IOException {
        Path file = home.resolve("typed");
        return Files.exists(file) && Files.readString(file).startsWith("Linux ");
    }

    /** The shell ends with its terminal. */
    @Override
    public void close() throws InterruptedException {
        terminal.destroy();
        if (!terminal.waitFor(5, TimeUnit.SECONDS)) {
            terminal.destroyForcibly().waitFor();
        }
    }
}
