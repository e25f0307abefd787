package org.serverconsole.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Received;
import org.serverconsole.parts.TigerVnc;
import org.serverconsole.parts.Websockify;
import org.serverconsole.rfb.RfbException.Reason;

/** Through a real websockify to a real TigerVNC. */
class WebSocketIT extends ScriptedServerFixture {

    private static final String PASSWORD = "s3cret!!";
    private static final int SCREEN = 1024 * 768 * 4;

    @TempDir
    Path workDir;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWholeScreenComesThroughIt(boolean encrypted) throws Exception {
        try (TigerVnc vnc = TigerVnc.start(workDir, PASSWORD);
                Websockify web = Websockify.start(workDir, vnc.port(), encrypted ? Optional.of(certificate) : Optional.empty())) {
            Channel channel = connector.connect(target(web, encrypted).withPassword(Secret.of(PASSWORD)), LONG);
            Received received = Received.from(channel);

            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
            await().until(() -> received.bytes().length >= 24 + 7);
            assertThat(new String(received.bytes(), 24, 7, StandardCharsets.ISO_8859_1)).isEqualTo("console");

            // SetEncodings to Raw alone, then a request for all of the screen (RFC 6143, 7.5.2 and 7.5.3).
            ByteBuf request = Unpooled.buffer().writeBytes(new byte[] {2, 0, 0, 1, 0, 0, 0, 0})
                    .writeBytes(new byte[] {3, 0}).writeShort(0).writeShort(0).writeShort(1024).writeShort(768);
            channel.writeAndFlush(request);
            await().until(() -> received.bytes().length >= 24 + 7 + SCREEN);
            channel.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWrongPasswordIsNamedThroughIt(boolean encrypted) throws Exception {
        try (TigerVnc vnc = TigerVnc.start(workDir, PASSWORD);
                Websockify web = Websockify.start(workDir, vnc.port(), encrypted ? Optional.of(certificate) : Optional.empty())) {
            RfbTarget target = target(web, encrypted).withPassword(Secret.of("wrong"));

            assertThat(refusal(target).reason()).isEqualTo(Reason.REJECTED_PASSWORD);
        }
    }

    private RfbException refusal(RfbTarget target) {
        return catchThrowableOfType(RfbException.class, () -> connector.connect(target, LONG));
    }

    private static RfbTarget target(Websockify web, boolean encrypted) throws Exception {
        RfbTarget target = RfbTarget.at("127.0.0.1", web.port()).trusting(trust(certificate));
        return target.over(Transport.WebSocket.at("/websockify", encrypted));
    }
}
