package org.serverconsole.parts;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.serverconsole.config.KioskConfig;
import org.serverconsole.kiosk.Kiosks;
import org.serverconsole.rfb.RfbConnector;

/** Real kiosks: Xvnc and Chromium, as the user nobody where tests run as root. */
public record Kiosked(EventLoopGroup group, Kiosks kiosks) implements AutoCloseable {

    /** As root it needs a user of its own. */
    public static Optional<String> user() {
        return System.getProperty("user.name").equals("root") ? Optional.of("nobody") : Optional.empty();
    }

    /** @param most at once */
    public static Kiosked start(int most) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        return new Kiosked(group, Kiosks.start(new KioskConfig(user(), true, most, 0, 2048), RfbConnector.on(group), group,
                new SecureRandom()));
    }

    /** Waits for what a browser does, as long as that may take on a machine that has much else to do. */
    public static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(40));
    }

    /** What anybody on this machine can read of the processes of all kiosks of this JVM: their arguments and, of some, their environment. */
    public static String shown() {
        String mine = "CONSOLE_KIOSK=/tmp/console-kiosk-" + ProcessHandle.current().pid() + "-";
        return ProcessHandle.allProcesses().filter(process -> read(process, "environ").contains(mine))
                .map(process -> read(process, "cmdline") + read(process, "environ")).collect(Collectors.joining());
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // Ended meanwhile.
            return "";
        }
    }

    @Override
    public void close() {
        kiosks.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }
}
