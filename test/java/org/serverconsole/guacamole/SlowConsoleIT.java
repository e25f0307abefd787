package org.serverconsole.guacamole;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.guacamole.net.auth.GuacamoleProxyConfiguration;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.access.References;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.journal.Journal;
import org.serverconsole.relay.Relay;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.SessionRules;

/** A console whose first picture takes five seconds on its way, shown by a real guacd. */
@Timeout(120)
class SlowConsoleIT {

    private static final int WIDTH = 500;
    private static final int HEIGHT = 250;

    /** Of a picture of 500,000 bytes, ten thousand every tenth of a second. */
    private static final int PART = 10_000;

    private final EventLoopGroup network = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final ScheduledThreadPoolExecutor pace = new ScheduledThreadPoolExecutor(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger opened = new AtomicInteger();

    @Test
    void aFirstPictureThatIsStillComingIsWaitedFor(@TempDir Path folder) throws Exception {
        try (org.serverconsole.parts.Guacd process = org.serverconsole.parts.Guacd.start(folder.resolve("guacd.log"));
                ServerSocket vendor = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Journal journal = Journal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
                Relay relay = new Relay(network, InetAddress.getLoopbackAddress(), new SecureRandom(), Duration.ofSeconds(20));
                ConsoleSessions sessions = new ConsoleSessions(Clock.systemUTC(), journal, Map.of("slow", new Adapter(vendor)),
                        new SessionRules(Duration.ofHours(2), Duration.ofHours(8), 10, 10), id -> Optional.empty(), timer, List.of())) {
            threads.execute(() -> serve(vendor));
            ConsoleSession session = sessions.start("key",
                    new Server("14494", "web-14494", "slow", Secret.NONE, Secret.NONE, Map.of()), "customer", "token",
                    record -> true).orElseThrow();
            Guacd guacd = new Guacd(new GuacamoleProxyConfiguration("127.0.0.1", process.port(), false), "127.0.0.1", Optional.empty());
            ConsoleSocket socket = new ConsoleSocket(session, new Display.Factory(guacd, relay, new GuacamoleClientInformation(), timer),
                    new References(new SecureRandom()));
            List<String> seen = new ArrayList<>();
            while (!seen.contains("sync") && !seen.contains("error")) {
                GuacamoleInstruction instruction = socket.readInstruction();
                seen.add(instruction.getOpcode());
            }
            socket.close();

            assertThat(seen).contains("sync").doesNotContain("error");
            assertThat(opened).as("consoles the vendor was asked for").hasValue(1);
        } finally {
            List.of(timer, pace, threads).forEach(ExecutorService::shutdownNow);
            network.shutdownGracefully();
        }
    }

    private void serve(ServerSocket vendor) {
        try {
            while (!vendor.isClosed()) {
                Socket viewer = vendor.accept();
                threads.execute(() -> show(viewer));
            }
        } catch (IOException e) {
            return; // the end of this vendor
        }
    }

    /** RFB 3.8 from ClientInit on, one raw picture of 32 bits a pixel. */
    private void show(Socket viewer) {
        try {
            viewer.getInputStream().read();
            DataOutputStream out = new DataOutputStream(viewer.getOutputStream());
            out.writeShort(WIDTH);
            out.writeShort(HEIGHT);
            out.write(new byte[] {32, 24, 0, 1, 0, (byte) 255, 0, (byte) 255, 0, (byte) 255, 16, 8, 0, 0, 0, 0});
            out.writeInt(4);
            out.writeBytes("slow");
            // What guacd asks for is what it gets.
            viewer.getInputStream().read(new byte[1]);
            out.writeByte(0);
            out.writeByte(0);
            out.writeShort(1);
            out.writeInt(0);
            out.writeShort(WIDTH);
            out.writeShort(HEIGHT);
            out.writeInt(0);
            AtomicInteger left = new AtomicInteger(WIDTH * HEIGHT * 4);
            ScheduledFuture<?>[] sending = new ScheduledFuture<?>[1];
            sending[0] = pace.scheduleAtFixedRate(() -> {
                try {
                    out.write(new byte[PART]);
                    if (left.addAndGet(-PART) <= 0) {
                        sending[0].cancel(false);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException("the viewer has left", e);
                }
            }, 100, 100, TimeUnit.MILLISECONDS);
            while (viewer.getInputStream().read(new byte[256]) >= 0) {
                // What else it asks for is not answered.
            }
        } catch (IOException e) {
            return; // the viewer has left
        }
    }

    private final class Adapter implements ConsoleAdapter {

        private final ServerSocket vendor;

        Adapter(ServerSocket vendor) {
            this.vendor = vendor;
        }

        @Override
        public String type() {
            return "slow";
        }

        @Override
        public Optional<ServerRule.Problem> check(Server server) {
            return Optional.empty();
        }

        @Override
        public void start(AdapterEnvironment environment) {
            // Needs nothing.
        }

        @Override
        public ConsoleStream open(Server server, Opening opening) throws InterruptedException {
            opened.incrementAndGet();
            return new ConsoleStream(ConsoleStream.Protocol.RFB, new Bootstrap().group(network).channel(NioSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false).handler(new ChannelInboundHandlerAdapter())
                    .connect(InetAddress.getLoopbackAddress(), vendor.getLocalPort()).sync().channel(),
                    Map.of("encodings", "raw"));
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
