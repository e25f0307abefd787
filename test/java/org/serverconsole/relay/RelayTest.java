package org.serverconsole.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.serverconsole.config.ConfigException;
import org.serverconsole.fake.VncViewer;
import org.serverconsole.relay.RelayPort.End;
import org.serverconsole.relay.RelayPort.Protocol;

@Timeout(60)
class RelayTest {

    private static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final int SMALL_BUFFER = 64 * 1024;

    /** What two sockets' buffers in the kernel and the relay's watermarks may hold together at most. */
    private static final long BOUND = 24L << 20;

    private final Relay relay = relay(Duration.ofSeconds(30));
    private Channel console;
    private Socket vendor;

    private static Relay relay(Duration patience) {
        return new Relay(GROUP, HERE, new SecureRandom(), patience);
    }

    @BeforeEach
    void connectAConsole() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, HERE)) {
            console = new Bootstrap()
                    .group(GROUP)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(listener.getLocalSocketAddress()).sync().channel();
            vendor = listener.accept();
            vendor.setSoTimeout(20_000);
        }
    }

    @AfterEach
    void close() throws IOException {
        relay.close();
        vendor.close();
    }

    @AfterAll
    static void shutDown() {
        GROUP.shutdownGracefully();
    }

    @Test
    void whoeverKnowsThePasswordReachesTheConsole() throws Exception {
        RelayPort port = relay.offer(console, Protocol.RFB);
        try (VncViewer guacd = connected(port)) {
            guacd.write(bytes("from guacd"));
            assertThat(vendor.getInputStream().readNBytes(10)).asString().isEqualTo("from guacd");

            vendor.getOutputStream().write(bytes("from the console"));
            assertThat(guacd.read(16)).asString().isEqualTo("from the console");
            assertThat(port.end()).isEqualTo(End.NOT_ENDED);
        }
    }

    @Test
    void whatTheConsoleSaidBeforeGuacdCameIsPassedOn() throws Exception {
        byte[] early = random(300_000);
        RelayPort port = relay.offer(console, Protocol.RFB);
        Thread speaking = new Thread(() -> writeAll(early));
        speaking.start();

        try (VncViewer guacd = connected(port)) {
            assertThat(guacd.read(early.length)).isEqualTo(early);
        }
    }

    @Test
    void theConsoleHasSpokenOnlyOnceItHasSaidSomethingToGuacd() throws Exception {
        RelayPort port = relay.offer(console, Protocol.RFB);
        assertThat(port.consoleBytes()).isZero();
        try (VncViewer guacd = connected(port)) {
            guacd.write(bytes("x"));
            vendor.getInputStream().readNBytes(1);
            assertThat(port.consoleBytes()).isZero();

            vendor.getOutputStream().write(1);
            guacd.read(1);
            assertThat(port.consoleBytes()).isPositive();
        }
    }

    @Test
    void aPortIsForOneConnectionOnly() throws Exception {
        RelayPort port = relay.offer(console, Protocol.RFB);
        try (VncViewer first = connected(port)) {
            await("the port is closed").untilAsserted(() ->
                    assertThatThrownBy(() -> VncViewer.connect(port.port())).isInstanceOf(ConnectException.class));
            first.write(bytes("still there"));
            assertThat(vendor.getInputStream().readNBytes(11)).asString().isEqualTo("still there");
        }
    }

    @Test
    void ofManyWhoComeAtOnceOneIsServed() throws Exception {
        RelayPort port = relay.offer(console, Protocol.RFB);
        Queue<VncViewer> served = new ConcurrentLinkedQueue<>();
        Thread[] rush = new Thread[10];
        for (int i = 0; i < rush.length; i++) {
            rush[i] = new Thread(() -> {
                try {
                    VncViewer viewer = VncViewer.connect(port.port());
                    if (viewer.authenticate(port.password().reveal())) {
                        served.add(viewer);
                    }
                } catch (IOException e) {
                    // Turned away, as all but one must be.
                }
            });
            rush[i].start();
        }
        for (Thread one : rush) {
            one.join();
        }

        assertThat(served).hasSize(1);
        served.remove().close();
    }

    @Test
    void aWrongPasswordUsesUpThePort() throws Exception {
        RelayPort port = relay.offer(console, Protocol.RFB);
        try (VncViewer stranger = VncViewer.connect(port.port())) {
            assertThat(stranger.authenticate("wrong")).isFalse();
        }

        assertThat(vendor.getInputStream().read()).isEqualTo(-1);
        await().until(() -> port.end() == End.GUACD);
        assertThatThrownBy(() -> VncViewer.connect(port.port())).isInstanceOf(ConnectException.class);
    }

    @Test
    void whereNobodyComesThePortIsClosed() throws Exception {
        try (Relay impatient = relay(Duration.ofMillis(200))) {
            RelayPort port = impatient.offer(console, Protocol.RFB);

            assertThat(vendor.getInputStream().read()).isEqualTo(-1);
            assertThat(port.end()).isEqualTo(End.CLOSED);
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> VncViewer.connect(port.port())).isInstanceOf(ConnectException.class));
        }
    }

    @Test
    void whoComesButNeverAuthenticatesIsNotWaitedForEither() throws Exception {
        try (Relay impatient = relay(Duration.ofMillis(300))) {
            RelayPort port = impatient.offer(console, Protocol.RFB);
            try (VncViewer stranger = VncViewer.connect(port.port())) {
                assertThat(stranger.readAll()).asString().isEqualTo("RFB 003.008\n");
            }
            assertThat(vendor.getInputStream().read()).isEqualTo(-1);
            assertThat(port.end()).isEqualTo(End.CLOSED);
        }
    }

    @Test
    void patienceEndsWithTheHandshake() throws Exception {
        try (Relay impatient = relay(Duration.ofMillis(500))) {
            RelayPort port = impatient.offer(console, Protocol.RFB);
            try (VncViewer guacd = connected(port)) {
                // The event loop runs its timers in order: once this one has run, so has that of the patience.
                console.eventLoop().schedule(() -> { }, 500, TimeUnit.MILLISECONDS).sync();
                guacd.write(bytes("x"));
                assertThat(vendor.getInputStream().read()).isEqualTo('x');
            }
        }
    }

    @Test
    void aConsoleThatDiesBeforeGuacdComesClosesThePort() throws Exception {
        RelayPort port = relay.offer(console, Protocol.RFB);

        vendor.close();

        await().until(() -> port.end() == End.CONSOLE);
        await().untilAsserted(() ->
                assertThatThrownBy(() -> VncViewer.connect(port.port())).isInstanceOf(ConnectException.class));
    }

    @Test
    void aConsoleThatHasDiedAlreadyEndsThePort() throws Exception {
        console.close().sync();

        RelayPort port = relay.offer(console, Protocol.RFB);

        await().until(() -> port.end() == End.CONSOLE);
    }

    @Test
    void whenGuacdHangsUpTheConsoleGetsTheRestAndIsClosed() throws Exception {
        byte[] last = random(1 << 20);
        RelayPort port = relay.offer(console, Protocol.RFB);
        VncViewer guacd = connected(port);
        guacd.write(last);
        guacd.close();

        assertThat(vendor.getInputStream().readAllBytes()).isEqualTo(last);
        assertThat(port.ended().toCompletableFuture().join()).isEqualTo(End.GUACD);
    }

    @Test
    void whenTheConsoleHangsUpGuacdGetsTheRestAndIsClosed() throws Exception {
        byte[] last = random(1 << 20);
        RelayPort port = relay.offer(console, Protocol.RFB);
        try (VncViewer guacd = connected(port)) {
            Thread speaking = new Thread(() -> {
                writeAll(last);
                hangUp();
            });
            speaking.start();

            assertThat(guacd.readAll()).isEqualTo(last);
            assertThat(port.ended().toCompletableFuture().join()).isEqualTo(End.CONSOLE);
        }
    }

    @Test
    void closingCutsBothSidesOnceAndForAll() throws Exception {
        RelayPort port = relay.offer(console, Protocol.RFB);
        AtomicLong endings = new AtomicLong();
        port.ended().thenAccept(end -> endings.incrementAndGet());
        try (VncViewer guacd = connected(port)) {
            port.close();
            port.close();

            assertThat(port.end()).isEqualTo(End.CLOSED);
            assertThat(guacd.readAll()).isEmpty();
            assertThat(vendor.getInputStream().read()).isEqualTo(-1);
        }
        relay.close();
        assertThat(port.end()).isEqualTo(End.CLOSED);
        assertThat(endings).hasValue(1);
    }

    @Test
    void whoEndedItFirstIsWhoEndedIt() throws Exception {
        RelayPort port = relay.offer(console, Protocol.RFB);
        connected(port).close();
        await().until(() -> port.end() != End.NOT_ENDED);

        port.close();

        assertThat(port.end()).isEqualTo(End.GUACD);
    }

    @Test
    void closingTheRelayCutsEveryConsoleAndTakesNoMore() throws Exception {
        RelayPort waiting = relay.offer(console, Protocol.RFB);
        Socket waitingVendor = vendor;
        connectAConsole();
        RelayPort relayed = relay.offer(console, Protocol.RFB);
        VncViewer guacd = connected(relayed);

        relay.close();

        assertThat(waitingVendor.getInputStream().read()).isEqualTo(-1);
        assertThat(vendor.getInputStream().read()).isEqualTo(-1);
        assertThat(guacd.readAll()).isEmpty();
        assertThat(waiting.end()).isEqualTo(End.CLOSED);
        assertThat(relayed.end()).isEqualTo(End.CLOSED);

        connectAConsole();
        assertThatThrownBy(() -> relay.offer(console, Protocol.RFB)).isInstanceOf(IOException.class).hasMessageContaining("closed");
        assertThat(vendor.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aConsoleThatFloodsIsReadNoFasterThanGuacdReads() throws Exception {
        RelayPort port = relay.offer(console, Protocol.RFB);
        vendor.setSendBufferSize(SMALL_BUFFER);
        try (VncViewer guacd = VncViewer.connect(port.port(), SMALL_BUFFER)) {
            assertThat(guacd.authenticate(port.password().reveal())).isTrue();

            Flood flood = new Flood(vendor.getOutputStream()::write);

            assertThat(flood.stalledAt()).isLessThan(BOUND);
            assertThat(guacd.read(64 << 20)).isEqualTo(flood.start(64 << 20));
        }
    }

    @Test
    void guacdIsReadNoFasterThanTheConsoleReads() throws Exception {
        vendor.setReceiveBufferSize(SMALL_BUFFER);
        RelayPort port = relay.offer(console, Protocol.RFB);
        try (VncViewer guacd = connected(port)) {
            Flood flood = new Flood(guacd::write);

            assertThat(flood.stalledAt()).isLessThan(BOUND);
            assertThat(vendor.getInputStream().readNBytes(64 << 20)).isEqualTo(flood.start(64 << 20));
        }
    }

    @Test
    void aConsoleThatFloodsBeforeGuacdComesIsNotReadOn() throws Exception {
        relay.offer(console, Protocol.RFB);
        vendor.setSendBufferSize(SMALL_BUFFER);

        assertThat(new Flood(vendor.getOutputStream()::write).stalledAt()).isLessThan(BOUND);
    }

    @Test
    void everyPortHasAPasswordOfItsOwn() throws Exception {
        Set<String> passwords = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            connectAConsole();
            passwords.add(relay.offer(console, Protocol.RFB).password().reveal());
        }

        assertThat(passwords).hasSize(20).allMatch(password -> password.matches("[A-Za-z0-9_-]{8}"));
    }

    @Test
    void theRelayListensWhereGuacdReachesIt() throws Exception {
        assertThat(Relay.bindAddress("127.0.0.1")).isEqualTo(InetAddress.getByName("127.0.0.1"));
        assertThat(Relay.bindAddress("127.3.2.1")).isEqualTo(InetAddress.getByName("127.3.2.1"));
        assertThat(Relay.bindAddress("localhost").isLoopbackAddress()).isTrue();
        // 192.0.2.0/24 is for documentation (RFC 5737), so nobody's own.
        assertThat(Relay.bindAddress("192.0.2.7").isAnyLocalAddress()).isTrue();
    }

    @Test
    void anAddressThatCannotBeIsRefusedByItsPropertysName() {
        assertThatThrownBy(() -> Relay.bindAddress("no such host"))
                .isInstanceOf(ConfigException.class).hasMessageContaining("console-relay-address").hasMessageContaining("no such host");
        assertThatThrownBy(() -> Relay.bindAddress("0.0.0.0"))
                .isInstanceOf(ConfigException.class).hasMessageContaining("console-relay-address").hasMessageContaining("0.0.0.0");
    }

    private static VncViewer connected(RelayPort port) throws IOException {
        VncViewer guacd = VncViewer.connect(port.port());
        assertThat(guacd.authenticate(port.password().reveal())).isTrue();
        return guacd;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private void writeAll(byte[] bytes) {
        try {
            vendor.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void hangUp() {
        try {
            vendor.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
