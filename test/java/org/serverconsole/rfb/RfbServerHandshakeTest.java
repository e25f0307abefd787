package org.serverconsole.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.VncViewer;

class RfbServerHandshakeTest {

    private static final Secret PASSWORD = Secret.of("oneTime8");

    private Received received;
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new RfbServerHandshake(PASSWORD, new SecureRandom(), this::passed));

    private void passed() {
        received = Received.from(channel);
    }

    @Test
    void whoKnowsThePasswordPasses() {
        byte[] challenge = challenge();

        send(VncViewer.response("oneTime8", challenge));

        assertThat(sent()).containsExactly(0, 0, 0, 0);
        assertThat(received).isNotNull();
        assertThat(channel.pipeline().get(RfbServerHandshake.class)).isNull();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whatComesBehindTheResponseIsKept() {
        ByteBuf both = Unpooled.copiedBuffer(VncViewer.response("oneTime8", challenge()), new byte[] {1, 5});

        channel.writeInbound(both);

        assertThat(received.bytes()).containsExactly(1, 5);
    }

    @Test
    void whoDoesNotKnowThePasswordIsToldAndThrownOut() {
        send(VncViewer.response("oneTime9", challenge()));

        assertThat(sent()).asString().isEqualTo("\0\0\0\1\0\0\0\25Authentication failed");
        assertThat(received).isNull();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void everyChallengeIsAnother() {
        EmbeddedChannel second = new EmbeddedChannel(new RfbServerHandshake(PASSWORD, new SecureRandom(), () -> { }));

        assertThat(challenge()).hasSize(16).isNotEqualTo(challenge(second));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RFB 003.003\n", "RFB 003.007\n", "GET / HTTP/1"})
    void onlyVersion38IsSpoken(String version) {
        send(version.getBytes(StandardCharsets.US_ASCII));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void securityTypeNoneIsNotToBeHad() {
        send("RFB 003.008\n".getBytes(StandardCharsets.US_ASCII));
        send(new byte[] {1, 1});

        assertThat(received).isNull();
        assertThat(channel.isOpen()).isFalse();
    }

    private byte[] challenge() {
        return challenge(channel);
    }

    private static byte[] challenge(EmbeddedChannel channel) {
        assertThat(sent(channel)).asString().isEqualTo("RFB 003.008\n");
        channel.writeInbound(Unpooled.copiedBuffer("RFB 003.008\n", StandardCharsets.US_ASCII));
        assertThat(sent(channel)).containsExactly(1, 2);
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {2}));
        return sent(channel);
    }

    private void send(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }

    private byte[] sent() {
        return sent(channel);
    }

    private static byte[] sent(EmbeddedChannel channel) {
        ByteBuf buffer = channel.readOutbound();
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        buffer.release();
        return bytes;
    }
}
