package org.serverconsole.adapter.openbmc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.Trust;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeOpenBmc;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;
import org.serverconsole.parts.TigerVnc;
import org.serverconsole.rfb.RfbConnector;

/** The adapter with a real TigerVNC behind the fake BMC's WebSocket. */
@Timeout(60)
class OpenBmcTigerVncIT {

    private static final int SCREEN = 1024 * 768 * 4;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final OpenBmcAdapter adapter = new OpenBmcAdapter();
    private final RecordedOpening opening = new RecordedOpening();

    @TempDir
    private Path workDir;
    private TigerVnc vnc;
    private FakeOpenBmc fake;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        vnc = TigerVnc.start(workDir, "");
        fake = FakeOpenBmc.start(Certificate.make(workDir), 0, vnc.port());
        adapter.start(new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(), Optional.of(fake.caFile())));
        server = new Server("40001", "40001", "openbmc", Secret.NONE, Secret.of(fake.password()),
                Map.of("ip", "127.0.0.1", "ipport", Integer.toString(fake.port()), "username", FakeOpenBmc.USERNAME));
    }

    @AfterEach
    void stop() {
        adapter.close();
        fake.close();
        vnc.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void theDesktopIsShownWithAWholeFrame() throws Exception {
        Channel channel = adapter.open(server, opening).channel();
        Received received = Received.from(channel);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        int init = 24 + "console".length();
        await().until(() -> received.bytes().length == init);
        assertThat(new String(received.bytes(), 24, 7, StandardCharsets.ISO_8859_1)).isEqualTo("console");

        // FramebufferUpdateRequest of the whole screen (RFC 6143, 7.5.3), which comes raw where nothing else was asked for.
        channel.writeAndFlush(Unpooled.buffer().writeByte(3).writeByte(0).writeInt(0).writeShort(1024).writeShort(768));

        await().until(() -> received.bytes().length >= init + SCREEN);
        channel.close().sync();
    }

    @Test
    void untilTheSessionEndsItsTokenWorksFromOutsideAndThenNoMore() throws Exception {
        Channel channel = adapter.open(server, opening).channel();
        String token = fake.secrets().get(1);
        assertThat(statusWith(token)).isEqualTo(200);

        channel.close().sync();
        adapter.revoke(server, opening.leases().get(0));

        assertThat(statusWith(token)).isEqualTo(401);
        await().until(() -> fake.viewers() == 0);
        assertThat(fake.sessions()).isZero();
    }

    private int statusWith(String token) throws Exception {
        HttpClient outside = HttpClient.newBuilder().sslContext(Trust.of(server, Optional.of(fake.caFile())).context()).build();
        URI uri = URI.create("https://127.0.0.1:" + fake.port() + "/redfish/v1/Systems");
        return outside.send(HttpRequest.newBuilder(uri).header("X-Auth-Token", token).build(), BodyHandlers.discarding()).statusCode();
    }
}
