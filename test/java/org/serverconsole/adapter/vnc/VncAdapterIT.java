package org.serverconsole.adapter.vnc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.VncViewer;
import org.serverconsole.inventory.Server;
import org.serverconsole.parts.TigerVnc;
import org.serverconsole.parts.Websockify;
import org.serverconsole.relay.Relay;
import org.serverconsole.relay.RelayPort;
import org.serverconsole.rfb.RfbConnector;

/** The adapter, and the relay behind it, with a real TigerVNC server. */
@Timeout(60)
class VncAdapterIT {

    private static final String PASSWORD = "s3cret!!";

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final VncAdapter adapter = new VncAdapter();

    @TempDir
    private Path workDir;

    @BeforeEach
    void start() {
        adapter.start(new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(), Optional.empty()));
    }

    @AfterEach
    void stop() {
        adapter.close();
        group.shutdownGracefully();
    }

    @Test
    void theRightPasswordOpensTheDesktop() throws Exception {
        try (TigerVnc vnc = TigerVnc.start(workDir, PASSWORD)) {
            assertThat(desktop(open(vnc.port(), PASSWORD))).isEqualTo("console");
        }
    }

    @Test
    void aServerWithoutPasswordOpensToAnybody() throws Exception {
        try (TigerVnc vnc = TigerVnc.start(workDir, "")) {
            assertThat(desktop(open(vnc.port(), ""))).isEqualTo("console");
            assertThat(desktop(open(vnc.port(), PASSWORD))).isEqualTo("console");
        }
    }

    @Test
    void aWrongPasswordIsRejectedUntilThereAreTooMany() throws Exception {
        try (TigerVnc vnc = TigerVnc.start(workDir, PASSWORD)) {
            AdapterException first = failure(vnc.port(), "another1");
            assertThat(first.kind()).as(first.getMessage()).isEqualTo(Kind.REJECTED_CREDENTIALS);

            await().pollInterval(Duration.ofMillis(10)).until(() -> failure(vnc.port(), "another1").kind() == Kind.BUSY);

            // The right password is refused as well for a while, and that is no reason to blame it.
            AdapterException locked = failure(vnc.port(), PASSWORD);
            assertThat(locked.kind()).as(locked.getMessage()).isEqualTo(Kind.BUSY);
            assertThat(locked).hasMessageContaining("Too many security failures");
        }
    }

    @Test
    void aServerThatWantsAPasswordIsNotOpenedWithoutOne() throws Exception {
        try (TigerVnc vnc = TigerVnc.start(workDir, PASSWORD)) {
            assertThat(failure(vnc.port(), "").kind()).isEqualTo(Kind.REJECTED_CREDENTIALS);
        }
    }

    @Test
    void aServerThatHasEndedIsUnreachable() throws Exception {
        TigerVnc vnc = TigerVnc.start(workDir, PASSWORD);
        vnc.close();

        assertThat(failure(vnc.port(), PASSWORD).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void aCertificateIsVerifiedPinnedOrTakenAsItIsAsTheEntrySays() throws Exception {
        Certificate certificate = Certificate.make(workDir);
        try (TigerVnc vnc = TigerVnc.start(workDir, PASSWORD, "X509Vnc,VncAuth",
                "-X509Cert", certificate.own().toString(), "-X509Key", certificate.key().toString())) {
            AdapterException unknown = failure(vnc.port(), PASSWORD);
            assertThat(unknown.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(unknown).hasMessageContaining("presented: subject CN=localhost").hasMessageContaining("\"tls\": \"sha256:");
            AdapterException another = failure(vnc.port(), PASSWORD, "tls", "sha256:" + "00".repeat(32));
            assertThat(another.kind()).isEqualTo(Kind.UNREACHABLE);

            assertThat(desktop(open(vnc.port(), PASSWORD, "tls", "sha256:" + certificate.fingerprint()))).isEqualTo("console");
            assertThat(desktop(open(vnc.port(), PASSWORD, "ssl_insecure", "true"))).isEqualTo("console");
            adapter.start(new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(), Optional.of(certificate.pem())));
            assertThat(desktop(open(vnc.port(), PASSWORD))).isEqualTo("console");
        }
    }

    @Test
    void aServerWithoutTheNamedCertificateIsNotOpened() throws Exception {
        try (TigerVnc vnc = TigerVnc.start(workDir, PASSWORD, "TLSVnc,VncAuth")) {
            assertThat(failure(vnc.port(), PASSWORD, "tls", "sha256:" + "00".repeat(32)).kind()).isEqualTo(Kind.UNSUPPORTED);
            assertThat(desktop(open(vnc.port(), PASSWORD))).isEqualTo("console");
        }
    }

    @Test
    void aDesktopBehindWebsockifyIsOpened() throws Exception {
        Certificate certificate = Certificate.make(workDir);
        try (TigerVnc vnc = TigerVnc.start(workDir, PASSWORD);
                Websockify web = Websockify.start(workDir, vnc.port(), Optional.of(certificate))) {
            ConsoleStream stream = open(web.port(), PASSWORD, "path", "/websockify", "ssl", "1",
                    "tls", "sha256:" + certificate.fingerprint());

            assertThat(desktop(stream)).isEqualTo("console");
        }
    }

    @Test
    void throughTheRelayTheDesktopIsReachedWithTheRelaysPassword() throws Exception {
        try (TigerVnc vnc = TigerVnc.start(workDir, PASSWORD);
                Relay relay = new Relay(group, InetAddress.getLoopbackAddress(), new SecureRandom(), Duration.ofSeconds(10))) {
            RelayPort port = relay.offer(open(vnc.port(), PASSWORD).channel(), RelayPort.Protocol.RFB);
            try (VncViewer guacd = VncViewer.connect(port.port())) {
                assertThat(guacd.authenticate(port.password().reveal())).isTrue();
                guacd.write(new byte[] {1});
                guacd.read(20);
                int length = Unpooled.wrappedBuffer(guacd.read(4)).readInt();
                assertThat(guacd.read(length)).asString().isEqualTo("console");

                vnc.close();

                assertThat(guacd.readAll()).isEmpty();
                await().until(() -> port.end() == RelayPort.End.CONSOLE);
            }
        }
    }

    private ConsoleStream open(int port, String password, String... more) throws Exception {
        Map<String, String> options = new HashMap<>(Map.of("ip", "127.0.0.1", "ipport", Integer.toString(port)));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        Server server = new Server("20110", "20110", "vnc", Secret.NONE, Secret.of(password), options);
        return adapter.open(server, new RecordedOpening());
    }

    private AdapterException failure(int port, String password, String... more) {
        return catchThrowableOfType(AdapterException.class, () -> open(port, password, more));
    }

    /** The desktop's name, which ServerInit ends with. */
    private static String desktop(ConsoleStream stream) {
        Received received = Received.from(stream.channel());
        stream.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        await().until(() -> received.bytes().length > 24);
        byte[] init = received.bytes();
        stream.channel().close();
        return new String(init, 24, init.length - 24, StandardCharsets.ISO_8859_1);
    }
}
