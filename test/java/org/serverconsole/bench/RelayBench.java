package org.serverconsole.bench;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.DoubleStream;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.fake.VncViewer;
import org.serverconsole.parts.TigerVnc;
import org.serverconsole.relay.Relay;
import org.serverconsole.relay.RelayPort;
import org.serverconsole.rfb.RfbConnector;

/**
 * What the relay costs: the same stream straight over TCP and through connector and relay, taking turns, and how many threads
 * carry 500 streams. Everything runs on this machine, so that the peers take its processors from the relay.
 */
final class RelayBench implements AutoCloseable {

    private static final String PASSWORD = "s3cret!!";
    private static final int CLIENT_INIT = 1;
    /** Kinds of request to the server, and how long a request is. */
    private static final int FLOOD = 1;
    private static final int GIGABIT = 2;
    private static final int TEN_GIGABIT = 3;
    private static final int ECHO = 4;
    private static final int REQUEST = 1 + Integer.BYTES;

    private static final int PORTION = 64 << 20;
    private static final double GIGABIT_PER_NANO = 0.125;
    private static final int WARM_UP = 2;
    private static final int RUNS = 9;
    private static final int ROUND_TRIPS = 4000;

    private final PrintStream out = System.out;
    private final EventLoopGroup network =
            new MultiThreadIoEventLoopGroup(0, new DefaultThreadFactory("console-network", true), NioIoHandler.newFactory());
    private final RfbConnector connector = RfbConnector.on(network);
    private final Relay relay =
            new Relay(network, InetAddress.getLoopbackAddress(), new SecureRandom(), Duration.ofSeconds(60));
    private final ScriptedRfbServer server = ScriptedRfbServer.playing(RelayBench::serve);

    RelayBench() throws IOException { }

    /** @param folder for the files of a TigerVNC; empty */
    void run(Path folder) throws Exception {
        throughput("at 1 Gbit/s, as fast as a management port is", GIGABIT, 1);
        throughput("at 10 Gbit/s, as fast as a virtual machine's host is", TEN_GIGABIT, 8);
        throughput("as fast as this machine's loopback, where both ends and the relay want its processors", FLOOD, 8);
        screens(folder);
        latency();
        streams(500);
    }

    /** A server that sends as many bytes as it is asked for, or the request itself. */
    private static void serve(ScriptedRfbServer.Viewer viewer) throws IOException, InterruptedException {
        ScriptedRfbServer.console(PASSWORD).play(viewer);
        byte[] block = new byte[64 * 1024];
        while (true) {
            byte[] request = viewer.hear(REQUEST);
            if (request[0] == ECHO) {
                viewer.say(request);
                continue;
            }
            int size = ByteBuffer.wrap(request, 1, Integer.BYTES).getInt();
            long begin = System.nanoTime();
            for (int sent = 0; sent < size; sent += block.length) {
                if (request[0] != FLOOD) {
                    double pace = request[0] == GIGABIT ? GIGABIT_PER_NANO : 10 * GIGABIT_PER_NANO;
                    LockSupport.parkNanos(begin + (long) (sent / pace) - System.nanoTime());
                }
                viewer.say(block);
            }
        }
    }

    /** Whole screens of a real server, uncompressed, asked for one after the other as viewers do. */
    private void screens(Path folder) throws Exception {
        try (TigerVnc vnc = TigerVnc.start(folder, PASSWORD);
                ScreenReader straight = new ScreenReader(VncViewer.connect(vnc.port()), PASSWORD);
                ScreenReader through = through(vnc)) {
            compare("whole screens of TigerVNC, uncompressed, on request", straight::megabytesPerSecond, through::megabytesPerSecond);
        }
    }

    private ScreenReader through(TigerVnc vnc) throws Exception {
        RelayPort port = offered(vnc.port());
        return new ScreenReader(VncViewer.connect(port.port()), port.password().reveal());
    }

    private void throughput(String what, int kind, int times) throws Exception {
        try (VncViewer straight = straight(); VncViewer through = through()) {
            compare(what, () -> megabytesPerSecond(straight, kind, times), () -> megabytesPerSecond(through, kind, times));
        }
    }

