package org.serverconsole.parts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.serverconsole.fake.VendorSecrets;

/** A real TigerVNC server (Xtigervnc) on 127.0.0.1, with a display of its own. */
public final class TigerVnc implements AutoCloseable {

    private static final int PATIENCE = 20_000;
    private static final int ATTEMPTS = 3;

    private final Process process;
    private final Path log;
    private final int port;
    private final int display;

    private TigerVnc(Process process, Path log, int port, int display) {
        this.log = log;
        this.process = process;
        this.port = port;
        this.display = display;
    }

    /**
     * Starts a server on a free display and port, and waits until it serves.
     *
     * @param workDir where its log and password file go; must exist
     * @param password what viewers must know, 6 to 8 characters; empty for security type None
     */
    public static TigerVnc start(Path workDir, String password) throws IOException {
        return start(workDir, password, password.isEmpty() ? "None" : "VncAuth");
    }

    /**
     * The same with security types of VeNCrypt.
     *
     * @param types as its {@code -SecurityTypes} takes them, such as {@code X509Vnc,TLSVnc}
     * @param more further arguments, such as {@code -X509Cert}
     */
    public static TigerVnc start(Path workDir, String password, String types, String... more) throws IOException {
        VendorSecrets.keep(password);
        IOException failure = new IOException("never tried");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return tryToStart(workDir, password, types, more);
            } catch (IOException e) {
                // The free port may have been taken between choosing and using it.
                failure = e;
            }
        }
        throw failure;
    }

    private static TigerVnc tryToStart(Path workDir, String password, String types, String... more) throws IOException {
        int port = FreePort.find();
        Path log = workDir.resolve("Xtigervnc-" + port + ".log");
        // It chooses a free display by itself, and writes the number where -displayfd says, here to its standard output.
        List<String> command = new ArrayList<>(List.of("Xtigervnc", "-displayfd", "1", "-rfbport", Integer.toString(port),
                "-localhost=1", "-geometry", "1024x768", "-depth", "24", "-desktop", "console"));
        command.addAll(List.of("-SecurityTypes", types));
        command.addAll(List.of(more));
        if (!password.isEmpty()) {
            command.addAll(List.of("-PasswordFile", passwordFile(workDir, port, password).toString()));
        }
        Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        try {
            BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
            String display = out.readLine();
            if (display == null) {
                throw new IOException("Xtigervnc does not start: " + Files.readString(log));
            }
            awaitBanner(port, log);
            return new TigerVnc(process, log, port, Integer.parseInt(display.strip()));
        } catch (IOException | RuntimeException e) {
            kill(process);
            throw e;
        }
    }

    private static Path passwordFile(Path workDir, int port, String password) throws IOException {
        Path file = Files.createFile(workDir.resolve("Xtigervnc-" + port + ".passwd"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Process process = new ProcessBuilder("tigervncpasswd", "-f").redirectOutput(file.toFile()).start();
        try (var in = process.getOutputStream()) {
            in.write((password + "\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        try {
            if (!process.waitFor(PATIENCE, TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
                throw new IOException("tigervncpasswd refuses a password of " + password.length() + " characters");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return file;
    }

    private static void awaitBanner(int port, Path log) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE);
            String banner = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            if (!banner.startsWith("RFB ")) {
                throw new IOException("Xtigervnc says \"" + banner + "\": " + Files.readString(log));
            }
        }
    }

    /** What it has logged, among it every security type a viewer has chosen. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Where viewers connect. */
    public int port() {
        return port;
    }

    /** The number of its X display, as in {@code DISPLAY=:5}. */
    public int display() {
        return display;
    }

    @Override
    public void close() {
        kill(process);
    }

    private static void kill(Process process) {
        // It removes its socket and lock in /tmp when it is asked to end, but not when it is killed.
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
