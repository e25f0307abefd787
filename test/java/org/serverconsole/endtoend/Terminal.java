package org.serverconsole.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.serverconsole.parts.TigerVnc;

/** A real TigerVNC whose whole screen is an xterm of 93 by 32, in which something waits for keys or for the mouse. */
final class Terminal implements AutoCloseable {

    private static final String READ_A_LINE = "touch ready; while IFS= read -r line && [ -z \"$line\" ]; do :; done;"
            + " printf %s \"$line\" > part; mv part typed; sleep 600";

    /** Asks xterm (ctlseqs, "Any-event tracking", SGR) for whatever the mouse does. */
    private static final String NOTE_THE_MOUSE = "stty raw -echo; printf '\\033[?1003h\\033[?1006h'; touch ready; exec cat > mouse";

    /** Has xterm put the line that is entered into the clipboard (ctlseqs, OSC 52). */
    private static final String COPY_A_LINE = "touch ready; IFS= read -r line;"
            + " printf '\\033]52;c;%s\\a' \"$(printf %s \"$line\" | base64 -w0)\"; sleep 600";

    private static final Pattern MOUSE = Pattern.compile("\u001b\\[<(\\d+);(\\d+);(\\d+)([Mm])");

    private final Path folder;
    private final TigerVnc vnc;
    private final Process xterm;

    private Terminal(Path folder, TigerVnc vnc, Process xterm) {
        this.folder = folder;
        this.vnc = vnc;
        this.xterm = xterm;
    }

    /**
     * One that reads a line with something in it.
     *
     * @param password of its VNC
     */
    static Terminal start(Path folder, String password) throws IOException {
        return start(folder, password, READ_A_LINE);
    }

    /** One that notes what the mouse does. */
    static Terminal notingTheMouse(Path folder, String password) throws IOException {
        return start(folder, password, NOTE_THE_MOUSE);
    }

    /** One that copies the line that is entered. */
    static Terminal copying(Path folder, String password) throws IOException {
        return start(folder, password, COPY_A_LINE);
    }

    private static Terminal start(Path folder, String password, String command) throws IOException {
        TigerVnc vnc = TigerVnc.start(folder, password);
        ProcessBuilder builder = new ProcessBuilder("xterm", "-display", ":" + vnc.display(), "-u8", "-geometry", "93x32+0+0",
                "-b", "0", "-fa", "DejaVu Sans Mono", "-fs", "14", "-bg", "#0000aa", "-fg", "#ffffff", "-xrm", "*allowWindowOps: true",
                "-e", "sh", "-c", command);
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

    /**
     * What the mouse did.
     *
     * @param button 0 left, 1 middle, 2 right, 35 none: it only moves, 64 and 65 the wheel up and down
     * @param column of 93, the first is 1
     * @param row of 32, the first is 1
     * @param pressed whether the button is down
     */
    record Mouse(int button, int column, int row, boolean pressed) { }

    /** All that the mouse has done. */
    List<Mouse> mouse() throws IOException {
        return MOUSE.matcher(Files.readString(folder.resolve("mouse"))).results()
                .map(report -> new Mouse(Integer.parseInt(report.group(1)), Integer.parseInt(report.group(2)),
                        Integer.parseInt(report.group(3)), report.group(4).equals("M")))
                .toList();
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
