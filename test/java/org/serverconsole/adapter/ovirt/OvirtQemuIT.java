package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;
import org.serverconsole.parts.Qemu;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.RfbException;

/** The adapter against a real QEMU, whose VNC password the fake engine's tickets set. */
@Timeout(60)
class OvirtQemuIT {

    private static final String VM = "c0ffee00-0000-4000-8000-000000014494";
    private static final Map<String, String> LEASE = Map.of("vm", VM, "console", "766e63");
    private static final Duration HANDSHAKE = Duration.ofSeconds(5);

    @TempDir
    private static Path workDir;
    private static EventLoopGroup loops;
    private static Qemu qemu;
    private static FakeEngine engine;
    private static FakeVm vm;

    private final OvirtAdapter adapter = new OvirtAdapter();
    private final RfbConnector rfb = RfbConnector.on(loops);
    private final RecordedOpening opening = new RecordedOpening();
    private Server server;

    @BeforeAll
    static void startParts() throws Exception {
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        qemu = Qemu.start(workDir);
        engine = FakeEngine.start(workDir);
        vm = engine.addVm(VM, "web-14494", new InetSocketAddress("127.0.0.1", qemu.vncPort()), qemu::setTicket);
    }

    @AfterAll
    static void stopParts() throws Exception {
        engine.close();
        qemu.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @BeforeEach
    void start() {
        adapter.start(new AdapterEnvironment(rfb, new SecureRandom(), Optional.of(engine.caFile())));
        server = new Server("14494", "web-14494", "ovirt", Secret.NONE, Secret.of(engine.password()),
                Map.of("url", engine.url(), "username", FakeEngine.USERNAME, "plug", "web-14494"));
    }

    @AfterEach
    void close() {
        adapter.close();
    }

    private Channel open() throws Exception {
        return adapter.open(server, opening).channel();
    }

    /** ServerInit (RFC 6143, 7.3.2): the machine's screen, a pixel format, a name. */
    private static void assertAnswersClientInit(Channel channel) {
        Received received = Received.from(channel);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        await().until(() -> received.bytes().length >= 24);
        ByteBuf init = Unpooled.wrappedBuffer(received.bytes());
        assertThat(init.readUnsignedShort()).isBetween(640, 1024);
        assertThat(init.readUnsignedShort()).isBetween(350, 768);
    }

    /** A key down and up (RFC 6143, 7.5.4). */
    private static void type(Channel channel, String text) {
        for (char key : text.toCharArray()) {
            for (int down = 1; down >= 0; down--) {
                channel.writeAndFlush(Unpooled.buffer().writeByte(4).writeByte(down).writeShort(0).writeInt(key));
            }
        }
    }

    @Test
    void theStreamStandsBeforeClientInitAndTypesIntoTheMachine() throws Exception {
        await().until(() -> qemu.screenText().contains("server 14494 - type and see it here"));
        Channel channel = open();

        assertAnswersClientInit(channel);
        type(channel, "uname");
        await().until(() -> qemu.screenText().contains("> uname"));
        Path picture = workDir.resolve("screen.ppm");
        qemu.screendump(picture);

        assertThat(new String(Files.readAllBytes(picture), 0, 2, StandardCharsets.US_ASCII)).isEqualTo("P6");
        assertThat(opening.leases()).containsExactly(LEASE);
        channel.close().sync();
    }

    @Test
    void aRevokedTicketOpensNothingAndItsViewerStaysUntilCut() throws Exception {
        Channel viewer = open();
        assertAnswersClientInit(viewer);
        Secret ticket = Secret.of(vm.ticket().orElseThrow().value());
        rfb.connect("127.0.0.1", qemu.vncPort(), ticket, HANDSHAKE).close().sync();

        adapter.revoke(server, LEASE);

        Secret revoking = Secret.of(vm.ticket().orElseThrow().value());
        assertThat(revoking).isNotEqualTo(ticket);
        assertRefused(ticket);
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertRefused(revoking));
        assertThat(viewer.isActive()).isTrue();
        assertThat(qemu.viewers()).isEqualTo(1);

        viewer.close().sync();
        await().until(() -> qemu.viewers() == 0);
    }

    private void assertRefused(Secret password) {
        assertThatThrownBy(() -> rfb.connect("127.0.0.1", qemu.vncPort(), password, HANDSHAKE).close())
                .isInstanceOfSatisfying(RfbException.class, e ->
                        assertThat(e.reason()).isEqualTo(RfbException.Reason.REJECTED_PASSWORD));
    }

    @Test
    void aMachineNobodyHasATicketForRefusesEverybody() throws Exception {
        adapter.revoke(server, LEASE);

        assertRefused(Secret.of("password"));
    }

    @Test
    void theConsoleOpensAgainAfterARevocation() throws Exception {
        open().close().sync();
        adapter.revoke(server, LEASE);

        Channel again = open();

        assertAnswersClientInit(again);
        again.close().sync();
    }
}
