package org.serverconsole.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Received;

class RfbHandshakePropertiesTest {

    private static final byte[] ACCEPTED = concat("RFB 003.008\n".getBytes(StandardCharsets.US_ASCII), new byte[] {1, 1, 0, 0, 0, 0});

    @Property(tries = 5000)
    void anythingAServerSendsEitherOpensTheConsoleOrIsAnRfbException(
            @ForAll("conversations") List<byte[]> chunks, @ForAll boolean withPassword) {
        Conversation attempt = new Conversation(withPassword ? Secret.of("s3cret!!") : Secret.NONE);

        attempt.receive(chunks);
        boolean finished = attempt.done.isDone();
        attempt.channel.finishAndReleaseAll();

        assertThat(attempt.done.isDone()).isTrue();
        if (!attempt.done.isSuccess()) {
            assertThat(attempt.done.cause()).isInstanceOf(RfbException.class);
            assertThat(attempt.done.cause().getMessage()).hasSizeLessThan(300).matches("[ -~]+");
            assertThat(attempt.channel.isOpen()).as("open after %s", finished).isFalse();
        }
        assertThat(attempt.received).allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Property(tries = 1000)
    void nothingBehindAnAcceptedHandshakeIsLost(
            @ForAll @Size(max = 3000) byte[] early, @ForAll @IntRange(min = 1, max = 400) int chunk) {
        byte[] all = concat(ACCEPTED, early);
        Conversation attempt = new Conversation(Secret.NONE);
        List<byte[]> chunks = new ArrayList<>();
        for (int start = 0; start < all.length; start += chunk) {
            chunks.add(Arrays.copyOfRange(all, start, Math.min(all.length, start + chunk)));
        }
        int handshake = (ACCEPTED.length + chunk - 1) / chunk;

        attempt.receive(chunks.subList(0, handshake));
        assertThat(attempt.done.isSuccess()).isTrue();
        Received next = Received.from(attempt.channel);
        attempt.receive(chunks.subList(handshake, chunks.size()));

        assertThat(next.bytes()).isEqualTo(early);
        attempt.channel.finishAndReleaseAll();
    }

    @Property(tries = 2000)
    void nothingAStrangerSendsPassesTheServersHandshake(@ForAll("conversations") List<byte[]> chunks) {
        AtomicBoolean passed = new AtomicBoolean();
        EmbeddedChannel channel = new EmbeddedChannel(
                new RfbServerHandshake(Secret.of("s3cret!!"), new SecureRandom(), () -> passed.set(true)));

        for (byte[] chunk : chunks) {
            if (channel.isOpen()) {
                channel.writeInbound(Unpooled.copiedBuffer(chunk));
            }
        }

        assertThat(passed).isFalse();
        channel.finishAndReleaseAll();
    }

    /** Pieces that a server may well send, in any order and number, between random ones. */
    @Provide
    Arbitrary<List<byte[]>> conversations() {
        Arbitrary<byte[]> likely = Arbitraries.of(
                text("RFB 003.008\n"), text("RFB 003.007\n"), text("RFB 003.003\n"), text("RFB 003.889\n"), text("RFB 00"),
                new byte[] {0}, new byte[] {1, 1}, new byte[] {1, 2}, new byte[] {3, 2, 1, 19}, new byte[] {2},
                new byte[] {0, 2}, new byte[] {0, 2, 0, 0, 1, 2}, new byte[] {1, 0, 0, 1, 2}, new byte[] {1, 0, 0, 0, 2},
                new byte[] {0, 0, 0, 0}, new byte[] {0, 0, 0, 1}, new byte[] {0, 0, 0, 2}, new byte[16], new byte[] {-1, -1, -1, -1},
                text("\0\0\0\5no\u009b\r\n"), new byte[2000]);
        Arbitrary<byte[]> random = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
        Arbitrary<List<byte[]>> any = Arbitraries.oneOf(likely, random).list().ofMaxSize(8);
        return Arbitraries.oneOf(any, any.map(RfbHandshakePropertiesTest::afterABanner));
    }

    private static List<byte[]> afterABanner(List<byte[]> chunks) {
        List<byte[]> conversation = new ArrayList<>(chunks);
        conversation.add(0, text("RFB 003.008\n"));
        return conversation;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    /** One handshake over a channel without a network. */
    private static final class Conversation {

        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final Promise<Channel> done = channel.eventLoop().newPromise();
        private final List<ByteBuf> received = new ArrayList<>();

        Conversation(Secret password) {
            channel.config().setAutoRead(false);
            RfbTarget target = RfbTarget.at("server", 5900).withPassword(password);
            channel.pipeline().addLast(new RfbClientHandshake(target, new Attempt(target.peer(), done)));
            channel.pipeline().fireChannelActive();
        }

        void receive(List<byte[]> chunks) {
            for (byte[] chunk : chunks) {
                if (channel.isOpen()) {
                    ByteBuf buffer = Unpooled.buffer(chunk.length + 1).writeBytes(chunk);
                    received.add(buffer);
                    channel.writeInbound(buffer);
                }
            }
        }
    }
}