    private void compare(String what, Callable<Double> straight, Callable<Double> through) throws Exception {
        double[] direct = new double[RUNS];
        double[] relayed = new double[RUNS];
        for (int run = -WARM_UP; run < RUNS; run++) {
            double first = straight.call();
            double second = through.call();
            if (run >= 0) {
                direct[run] = first;
                relayed[run] = second;
            }
        }
        out.printf(Locale.ROOT, "%s:%n  direct %.0f MB/s, through the relay %.0f MB/s (medians of %d runs), ratio %.2f%n", what,
                median(direct), median(relayed), RUNS, median(relayed) / median(direct));
    }

    private static double megabytesPerSecond(VncViewer viewer, int kind, int times) throws IOException {
        byte[] request = ByteBuffer.allocate(REQUEST).put((byte) kind).putInt(PORTION).array();
        byte[] received = new byte[PORTION];
        long begin = System.nanoTime();
        for (int time = 0; time < times; time++) {
            viewer.write(request);
            if (viewer.stream().readNBytes(received, 0, PORTION) < PORTION) {
                throw new IOException("the stream ended early");
            }
        }
        return (double) PORTION * times / 1e6 / ((System.nanoTime() - begin) / 1e9);
    }

    private void latency() throws Exception {
        try (VncViewer straight = straight(); VncViewer through = through()) {
            roundTrips(straight);
            roundTrips(through);
            Figures direct = roundTrips(straight);
            Figures relayed = roundTrips(through);
            out.printf(Locale.ROOT, "round trip of a key press:%n  direct median %.3f p95 %.3f ms, through the relay median %.3f p95 %.3f ms;"
                    + " added at the median %.3f ms%n", direct.median(), direct.p95(), relayed.median(), relayed.p95(),
                    relayed.median() - direct.median());
        }
    }

    private static Figures roundTrips(VncViewer viewer) throws IOException {
        byte[] request = {ECHO, 0, 0, 0, 0};
        double[] times = new double[ROUND_TRIPS];
        for (int i = 0; i < ROUND_TRIPS; i++) {
            long begin = System.nanoTime();
            viewer.write(request);
            viewer.read(request.length);
            times[i] = (System.nanoTime() - begin) / 1e6;
        }
        return Figures.of(DoubleStream.of(times));
    }

    private void streams(int count) throws Exception {
        List<VncViewer> viewers = new ArrayList<>();
        int before = threads();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            viewers.add(through());
        }
        double opened = (System.nanoTime() - begin) / 1e9;
        int size = 256 * 1024;
        begin = System.nanoTime();
        for (VncViewer viewer : viewers) {
            viewer.write(ByteBuffer.allocate(REQUEST).put((byte) FLOOD).putInt(size).array());
        }
        for (VncViewer viewer : viewers) {
            viewer.read(size);
        }
        double passed = (System.nanoTime() - begin) / 1e9;
        out.printf(Locale.ROOT, "%d streams, opened one after the other within %.1f s; %d KiB through each at once within %.1f s;%n"
                + "  threads that are not the peers' own: %d with them, %d before%n", count, opened, size / 1024, passed, threads(), before);
        for (VncViewer viewer : viewers) {
            viewer.close();
        }
    }

    /** All of this JVM but those of the server, which has one for each viewer. */
    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("scripted RFB server")).count();
    }

    private VncViewer straight() throws IOException {
        return initialised(VncViewer.connect(server.port()), PASSWORD);
    }

    private VncViewer through() throws Exception {
        RelayPort port = offered(server.port());
        return initialised(VncViewer.connect(port.port()), port.password().reveal());
    }

    private RelayPort offered(int console) throws Exception {
        return relay.offer(connector.connect("127.0.0.1", console, Secret.of(PASSWORD), Duration.ofSeconds(20)), RelayPort.Protocol.RFB);
    }

    private static VncViewer initialised(VncViewer viewer, String password) throws IOException {
        if (!viewer.authenticate(password)) {
            throw new IOException("the password was refused");
        }
        viewer.write(new byte[] {CLIENT_INIT});
        viewer.read(ScriptedRfbServer.serverInit().length);
        return viewer;
    }

    private static double median(double[] values) {
        return Figures.of(DoubleStream.of(values)).median();
    }

    @Override
    public void close() throws Exception {
        relay.close();
        server.close();
        network.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    }
}
