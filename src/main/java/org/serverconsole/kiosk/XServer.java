package org.serverconsole.kiosk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.serverconsole.config.Secret;
import org.serverconsole.kiosk.KioskException.Reason;
import org.serverconsole.rfb.VncPasswordFile;

/** A private X server that shows itself as RFB on loopback, to who knows its password. */
record XServer(Process process, int display, int port, Secret password, Path cookie) {

    private static final int PATIENCE = 10;
    private static final int ATTEMPTS = 3;
    /** Longer than it takes from its start to our first connection, and short for one whose JVM has died. */
    private static final int SECONDS_ALONE = 15;

    /** A browser that fills the screen keeps F11 to itself, with which many servers open their boot menu: guard.js gives it back. */
    private static final String F11_AS_TOOLS = "0xffc8->0x1008ff81";

    static XServer start(Launcher launcher, KioskFolder folder, SecureRandom random, Executor threads)
            throws KioskException, InterruptedException, IOException {
        byte[] key = new byte[16];
        random.nextBytes(key);
        Path cookie = folder.write("Xauthority", authority(key));
        Secret password = password(random);
        Path passwordFile = folder.write("passwd", VncPasswordFile.bytes(password));
        for (int attempt = 1;; attempt++) {
            int port = freePort();
            Process process = launcher.start(folder, "xvnc-" + attempt + ".log", Map.of(), List.of(
                    launcher.programs().xvnc().toString(), "-displayfd", "1", "-rfbport", Integer.toString(port), "-localhost=1",
                    "-interface", "127.0.0.1", "-nolisten", "tcp", "-auth", cookie.toString(), "-geometry", "1024x768",
                    "-depth", "24", "-desktop", "console", "-SecurityTypes", "VncAuth", "-PasswordFile", passwordFile.toString(),
                    "-AlwaysShared", "-RemapKeys", F11_AS_TOOLS, "-MaxDisconnectionTime", Integer.toString(SECONDS_ALONE), "-AcceptCutText=0", "-SendCutText=0"));
            try {
                int display = display(process, threads);
                folder.display(display);
                return new XServer(process, display, port, password, cookie);
            } catch (IOException e) {
                process.destroy();
                // The free port may have been taken between choosing and using it.
                if (attempt == ATTEMPTS) {
                    throw new KioskException(Reason.UNSUPPORTED, "Xvnc does not start: "
                            + lastLine(folder.path().resolve("xvnc-" + attempt + ".log")), e);
                }
            }
        }
    }

    /** It chooses a free display by itself, and says which when it serves. */
    private static int display(Process process, Executor threads) throws IOException, InterruptedException {
        FutureTask<String> line = new FutureTask<>(() ->
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII)).readLine());
        threads.execute(line);
        try {
            String number = line.get(PATIENCE, TimeUnit.SECONDS);
            if (number == null || !number.strip().matches("\\d{1,5}")) {
                throw new IOException("it told no display");
            }
            return Integer.parseInt(number.strip());
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("it told no display in time", e);
        }
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1).replaceAll("[^\\x20-\\x7e]", "?").strip();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Secret password(SecureRandom random) {
        String characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        StringBuilder password = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            password.append(characters.charAt(random.nextInt(characters.length())));
        }
        return Secret.of(password.toString());
    }

    /** One entry as xauth writes it (Xau's file format), for any host and display. */
    private static byte[] authority(byte[] key) {
        byte[] name = "MIT-MAGIC-COOKIE-1".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(10 + name.length + key.length)
                .putShort((short) 0xffff).putShort((short) 0).putShort((short) 0)
                .putShort((short) name.length).put(name).putShort((short) key.length).put(key).array();
    }
}
