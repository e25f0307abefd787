package org.serverconsole.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.serverconsole.fake.Certificate;

/**
 * A real QEMU whose VNC asks for a password that a ticket sets, as on an oVirt host. It boots {@code boot.asm}: one line of
 * text, and below it what is typed. Needs {@code qemu-system-x86_64} and {@code nasm}.
 */
public final class Qemu implements AutoCloseable {

    private static final int TEXT_MEMORY = 0xb8000;
    private static final int COLUMNS = 80;
    private static final int ROWS = 25;
    private static final Duration START = Duration.ofSeconds(20);

    private final Path workDir;
    private final Process process;
    private final Qmp qmp;
    private final int vncPort;

    private Qemu(Path workDir, Process process, Qmp qmp, int vncPort) {
        this.workDir = workDir;
        this.process = process;
        this.qmp = qmp;
        this.vncPort = vncPort;
    }

    /**
     * Starts one; its VNC refuses everybody until {@link #setTicket}.
     *
     * @param workDir for its disk, socket and output; a path of less than 90 characters, since a unix socket's is bounded
     */
    public static Qemu start(Path workDir) throws IOException, InterruptedException {
        return start(workDir, "");
    }

    /** The same with VNC encrypted under that certificate, as in a cluster of oVirt's that encrypts: VeNCrypt, X509Vnc. */
    public static Qemu startEncrypted(Path workDir, Certificate certificate) throws IOException, InterruptedException {
        Path folder = Files.createDirectory(workDir.resolve("tls"));
        Files.copy(certificate.pem(), folder.resolve("ca-cert.pem"));
        Files.copy(certificate.own(), folder.resolve("server-cert.pem"));
        Files.copy(certificate.key(), folder.resolve("server-key.pem"));
        return start(workDir, ",tls-creds=tls", "-object", "tls-creds-x509,id=tls,endpoint=server,verify-peer=no,dir=" + folder);
    }

    private static Qemu start(Path workDir, String vnc, String... more) throws IOException, InterruptedException {
        Path disk = assemble(workDir);
        Path socket = workDir.resolve("qmp");
        List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-accel", "tcg", "-m", "16", "-nodefaults",
                "-vga", "std", "-drive", "file=" + disk + ",format=raw,if=floppy", "-boot", "a",
                "-qmp", "unix:" + socket + ",server=on,wait=off"));
        command.addAll(List.of(more));
        // The first free port from 5900 on.
        command.addAll(List.of("-vnc", "127.0.0.1:0,to=200,password=on" + vnc));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(workDir.resolve("qemu.log").toFile()).start();
        try {
            Qmp qmp = connect(process, socket);
            int port = qmp.ask("query-vnc", Map.of()).get("service").asInt();
            Qemu qemu = new Qemu(workDir, process, qmp, port);
            qemu.setTicket(UUID.randomUUID().toString().substring(0, 8), Duration.ofSeconds(-1));
            return qemu;
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw new IOException("QEMU does not start: " + Files.readString(workDir.resolve("qemu.log")), e);
        }
    }

    private static Path assemble(Path workDir) throws IOException, InterruptedException {
        Path source = workDir.resolve("boot.asm");
        Path disk = workDir.resolve("boot.img");
        try (InputStream asm = Qemu.class.getResourceAsStream("/boot.asm")) {
            Files.copy(asm, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Path log = workDir.resolve("nasm.log");
        int status = new ProcessBuilder("nasm", "-f", "bin", "-o", disk.toString(), source.toString())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
        if (status != 0) {
            throw new IOException("nasm: " + Files.readString(log));
        }
        return disk;
    }

    private static Qmp connect(Process process, Path socket) {
        try {
            return Awaitility.await().atMost(START).ignoreExceptionsInstanceOf(IOException.class)
                    .failFast("QEMU has ended", () -> !process.isAlive())
                    .until(() -> Qmp.connect(socket), found -> true);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException("no answer at " + socket, e);
        }
    }

    public int vncPort() {
        return vncPort;
    }

    /** The VNC password from now on, and for how long: 0 is for ever, less is over already. Viewers that are in stay in. */
    public void setTicket(String value, Duration expiry) {
        try {
            qmp.ask("set_password", Map.of("protocol", "vnc", "password", value));
            qmp.ask("expire_password", Map.of("protocol", "vnc",
                    "time", expiry.isNegative() ? "now" : expiry.isZero() ? "never" : "+" + expiry.toSeconds()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many viewers are in. */
    public int viewers() throws IOException {
        return qmp.ask("query-vnc", Map.of()).path("clients").size();
    }

    /** How often the machine has been reset since it started. */
    public long resets() throws IOException {
        qmp.ask("query-status", Map.of());
        return qmp.events("RESET");
    }

    /** The 25 lines on the screen, without trailing blanks. */
    public String screenText() throws IOException {
        Path dump = workDir.resolve("screen.bin");
        qmp.ask("pmemsave", Map.of("val", TEXT_MEMORY, "size", COLUMNS * ROWS * 2, "filename", dump.toString()));
        byte[] cells = Files.readAllBytes(dump);
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < ROWS; row++) {
            byte[] line = new byte[COLUMNS];
            for (int column = 0; column < COLUMNS; column++) {
                line[column] = cells[2 * (row * COLUMNS + column)];
            }
            text.append(new String(line, Charset.forName("IBM437")).replace('\0', ' ').stripTrailing()).append('\n');
        }
        return text.toString().stripTrailing();
    }

    /** The screen as a PPM picture. */
    public void screendump(Path file) throws IOException {
        qmp.ask("screendump", Map.of("filename", file.toAbsolutePath().toString()));
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        qmp.close();
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
