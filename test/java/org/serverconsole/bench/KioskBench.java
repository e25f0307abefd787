package org.serverconsole.bench;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.Adapters;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.config.KioskConfig;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeCimc;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.Viewing;
import org.serverconsole.inventory.Server;
import org.serverconsole.kiosk.Kiosks;
import org.serverconsole.parts.Kiosked;
import org.serverconsole.rfb.RfbConnector;

/** Consoles that are a BMC's page, each with an X server and a browser of its own: when they show, what they take, how they type. */
final class KioskBench {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int KEYS = 20;

    private final PrintStream out;
    private final Path folder;

    KioskBench(PrintStream out, Path folder) {
        this.out = out;
        this.folder = folder;
    }

    /** @param runs openings of each kind */
    void run(int runs, int atOnce) throws Exception {
        Certificate certificate = Certificate.make(folder);
        out.println("\nfrom asking a (fake) CIMC to the first picture of its page, in a kiosk:");
        out.printf("  %-28s %s%n", "started then", Figures.of(openings(certificate, 0, runs).stream().mapToDouble(Double::doubleValue)));
        out.printf("  %-28s %s%n", "kept ready", Figures.of(openings(certificate, 1, runs).stream().mapToDouble(Double::doubleValue)));
        many(certificate, atOnce);
    }

    /** Kiosks, and the adapter that opens them. */
    private record House(EventLoopGroup group, Kiosks kiosks, Adapters adapters) implements AutoCloseable {

        static House start(Certificate certificate, int most, int warm) {
            EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
            Kiosks kiosks = Kiosks.start(new KioskConfig(Kiosked.user(), true, most, warm, 2048), RfbConnector.on(group), group, new SecureRandom());
            return new House(group, kiosks, Adapters.start(new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(),
                    Optional.of(certificate.pem()), kiosks)));
        }

        ConsoleAdapter cimc() {
            return adapters.byType().get("cimc");
        }

        @Override
        public void close() {
            adapters.close();
            kiosks.close();
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
    }

    private static Server server(FakeCimc fake) {
        return new Server("50001", "50001", "cimc", Secret.NONE, Secret.of(fake.password()), Map.of("ip", "127.0.0.1",
                "ipport", Integer.toString(fake.port()), "username", FakeCimc.USERNAME, "timeout", "60"));
    }

    private static List<Double> openings(Certificate certificate, int warm, int runs) throws Exception {
        List<Double> times = new ArrayList<>();
        try (House house = House.start(certificate, 2, warm); FakeCimc fake = FakeCimc.start(certificate)) {
            for (int run = -1; run < runs; run++) {
                long begun = System.nanoTime();
                ConsoleStream stream = house.cimc().open(server(fake), new RecordedOpening());
                Screen screen = Screen.of(stream);
                screen.awaitPicture();
                if (run >= 0) {
                    times.add((System.nanoTime() - begun) / 1e6);
                }
                stream.channel().close().sync();
                // The next is kept ready by then, and the last has gone.
                int left = warm;
                Awaitility.await().atMost(PATIENCE).until(() -> fake.sessions() == 0 && folders() == left);
                // A browser that has just been started would slow the next opening down.
                awaitSteady(Duration.ofMillis(200), KioskBench::cpuMillis, 20);
            }
        }
        return times;
    }

    private void many(Certificate certificate, int atOnce) throws Exception {
        out.println("\n" + atOnce + " of them at once:");
        List<FakeCimc> fakes = new ArrayList<>();
        try (House house = House.start(certificate, atOnce, 0)) {
            List<Screen> screens = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                fakes.add(FakeCimc.start(certificate));
                screens.add(Screen.of(house.cimc().open(server(fakes.get(i)), new RecordedOpening())));
                screens.get(i).awaitPicture();
            }
            double pss = pss() / 1024.0;
            out.printf("  memory: %.0f MB in all, %.0f MB each (proportional set size, X server and browser)%n", pss, pss / atOnce);
            List<Double> echoes = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
                for (Screen screen : screens) {
                    echoes.add(screen.echo());
                }
            }
            out.printf("  %-28s %s%n", "a key until it is seen", Figures.of(echoes.stream().mapToDouble(Double::doubleValue)));
        } finally {
            fakes.forEach(FakeCimc::close);
        }
    }

    /** Those of this JVM. */
    private static long folders() throws IOException {
        try (var files = Files.list(Path.of("/tmp"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix())).count();
        }
    }

    private static String prefix() {
        return "console-kiosk-" + ProcessHandle.current().pid() + "-";
    }

    /** Looks so often, until a figure has grown by less than that since the last look. */
    private static void awaitSteady(Duration every, LongSupplier figure, long less) {
        AtomicLong last = new AtomicLong(Long.MIN_VALUE / 2);
        Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(every).pollInSameThread().until(() -> {
            long now = figure.getAsLong();
            return now - last.getAndSet(now) < less;
        });
    }

    /** What all kiosks have computed. */
    private static long cpuMillis() {
        return processes().mapToLong(process -> process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis()).sum();
    }

    private static Stream<ProcessHandle> processes() {
        Set<String> marked = ProcessHandle.allProcesses()
                .filter(process -> read(process, "environ").contains("CONSOLE_KIOSK=/tmp/" + prefix()))
                .map(process -> Long.toString(process.pid())).collect(Collectors.toSet());
        return ProcessHandle.allProcesses().filter(process -> marked.contains(Long.toString(process.pid()))
                || marked.contains(read(process, "stat").replaceFirst(".*\\) \\S+ \\S+ (\\S+) .*", "$1").strip()));
    }

    private static long pss() {
        return processes().mapToLong(process -> read(process, "smaps_rollup").lines().filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum()).sum();
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // Ended meanwhile.
            return "";
        }
    }

    /** What a viewer sees: whether anything has changed. */
    private record Screen(Viewing viewing) {

        static Screen of(ConsoleStream stream) {
            return new Screen(Viewing.of(stream.channel()));
        }

        private void request(boolean incremental) {
            viewing.channel().writeAndFlush(Unpooled.buffer().writeByte(3).writeByte(incremental ? 1 : 0).writeShort(0).writeShort(0)
                    .writeShort(4096).writeShort(4096));
        }

        private int seen() {
            return viewing.received().bytes().length;
        }

        void awaitPicture() {
            Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> viewing.size().isPresent());
            request(false);
            // Raw, 4 bytes for each of 800x600.
            Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> seen() > 800 * 600 * 4);
        }

        /** Milliseconds from a key to a change of the screen. */
        double echo() {
            awaitSteady(Duration.ofMillis(60), this::seen, 1);
            int before = seen();
            request(true);
            long begun = System.nanoTime();
            viewing.type("x");
            Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).pollInSameThread()
                    .until(() -> seen() != before);
            return (System.nanoTime() - begun) / 1e6;
        }
    }
}
