package org.serverconsole.kiosk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where everything of one kiosk is, for its user alone. Its name says which JVM made it, so that the next one knows what was
 * left behind; its processes carry it in their environment.
 */
record KioskFolder(Path path, KioskUser user) {

    private static final Logger LOG = LoggerFactory.getLogger(KioskFolder.class);

    /** Where the X server's socket is too, and where another user can come to, unlike many a {@code java.io.tmpdir}. */
    private static final Path BASE = Path.of("/tmp");
    private static final String PREFIX = "console-kiosk-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-(\\d+)-[0-9a-f]{16}");
    private static final Path SOCKETS = Path.of("/proc/net/unix");
    private static final String MARK = "CONSOLE_KIOSK";
    private static final List<String> OPENERS = List.of("xdg-open", "xdg-email", "xdg-mime", "xdg-settings", "gio", "gvfs-open",
            "kde-open", "exo-open", "dbus-launch");
    private static final String DISPLAY = "display";
    private static final int ROUNDS = 50;
    private static final int PAUSE = 100;

    static KioskFolder make(KioskUser user, SecureRandom random) throws IOException {
        byte[] name = new byte[8];
        random.nextBytes(name);
        ProcessHandle self = ProcessHandle.current();
        Path path = Files.createDirectory(BASE.resolve(PREFIX + self.pid() + "-" + begun(self) + "-" + HexFormat.of().formatHex(name)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        KioskFolder folder = new KioskFolder(path, user);
        Files.createDirectory(folder.nothing(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        for (String opener : OPENERS) {
            Files.createSymbolicLink(folder.nothing().resolve(opener), Path.of("/bin/false"));
        }
        user.give(path);
        return folder;
    }

    /**
     * Programs that do nothing, by the names of those with which a browser has others open what it cannot, such as
     * {@code mailto:}: another browser, which would go through no gate.
     */
    Path nothing() {
        return path.resolve("nothing");
    }

    private static long begun(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /** A new file, for its user alone. */
    Path write(String name, byte[] bytes) throws IOException {
        Path file = Files.createFile(path.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, bytes);
        user.give(file);
        return file;
    }

    /** What marks the processes of this kiosk. */
    String variable() {
        return MARK;
    }

    /** Remembers the X display, whose socket stays where its server is killed. */
    void display(int number) throws IOException {
        write(DISPLAY, Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    /** Ends every process of it, asking the X server first, and deletes it. Once more does no harm. */
    void clear() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            List<ProcessHandle> left = processes();
            if (left.isEmpty()) {
                break;
            }
            boolean ask = round == 0;
            left.forEach(process -> {
                // An X server removes its socket when it is asked to end, but not when it is killed.
                if (ask && process.info().command().orElse("").contains("vnc")) {
                    process.destroy();
                } else {
                    process.destroyForcibly();
                }
            });
            TimeUnit.MILLISECONDS.sleep(round < ROUNDS / 5 ? PAUSE / 5 : PAUSE);
        }
        try {
            removeDisplay();
            delete();
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} could not be deleted and stays: {}", path, e.toString());
        }
    }

    /** Those that carry the mark, and those of their process groups: Chromium overwrites the environment of some. */
    List<ProcessHandle> processes() {
        List<ProcessHandle> marked = new ArrayList<>();
        List<ProcessHandle> all = ProcessHandle.allProcesses().toList();
        List<String> groups = new ArrayList<>();
        for (ProcessHandle process : all) {
            if (hasMark(process)) {
                marked.add(process);
                groups.add(Long.toString(process.pid()));
            }
        }
        for (ProcessHandle process : all) {
            if (!marked.contains(process) && group(process).filter(groups::contains).isPresent()) {
                marked.add(process);
            }
        }
        return marked;
    }

    private boolean hasMark(ProcessHandle process) {
        try {
            // Read as bytes of Latin-1, since it may be anything.
            String environment = Files.readString(Path.of("/proc", Long.toString(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
            return ("\0" + environment).contains("\0" + MARK + "=" + path + "\0");
        } catch (IOException e) {
            // Ended meanwhile, or of another user.
            return false;
        }
    }

    /** The fifth field of proc(5)'s stat, behind a name that may have spaces in it; none where it is dead but not reaped. */
    private static Optional<String> group(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[0].equals("Z") ? Optional.empty() : Optional.of(fields[2]);
        } catch (IOException e) {
            // Ended meanwhile.
            return Optional.empty();
        }
    }

    private void removeDisplay() throws IOException {
        Path file = path.resolve(DISPLAY);
        if (Files.exists(file)) {
            Path socket = BASE.resolve(".X11-unix").resolve("X" + Files.readString(file).strip());
            // Another's by now, where somebody listens.
            if (!(Files.readString(SOCKETS) + "\n").contains(" " + socket + "\n")) {
                Files.deleteIfExists(socket);
            }
        }
    }

    private void delete() throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Clears what JVMs have left that are no more. */
    static void clearLeft(KioskUser user) throws InterruptedException {
        List<KioskFolder> left = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(BASE, PREFIX + "*")) {
            for (Path folder : folders) {
                Matcher name = NAME.matcher(folder.getFileName().toString());
                if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1)))
                        .filter(maker -> begun(maker) == Long.parseLong(name.group(2))).isEmpty()) {
                    left.add(new KioskFolder(folder, user));
                }
            }
        } catch (IOException e) {
            LOG.warn("{} could not be looked through for kiosks of an earlier run: {}", BASE, e.toString());
        }
        for (KioskFolder folder : left) {
            LOG.info("ending the kiosk {} of an earlier run", folder.path());
            folder.clear();
        }
    }
}
