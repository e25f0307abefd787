package org.serverconsole.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.serverconsole.parts.TigerVnc;

/** A real TigerVNC whose whole screen is an xterm that reads one line. */
final class Terminal implements AutoCloseable {

    private static final String READ_A_LINE = "touch ready; IFS= read -r line; printf %s \"$line\" > part; mv part typed; sleep 600";

    private final Path folder;
    private final TigerVnc vnc;
    private final Process xterm;

    private Terminal(Path folder, TigerVnc vnc, Process xterm) {
        this.folder = folder;
        this.vnc = vnc;
        this.xterm = xterm;
    }

    /** @param password of its VNC */
    static Terminal start(Path folder, String password) throws IOException {
        TigerVnc vnc = TigerVnc.start(folder, password);
        ProcessBuilder builder = new ProcessBuilder("xterm", "-display", ":" + vnc.display(), "-u8", "-geometry", "93x32+0+0",
                "-b", "0", "-fa", "DejaVu Sans Mono", "-fs", "14", "-bg", "#0000aa", "-fg", "#ffffff", "-e", "sh", "-c", READ_A_LINE);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Terminal terminal = new Terminal(folder, vnc, builder.directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("xterm.log").toFile()).start());
        Awaitility.await().until(() -> Files.exists(folder.resolve("ready")));
        return terminal;
    }

    int port() {
        return vnc.port();
    }

    /** The line, once it has been entered. */
    Optional<String> typed() throws IOException {
        Path typed = folder.resolve("typed");
        return Files.exists(typed) ? Optional.of(Files.readString(typed)) : Optional.empty();
    }

    @Override
    public void close() throws InterruptedException {
        xterm.destroy();
        if (!xterm.waitFor(5, TimeUnit.SECONDS)) {
            xterm.destroyForcibly().waitFor();
        }
        vnc.close();
    }
}
