package org.serverconsole.parts;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.serverconsole.fake.VendorSecrets;

/**
 * A real {@code ipmi_sim} on a UDP port of 127.0.0.1: one BMC with cipher suite 3, users {@link #ADMIN} and {@link #OPERATOR},
 * 30 s until an idle session ends, and a serial console whose other end is a TCP server.
 */
public final class IpmiSim implements AutoCloseable {

    public static final String ADMIN = "admin";
    public static final String ADMIN_PASSWORD = "admin-passw0rd";
    public static final String OPERATOR = "oper";
    public static final String OPERATOR_PASSWORD = "oper-passw0rd";

    private static final int ATTEMPTS = 3;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final byte[] PING = HexFormat.of().parseHex("0600ff06000011be80000000");
    private static final byte PONG = 0x40;

    private static final String LAN = """
            name "bmc0"
            set_working_mc 0x20
              startlan 1
                addr 127.0.0.1 %d
                priv_limit admin
                allowed_auths_callback none md2 md5 straight
                allowed_auths_user none md2 md5 straight
                allowed_auths_operator none md2 md5 straight
                allowed_auths_admin none md2 md5 straight
                guid a123456789abcdefa123456789abcdef
              endlan
              chassis_control "./chassis.sh ./power"
              %s
              startnow false
              user 1 false ""      ""         user     10 none md2 md5 straight
              user 2 true  "%s" "%s" admin 10 none md2 md5 straight
              user 3 true  "%s" "%s" operator 10 none md2 md5 straight
            """;
    private static final String EMULATION = """
            mc_setbmc 0x20
            mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
            sel_enable 0x20 1000 0x0a
            mc_enable 0x20
            """;
    private static final String CHASSIS = """
            #!/bin/sh
            # Keeps the power in a file, and each change in a journal beside it.
            file=$1
            case "$2 $3" in
                "get power") echo "power:$(cat "$file")" ;;
                "set power") echo "$4" > "$file"; echo "power $4" >> "$file.log" ;;
                "set reset") echo "reset" >> "$file.log" ;;
                "set shutdown") echo 0 > "$file"; echo "shutdown" >> "$file.log" ;;
            esac
            """;

    private final Process process;
    private final int port;
    private final Path directory;

    private IpmiSim(Process process, int port, Path directory) {
        this.process = process;
        this.port = port;
        this.directory = directory;
    }

    /** A BMC without a serial console. */
    public static IpmiSim start(Path workDir) throws IOException {
        return start(workDir, "");
    }

    /**
     * A BMC whose serial console leads to that TCP port of 127.0.0.1, where something listens already.
     *
     * @param workDir where its configuration, state and log go; must exist, and is its own
     */
    public static IpmiSim start(Path workDir, int serialPort) throws IOException {
        return start(workDir, "sol \"tcp:127.0.0.1:" + serialPort + "\" 115200");
    }

    private static IpmiSim start(Path workDir, String serial) throws IOException {
        VendorSecrets.keep(ADMIN_PASSWORD);
        VendorSecrets.keep(OPERATOR_PASSWORD);
        IOException failure = new IOException("never tried");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return tryToStart(Files.createTempDirectory(workDir, "ipmi_sim-"), serial);
            } catch (IOException e) {
                // The free port may have been taken between choosing and using it.
                failure = e;
            }
        }
        throw failure;
    }

    private static IpmiSim tryToStart(Path directory, String serial) throws IOException {
        int port = freePort();
        Files.writeString(directory.resolve("lan.conf"),
                LAN.formatted(port, serial, ADMIN, ADMIN_PASSWORD, OPERATOR, OPERATOR_PASSWORD));
        Files.writeString(directory.resolve("bmc.emu"), EMULATION);
        Files.writeString(directory.resolve("power"), "1\n");
        Files.writeString(directory.resolve("power.log"), "");
        Path chassis = Files.writeString(directory.resolve("chassis.sh"), CHASSIS);
        Files.setPosixFilePermissions(chassis, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path state = Files.createDirectory(directory.resolve("state"));
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder("ipmi_sim", "-n", "-c", "lan.conf", "-f", "bmc.emu", "-s", state.toString())
                .directory(directory.toFile()).redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            awaitPong(process, port, log);
            return new IpmiSim(process, port, directory);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPong(Process process, int port, Path log) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(100);
            byte[] pong = new byte[64];
            while (pong[8] != PONG) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException("ipmi_sim does not start: " + Files.readString(log));
                }
                socket.send(new DatagramPacket(PING, PING.length, InetAddress.getLoopbackAddress(), port));
                try {
                    socket.receive(new DatagramPacket(pong, pong.length));
                } catch (SocketTimeoutException notYet) {
                    // Asked again above.
                }
            }
        }
    }

    /** Its UDP port. */
    public int port() {
        return port;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Whether the machine has power. */
    public boolean isOn() throws IOException {
        return Files.readString(directory.resolve("power")).strip().equals("1");
    }

    /** What has been done to the machine's power, one a line: {@code power 0}, {@code power 1}, {@code reset}, {@code shutdown}. */
    public String powerLog() throws IOException {
        return Files.readString(directory.resolve("power.log"));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
