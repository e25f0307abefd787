package org.serverconsole.adapter.idrac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeIdrac;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.VncViewer;
import org.serverconsole.inventory.Server;
import org.serverconsole.parts.TigerVnc;
import org.serverconsole.parts.VncPasswordFile;
import org.serverconsole.rfb.RfbConnector;

/** The adapter with a real TigerVNC, whose password the fake iDRAC sets. */
@Timeout(60)
class IdracTigerVncIT {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final IdracAdapter adapter = new IdracAdapter();
    private final RecordedOpening opening = new RecordedOpening();

    @TempDir
    private Path workDir;
    private TigerVnc vnc;
    private FakeIdrac fake;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        vnc = TigerVnc.start(workDir, unknown());
        VncPasswordFile file = VncPasswordFile.of(workDir, vnc);
        fake = FakeIdrac.start(Certificate.make(workDir), 0, FakeIdrac.Firmware.IDRAC9, vnc.port(),
                (enabled, password) -> file.set(enabled ? password : unknown()));
        adapter.start(new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(), Optional.of(fake.caFile())));
        server = new Server("20111", "20111", "idrac", Secret.NONE, Secret.of(fake.password()),
                Map.of("ip", "127.0.0.1", "ipport", Integer.toString(fake.port()), "username", FakeIdrac.USERNAME));
    }

    private static String unknown() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    @AfterEach
    void stop() {
        adapter.close();
        fake.close();
        vnc.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void theDesktopIsShown() throws Exception {
        Channel channel = adapter.open(server, opening).channel();

        Received received = Received.from(channel);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        await().until(() -> received.bytes().length == 24 + "console".length());
        assertThat(new String(received.bytes(), 24, 7, StandardCharsets.ISO_8859_1)).isEqualTo("console");
        channel.close().sync();
    }

    @Test
    void untilTheSessionEndsItsPasswordWorksFromOutsideAndThenNoMore() throws Exception {
        Channel channel = adapter.open(server, opening).channel();
        String password = fake.passwords().get(0);
        assertThat(opens(password)).isTrue();

        channel.close().sync();
        adapter.revoke(server, opening.leases().get(0));

        assertThat(opens(password)).isFalse();
        adapter.close();
        assertThat(fake.sessions()).isZero();
    }

    @Test
    void aVncServerThatStaysOnTakesThePasswordNoMoreEither() throws Exception {
        fake.attribute("Enable", "Enabled");
        adapter.open(server, opening).channel().close().sync();
        List<String> ours = fake.passwords();

        adapter.revoke(server, opening.leases().get(0));

        assertThat(opens(ours.get(0))).isFalse();
        assertThat(opens(fake.passwords().get(1))).as("the one nobody knows").isTrue();
    }

    private boolean opens(String password) throws Exception {
        try (VncViewer viewer = VncViewer.connect(vnc.port())) {
            return viewer.authenticate(password);
        }
    }
}
