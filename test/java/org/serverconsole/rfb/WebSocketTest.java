package org.serverconsole.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.fake.ServerWebSocket;
import org.serverconsole.fake.ServerWebSocket.Frame;
import org.serverconsole.rfb.RfbException.Reason;
import org.serverconsole.rfb.Transport.WebSocket;

class WebSocketTest extends ScriptedServerFixture {

    private static final WebSocket KVM = WebSocket.at("/kvm/0", false);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bytesGoThroughBinaryFrames(boolean encrypted) throws Exception {
        byte[] bytes = random(300_000);
        CompletableFuture<byte[]> heard = new CompletableFuture<>();
        CompletableFuture<Integer> longest = new CompletableFuture<>();
        serve(encrypted, viewer -> {
            ServerWebSocket web = ServerWebSocket.accepted(viewer).openConsole();
            heard.complete(web.hear(bytes.length));
            longest.complete(web.longest());
            web.say(bytes);
        });

        Channel channel = connector.connect(target(encrypted), LONG);
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));

        assertThat(heard.get()).isEqualTo(bytes);
        assertThat(longest.get()).isEqualTo(1024);
        assertThat(received(channel, bytes.length)).isEqualTo(bytes);
    }

    @Test
    void theRequestSaysWhatTheTargetSaysAndNoMore() throws Exception {
        CompletableFuture<ServerWebSocket> asked = new CompletableFuture<>();
        serve(viewer -> {
            ServerWebSocket web = ServerWebSocket.accepted(viewer);
            asked.complete(web);
            web.openConsole();
        });
        WebSocket transport = KVM.withQuery(Secret.of("port=5900&vncticket=PVEVNC%3A65%2B")).withHeader("X-Auth-Token", Secret.of("t0ken"))
                .withHeader("Cookie", Secret.of("BMCWEB-SESSION=abc")).withSubprotocol(Secret.of("xsrf"));

        connector.connect(target().over(transport), LONG).close();

        assertThat(asked.get().requestLine()).isEqualTo("GET /kvm/0?port=5900&vncticket=PVEVNC%3A65%2B HTTP/1.1");
        assertThat(asked.get().headers())
                .containsEntry("Host", "127.0.0.1:" + server.port())
                .containsEntry("X-Auth-Token", "t0ken")
                .containsEntry("Cookie", "BMCWEB-SESSION=abc")
                .containsEntry("Sec-WebSocket-Protocol", "binary, xsrf")
                .containsEntry("Sec-WebSocket-Version", "13")
                .doesNotContainKey("Origin");
    }

    @ParameterizedTest
    @CsvSource({"Sec-WebSocket-Protocol: binary, true", "X-None: x, true", "Sec-WebSocket-Protocol: base64, false"})
    void aSubprotocolNeedNotBeChosenButMustHaveBeenOffered(String line, boolean fine) throws Exception {
        serve(viewer -> {
            ServerWebSocket web = ServerWebSocket.asked(viewer);
            viewer.say(web.consent(line));
            web.openConsole();
        });

        if (fine) {
            assertThat(connector.connect(target(false), LONG).isOpen()).isTrue();
        } else {
            assertThat(failure(target(false), LONG, Reason.PROTOCOL)).contains("a subprotocol that was not offered");
        }
    }

    @Test
    void messagesInPiecesWithPingsBetweenAreOneStream() throws Exception {
        byte[] bytes = random(1 << 20);
        CompletableFuture<Frame> pong = new CompletableFuture<>();
        serve(viewer -> {
            ServerWebSocket web = ServerWebSocket.accepted(viewer).openConsole();
            for (int at = 0; at < bytes.length; at += 4096) {
                int opcode = at % 16384 == 0 ? ServerWebSocket.BINARY : ServerWebSocket.CONTINUATION;
                web.say(opcode, at % 16384 == 12288, Arrays.copyOfRange(bytes, at, at + 4096));
                if (at == 4096) {
                    web.say(ServerWebSocket.PING, true, "there?".getBytes(StandardCharsets.US_ASCII));
                }
            }
            pong.complete(web.hearFrame());
        });

        Channel channel = connector.connect(target(false), LONG);

        assertThat(received(channel, bytes.length)).isEqualTo(bytes);
        assertThat(pong.get().opcode()).isEqualTo(ServerWebSocket.PONG);
        assertThat(pong.get().payload()).asString().isEqualTo("there?");
    }

    @Test
    void aPingIsAnsweredWhileNothingElseComes() throws Exception {
        CompletableFuture<Frame> pong = new CompletableFuture<>();
        serve(viewer -> {
            ServerWebSocket web = ServerWebSocket.accepted(viewer).openConsole();
            web.say(ServerWebSocket.PING, true, new byte[0]);
            pong.complete(web.hearFrame());
            web.say("after");
        });

        assertThat(received(connector.connect(target(false), LONG), 5)).asString().isEqualTo("after");
        assertThat(pong.get().opcode()).isEqualTo(ServerWebSocket.PONG);
    }

    @Test
    void whatComesRightBehindTheConsentIsKept() throws Exception {
        serve(viewer -> {
            ServerWebSocket web = ServerWebSocket.asked(viewer);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(web.consent().getBytes(StandardCharsets.US_ASCII));
            all.writeBytes(ServerWebSocket.frame(ServerWebSocket.BINARY, true, "RFB 003.008\n".getBytes(StandardCharsets.US_ASCII)));
            viewer.say(all.toByteArray());
            web.hear(12);
            web.say(new byte[] {1, 1}).hear(1);
            // SecurityResult and what nobody has asked for yet: one frame, and another in the same segment.
            all.reset();
            all.writeBytes(ServerWebSocket.frame(ServerWebSocket.BINARY, true, new byte[] {0, 0, 0, 0, 'a', 'f'}));
            all.writeBytes(ServerWebSocket.frame(ServerWebSocket.BINARY, true, "ter".getBytes(StandardCharsets.US_ASCII)));
            viewer.say(all.toByteArray());
        });

        assertThat(received(connector.connect(target(false), LONG), 5)).asString().isEqualTo("after");
    }

    @ParameterizedTest
    @CsvSource({"401 Unauthorized, REJECTED_PASSWORD", "403 Forbidden, REJECTED_PASSWORD", "503 Service Unavailable, BUSY",
        "429 Too Many Requests, BUSY", "404 Not Found, UNSUPPORTED_SECURITY", "502 Bad Gateway, UNREACHABLE", "302 Found, PROTOCOL",
        "200 OK, PROTOCOL", "500 Oops, PROTOCOL", "100 Continue, PROTOCOL"})
    void everyAnswerButConsentIsARefusal(String status, Reason reason) throws Exception {
        serve(viewer -> {
            ServerWebSocket.asked(viewer);
            viewer.say("HTTP/1.1 " + status + "\r\nLocation: http://127.0.0.1/\r\nContent-Length: 9999\r\n\r\n");
        });

        assertThat(failure(target(false), LONG, reason)).contains("ws://127.0.0.1:" + server.port() + "/kvm/0 answers " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: bm9ib2R5\r\n\r\n",
        "RFB 003.008\n\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "\0\0\0\0\r\n\r\n"})
    void whatIsNoWebSocketIsNamed(String answer) throws Exception {
        serve(viewer -> {
            ServerWebSocket.asked(viewer);
            viewer.say(answer);
        });

        failure(target(false), LONG, Reason.PROTOCOL);
    }

    @ParameterizedTest
    @CsvSource({"1008, Max sessions are already connected, BUSY", "1011, Internal error, UNREACHABLE", "1000, '', UNREACHABLE"})
    void aServerThatClosesTheWebSocketSaysWhy(int status, String words, Reason reason) throws Exception {
        serve(viewer -> ServerWebSocket.accepted(viewer).sayClose(status, words));

        assertThat(failure(target(false), LONG, reason)).contains("closed the WebSocket with status " + status).endsWith(words);
    }

    @Test
    void aClosedWebSocketClosesTheChannelOnceAllIsRead() throws Exception {
        serve(viewer -> {
            ServerWebSocket web = ServerWebSocket.accepted(viewer).openConsole();
            web.hear(1);
            web.say("last words").sayClose(1000, "");
        });

        Channel channel = connector.connect(target(false), LONG);
        Received received = Received.from(channel);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));

        await().until(received::closed);
        assertThat(received.bytes()).asString().isEqualTo("last words");
    }

    @Test
    void closingTheChannelSaysFarewell() throws Exception {
        CompletableFuture<Frame> farewell = new CompletableFuture<>();
        serve(viewer -> farewell.complete(ServerWebSocket.accepted(viewer).openConsole().hearFrame()));

        connector.connect(target(false), LONG).close();

        assertThat(farewell.get().opcode()).isEqualTo(ServerWebSocket.CLOSE);
        await().until(() -> server.connected() == 0);
    }

    @Test
    void textIsRefused() throws Exception {
        serve(viewer -> ServerWebSocket.accepted(viewer)
                .say(ServerWebSocket.TEXT, true, "UkZCIDAwMy4wMDgK".getBytes(StandardCharsets.US_ASCII)));

        assertThat(failure(target(false), LONG, Reason.PROTOCOL)).contains("sends text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00 00 00 00 00 20 00 00", "00 00 00 ff ff ff ff ff", "ff ff ff ff ff ff ff ff"})
    void aFrameOfMoreThanAMebibyteIsRefused(String length) throws Exception {
        serve(viewer -> {
            ServerWebSocket.accepted(viewer);
            viewer.say(0x82, 127);
            for (String octet : length.split(" ")) {
                viewer.say(Integer.parseInt(octet, 16));
            }
            flood(viewer);
        });

        failure(target(false), LONG, Reason.PROTOCOL);
        assertThat(server.sent()).isLessThan(64L << 20);
    }

    @Test
    void endlessHeadersAreRefused() throws Exception {
        serve(viewer -> {
            ServerWebSocket.asked(viewer);
            viewer.say("HTTP/1.1 101 Switching Protocols\r\nX-Endless: ");
            flood(viewer);
        });

        failure(target(false), LONG, Reason.PROTOCOL);
        assertThat(server.sent()).isLessThan(64L << 20);
    }

    @Test
    void aServerThatNeverAnswersIsATimeout() throws Exception {
        serve(viewer -> { });

        assertThat(failure(target(false), SHORT, Reason.TIMEOUT)).contains("its answer to the request for a WebSocket");
    }

    @Test
    void pongsThatNobodyReadsDoNotPileUp() throws Exception {
        byte[] ping = ServerWebSocket.frame(ServerWebSocket.PING, true, new byte[125]);
        byte[] pings = new byte[ping.length * 512];
        for (int at = 0; at < pings.length; at += ping.length) {
            System.arraycopy(ping, 0, pings, at, ping.length);
        }
        CountDownLatch looked = new CountDownLatch(1);
        serve(viewer -> {
            ServerWebSocket web = ServerWebSocket.accepted(viewer).openConsole();
            for (int i = 0; i < 250; i++) {
                viewer.say(pings);
            }
            web.say("done");
            // It reads what has piled up as soon as it has nothing else to do.
            looked.await();
        });

        Channel channel = connector.connect(target(false), LONG);
        Received received = Received.from(channel);
        // 16 MB of them, more than the sockets hold, take a busy machine a while.
        await().atMost(LONG).until(() -> received.bytes().length == 4);

        // What may wait before a channel is no longer writable, and one pong more.
        long pending = channel.eventLoop().submit(() -> channel.unsafe().outboundBuffer().totalPendingWriteBytes()).get();
        looked.countDown();
        assertThat(pending).isLessThan(channel.config().getWriteBufferHighWaterMark() + 1024L);
    }

    @Test
    void noFailureShowsASecretOfTheRequest() throws Exception {
        serve(viewer -> {
            ServerWebSocket web = ServerWebSocket.asked(viewer);
            viewer.say(web.consent("Sec-WebSocket-Protocol: other"));
        });
        RfbTarget target = target().over(KVM.withQuery(Secret.of("ticket=s3cret")).withHeader("Cookie", Secret.of("SESSION=s3cret"))
                .withSubprotocol(Secret.of("s3cret-xsrf")));

        assertThat(failure(target, LONG, Reason.PROTOCOL)).doesNotContain("s3cret");
        assertThat(target.toString()).doesNotContain("s3cret");
        assertThatThrownBy(() -> KVM.withQuery(Secret.of("s3cret ticket"))).hasMessageNotContaining("s3cret");
    }

    private void serve(boolean encrypted, ScriptedRfbServer.Script script) throws IOException {
        if (encrypted) {
            serveOverTls(script);
        } else {
            serve(script);
        }
    }

    private RfbTarget target(boolean encrypted) throws Exception {
        return encrypted ? target().trusting(trust(certificate)).over(WebSocket.at("/kvm/0", true)) : target().over(KVM);
    }

    private void flood(ScriptedRfbServer.Viewer viewer) throws IOException {
        byte[] flood = "y".repeat(65536).getBytes(StandardCharsets.US_ASCII);
        while (server.sent() < 1L << 30) {
            viewer.say(flood);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
