package org.serverconsole.parts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/** The password of a {@link TigerVnc}, which reads it anew for each viewer. */
public record VncPasswordFile(Path file) {

    /**
     * That of a server started with a password.
     *
     * @param workDir where it was started
     */
    public static VncPasswordFile of(Path workDir, TigerVnc vnc) {
        return new VncPasswordFile(workDir.resolve("Xtigervnc-" + vnc.port() + ".passwd"));
    }

    /** Replaces the password, for viewers to come. */
    public void set(String password) throws IOException {
        Path next = Files.createTempFile(file.getParent(), "next", ".passwd");
        Process process = new ProcessBuilder("tigervncpasswd", "-f").redirectOutput(next.toFile()).start();
        try (var in = process.getOutputStream()) {
            in.write((password + "\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("tigervncpasswd refuses a password of " + password.length() + " characters");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
