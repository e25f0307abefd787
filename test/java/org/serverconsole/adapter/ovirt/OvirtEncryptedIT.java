package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;
import org.serverconsole.parts.Qemu;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.RfbException;
import org.serverconsole.rfb.RfbTarget;
import org.serverconsole.rfb.TlsTrust;

/** The adapter against a real QEMU that encrypts its VNC under a certificate of its host, signed by the engine. */
@Timeout(60)
class OvirtEncryptedIT {

    private static final String VM = "c0ffee00-0000-4000-8000-000000014495";
    private static final Duration HANDSHAKE = Duration.ofSeconds(5);
    private static final String HOST = "host7.nl.example";

    @TempDir
    private static Path workDir;
    private static EventLoopGroup loops;
    private static Certificate ofHost;
    private static Qemu qemu;
    private static FakeEngine engine;

    private final OvirtAdapter adapter = new OvirtAdapter();
    private final RfbConnector rfb = RfbConnector.on(loops);
    private FakeVm vm;

    @BeforeAll
    static void startParts() throws Exception {
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ofHost = Certificate.signed(workDir, new Certificate.Issue("CN=" + HOST, List.of(HOST), Duration.ofDays(-1)));
        qemu = Qemu.startEncrypted(workDir, ofHost);
        engine = FakeEngine.start(workDir);
        engine.vncEncryption(true);
    }

    @AfterAll
    static void stopParts() throws Exception {
        engine.close();
        qemu.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @BeforeEach
    void start() throws Exception {
        engine.hostAuthority(ofHost.pem());
        engine.hideClusters(false);
        vm = engine.addVm(VM, "web-14495", new InetSocketAddress("127.0.0.1", qemu.vncPort()), qemu::setTicket);
        adapter.start(new AdapterEnvironment(rfb, new SecureRandom(), Optional.of(engine.caFile())));
    }

    @AfterEach
    void close() {
        adapter.close();
    }

    private static Server server() {
        return new Server("14495", "web-14495", "ovirt", Secret.NONE, Secret.of(engine.password()),
                Map.of("url", engine.url(), "username", FakeEngine.USERNAME, "plug", VM));
    }

    private Channel open() throws Exception {
        return adapter.open(server(), new RecordedOpening()).channel();
    }

    private AdapterException refusal() {
        return catchThrowableOfType(AdapterException.class, this::open);
    }

    @Test
    void theConsoleIsOpenedUnderTheHostsCertificate() throws Exception {
        vm.host(HOST);
        Channel channel = open();

        Received received = Received.from(channel);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));

        await().until(() -> received.bytes().length >= 24);
        assertThat(Unpooled.wrappedBuffer(received.bytes()).readUnsignedShort()).isBetween(640, 1024);
        channel.close().sync();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAccountThatIsNotShownTheHostOpensItToo(boolean clusterHidden) throws Exception {
        engine.hideClusters(clusterHidden);

        open().close().sync();
    }

    @Test
    void anotherHostsCertificateIsRefused() {
        vm.host("host8.nl.example");

        AdapterException refusal = refusal();

        assertThat(refusal.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(refusal).hasMessageContaining("presented: subject CN=" + HOST);
    }

    @Test
    void aCertificateTheEngineHasNotSignedIsRefused() throws Exception {
        vm.host(HOST);
        engine.hostAuthority(Certificate.make(workDir).pem());

        AdapterException refusal = refusal();

        assertThat(refusal.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(refusal).hasMessageContaining("must be signed by the management system's own CA");
    }

    @Test
    void aTicketThatWasTakenBackOpensNothing() throws Exception {
        vm.host(HOST);
        open().close().sync();
        String ticket = vm.ticket().orElseThrow().value();
        rfb.connect(target().withPassword(Secret.of(ticket)), HANDSHAKE).close().sync();

        adapter.revoke(server(), Map.of("vm", VM, "console", "766e63"));

        RfbException refusal = catchThrowableOfType(RfbException.class, () ->
                rfb.connect(target().withPassword(Secret.of(ticket)), HANDSHAKE).close());
        assertThat(refusal.reason()).isEqualTo(RfbException.Reason.REJECTED_PASSWORD);
    }

    private static RfbTarget target() throws Exception {
        return RfbTarget.at("127.0.0.1", qemu.vncPort())
                .requiring(new TlsTrust(ofHost.trusting(), true).named(HOST));
    }
}
