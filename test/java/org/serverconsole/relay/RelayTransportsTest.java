package org.serverconsole.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.fake.ScriptedRfbServer.Viewer;
import org.serverconsole.fake.ServerWebSocket;
import org.serverconsole.fake.VncViewer;
import org.serverconsole.relay.RelayPort.End;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.RfbTarget;
import org.serverconsole.rfb.TlsTrust;
import org.serverconsole.rfb.Transport;

/** What holds of the relay holds whatever carries the console. */
@Timeout(90)
class RelayTransportsTest {

    private static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private static final long BOUND = 24L << 20;
    private static final int BLOCK = 4096;
    private static final byte[] NONE_OF_RFB = {1, 1};

    enum Carrier { TCP, TLS, ANONYMOUS_TLS, WEB_SOCKET, WEB_SOCKET_IN_TLS }

    /** The console's side, once it stands just before ClientInit. */
    private interface Console {
        void say(byte[] bytes) throws IOException;

        byte[] hear(int count) throws IOException;

        void hangUp() throws IOException;
    }

    @TempDir
    static Path certificates;
    private static Certificate certificate;

    private final Relay relay = new Relay(GROUP, InetAddress.getLoopbackAddress(), new SecureRandom(), Duration.ofSeconds(30));
    private final CompletableFuture<Console> consoles = new CompletableFuture<>();
    private ScriptedRfbServer server;
    private Channel console;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = Certificate.make(certificates);
    }

    @AfterEach
    void close() throws IOException {
        relay.close();
        server.close();
    }

    @AfterAll
    static void shutDown() {
        GROUP.shutdownGracefully();
    }

    @ParameterizedTest
    @EnumSource
    void bothSidesHearWhatTheOtherSays(Carrier carrier) throws Exception {
        byte[] down = random(3 << 20);
        byte[] up = random(1 << 20);
        RelayPort port = offer(carrier);
        try (VncViewer guacd = connected(port)) {
            CompletableFuture<byte[]> heard = inBackground(() -> consoles.get().hear(up.length));
            inBackground(() -> {
                consoles.get().say(down);
                return down;
            });
            inBackground(() -> {
                guacd.write(up);
                return up;
            });

            assertThat(guacd.read(down.length)).isEqualTo(down);
            assertThat(heard.get()).isEqualTo(up);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConsoleThatFloodsIsReadNoFasterThanGuacdReads(Carrier carrier) throws Exception {
        RelayPort port = offer(carrier);
        try (VncViewer guacd = VncViewer.connect(port.port(), 64 * 1024)) {
            assertThat(guacd.authenticate(port.password().reveal())).isTrue();

            Flood flood = new Flood(consoles.get()::say);

            assertThat(flood.stalledAt()).isLessThan(BOUND);
            assertThat(guacd.read(32 << 20)).isEqualTo(flood.start(32 << 20));
        }
    }

    @ParameterizedTest
    @EnumSource
    void guacdIsReadNoFasterThanTheConsoleReads(Carrier carrier) throws Exception {
        RelayPort port = offer(carrier);
        try (VncViewer guacd = connected(port)) {
            Flood flood = new Flood(guacd::write);

            assertThat(flood.stalledAt()).isLessThan(BOUND);
            assertThat(consoles.get().hear(16 << 20)).startsWith(flood.start(16 << 20));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConsoleThatFloodsBeforeGuacdComesIsNotReadOn(Carrier carrier) throws Exception {
        offer(carrier);

        assertThat(new Flood(consoles.get()::say).stalledAt()).isLessThan(BOUND);
    }

    @ParameterizedTest
    @EnumSource
    void whenTheConsoleHangsUpGuacdGetsTheRestAndIsClosed(Carrier carrier) throws Exception {
        byte[] last = random(1 << 20);
        RelayPort port = offer(carrier);
        try (VncViewer guacd = connected(port)) {
            inBackground(() -> {
                consoles.get().say(last);
                consoles.get().hangUp();
                return last;
            });

            assertThat(guacd.readAll()).isEqualTo(last);
            assertThat(port.ended().toCompletableFuture().join()).isEqualTo(End.CONSOLE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenGuacdHangsUpTheConsoleGetsTheRestAndIsClosed(Carrier carrier) throws Exception {
        byte[] last = random(1 << 20);
        RelayPort port = offer(carrier);
        VncViewer guacd = connected(port);
        guacd.write(last);
        guacd.close();

        assertThat(consoles.get().hear(last.length)).isEqualTo(last);
        assertThat(port.ended().toCompletableFuture().join()).isEqualTo(End.GUACD);
        await().until(() -> !console.isOpen());
    }

    @ParameterizedTest
    @EnumSource
    void closingCutsAConsoleThatReadsNothing(Carrier carrier) throws Exception {
        RelayPort port = offer(carrier);
        try (VncViewer guacd = connected(port)) {
            new Flood(guacd::write).stalledAt();

            port.close();

            await().until(() -> !console.isOpen());
        }
    }

    private RelayPort offer(Carrier carrier) throws Exception {
        boolean encrypted = carrier == Carrier.TLS || carrier == Carrier.WEB_SOCKET_IN_TLS;
        ScriptedRfbServer.Script script = viewer -> {
            consoles.complete(open(carrier, viewer));
            // Until the test is over: what comes is the test's to read.
            viewer.pause(Duration.ofMinutes(5));
        };
        server = encrypted ? ScriptedRfbServer.playing(certificate, script) : ScriptedRfbServer.playing(script);
        RfbTarget target = RfbTarget.at("127.0.0.1", server.port()).trusting(new TlsTrust(certificate.trusting(), true));
        console = RfbConnector.on(GROUP).connect(switch (carrier) {
            case TCP, ANONYMOUS_TLS -> target;
            case TLS -> target.over(new Transport.Tls());
            case WEB_SOCKET, WEB_SOCKET_IN_TLS -> target.over(Transport.WebSocket.at("/kvm/0", encrypted));
        }, Duration.ofSeconds(20));
        return relay.offer(console, RelayPort.Protocol.RFB);
    }

    private static Console open(Carrier carrier, Viewer viewer) throws IOException {
        return switch (carrier) {
            case TCP, TLS -> {
                viewer.say("RFB 003.008\n").hear(12);
                viewer.say(NONE_OF_RFB).hear(1);
                viewer.say(new byte[4]);
                yield plain(viewer);
            }
            case ANONYMOUS_TLS -> {
                viewer.say("RFB 003.008\n").hear(12);
                viewer.say(1, 19).hear(1);
                viewer.say(0, 2).hear(2);
                viewer.say(0, 1, 0, 0, 1, 1).hear(4);
                viewer.say(1).beginAnonymousTls().say(new byte[4]);
                yield plain(viewer);
            }
            case WEB_SOCKET, WEB_SOCKET_IN_TLS -> framed(viewer, ServerWebSocket.accepted(viewer).openConsole());
        };
    }

    private static Console plain(Viewer viewer) {
        return new Console() {
            @Override
            public void say(byte[] bytes) throws IOException {
                viewer.say(bytes);
            }

            @Override
            public byte[] hear(int count) throws IOException {
                return viewer.hear(count);
            }

            @Override
            public void hangUp() throws IOException {
                viewer.hangUp();
            }
        };
    }

    private static Console framed(Viewer viewer, ServerWebSocket web) {
        return new Console() {
            @Override
            public void say(byte[] bytes) throws IOException {
                for (int at = 0; at < bytes.length; at += BLOCK) {
                    web.say(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + BLOCK)));
                }
            }

            @Override
            public byte[] hear(int count) throws IOException {
                return web.hearAtLeast(count);
            }

            @Override
            public void hangUp() throws IOException {
                web.sayClose(1000, "");
                viewer.hangUp();
            }
        };
    }

    private static VncViewer connected(RelayPort port) throws IOException {
        VncViewer guacd = VncViewer.connect(port.port());
        assertThat(guacd.authenticate(port.password().reveal())).isTrue();
        return guacd;
    }

    private static <T> CompletableFuture<T> inBackground(Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                done.complete(work.call());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
