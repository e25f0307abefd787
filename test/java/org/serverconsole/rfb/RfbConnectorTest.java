package org.serverconsole.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.fake.VncViewer;
import org.serverconsole.rfb.RfbException.Reason;

@Timeout(60)
class RfbConnectorTest {

    private static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Secret PASSWORD = Secret.of("s3cret!!");
    private static final byte[] CHALLENGE = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    private final RfbConnector connector = RfbConnector.on(GROUP);
    private ScriptedRfbServer server;

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @AfterAll
    static void shutDown() {
        GROUP.shutdownGracefully();
    }

    @ParameterizedTest
    @CsvSource({"003.003, 3", "003.004, 3", "003.006, 3", "003.007, 7", "003.008, 8", "003.889, 8", "004.001, 8", "005.000, 8"})
    void everyVersionIsAnsweredByWhatItSpeaks(String announced, int minor) throws Exception {
        serve(viewer -> {
            viewer.say("RFB " + announced + "\n");
            assertAnswer(viewer.hear(12), "RFB 003.00" + minor + "\n");
            if (minor == 3) {
                viewer.say(0, 0, 0, 2);
            } else {
                viewer.say(3, 5, 2, 16);
                assertAnswer(viewer.hear(1), "\2");
            }
            viewer.say(CHALLENGE);
            viewer.say(0, 0, 0, Unpooled.wrappedBuffer(viewer.hear(16))
                    .equals(Unpooled.wrappedBuffer(VncViewer.response(PASSWORD.reveal(), CHALLENGE))) ? 0 : 1);
            viewer.say("after");
        });

        assertThat(received(connect(PASSWORD, LONG), 5)).asString().isEqualTo("after");
    }

    private static void assertAnswer(byte[] heard, String expected) throws IOException {
        if (!new String(heard).equals(expected)) {
            throw new IOException("heard " + new String(heard));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s3cret!!"})
    void noneIsTakenWhereNothingElseIsOffered(String password) throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(2, 16, 1);
            assertAnswer(viewer.hear(1), "\1");
            viewer.say(0, 0, 0, 0).say("after");
        });

        assertThat(received(connect(Secret.of(password), LONG), 5)).asString().isEqualTo("after");
    }

    @ParameterizedTest
    @CsvSource({"s3cret!!, 2", "'', 1"})
    void thePasswordIsUsedWhereThereIsOne(String password, int chosen) throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(2, 1, 2);
            if (viewer.hear(1)[0] != chosen) {
                viewer.hangUp();
            } else if (chosen == 2) {
                viewer.say(CHALLENGE).hear(16);
            }
            viewer.say(0, 0, 0, 0);
        });

        assertThat(connect(Secret.of(password), LONG).isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"003.003", "003.007"})
    void oldVersionsSendNoResultForNone(String version) throws Exception {
        serve(viewer -> {
            viewer.say("RFB " + version + "\n").hear(12);
            if (version.equals("003.003")) {
                viewer.say(0, 0, 0, 1);
            } else {
                viewer.say(1, 1).hear(1);
            }
            if (viewer.hear(1)[0] == 1) {
                viewer.say("after");
            }
        });

        Channel channel = connect(Secret.NONE, LONG);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        assertThat(received(channel, 5)).asString().isEqualTo("after");
    }

    @Test
    void theChannelIsHandedOverWithNothingOfTheHandshakeLeft() throws Exception {
        serve(ScriptedRfbServer.console("s3cret!!"));

        SocketChannel channel = (SocketChannel) connect(PASSWORD, LONG);

        assertThat(channel.pipeline().toMap().values()).hasOnlyElementsOfType(HeldBytes.class);
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(channel.config().isTcpNoDelay()).isTrue();
        assertThat(channel.config().isKeepAlive()).isTrue();
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        assertThat(received(channel, ScriptedRfbServer.serverInit().length)).isEqualTo(ScriptedRfbServer.serverInit());
        assertThat(channel.pipeline().toMap().values()).hasOnlyElementsOfType(Received.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 3_000, 300_000})
    void whatComesBehindTheResultIsKeptForWhoReadsNext(int length) throws Exception {
        byte[] early = new byte[length];
        new Random(7).nextBytes(early);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(new byte[] {0, 0, 0, 0});
        all.writeBytes(early);
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(1, 2).hear(1);
            viewer.say(CHALLENGE).hear(16);
            viewer.say(all.toByteArray());
        });

        Channel channel = connect(PASSWORD, LONG);

        assertThat(received(channel, length)).isEqualTo(early);
        assertThat(channel.pipeline().get(HeldBytes.class)).isNull();
    }

    @Test
    void aWrongPasswordIsNamedWithTheServersWordsInOnePrintableLine() throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(1, 2).hear(1);
            viewer.say(CHALLENGE).hear(16);
            viewer.say(0, 0, 0, 1).sayText("Wrong \u001b[31m\u00e9password\nsecond line").hangUp();
        });

        assertThat(failure(PASSWORD, LONG, Reason.REJECTED_PASSWORD))
                .isEqualTo("127.0.0.1:" + server.port() + " refuses the password: Wrong ?[31m?password");
    }

    @Test
    void aRefusalWithoutTheReasonItOwesIsARefusal() throws Exception {
        ScriptedRfbServer.Script refuse = viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(1, 2).hear(1);
            viewer.say(CHALLENGE).hear(16);
            viewer.say(0, 0, 0, 1).say(0, 0, 0, 30).say("half");
        };
        serve(viewer -> {
            refuse.play(viewer);
            viewer.hangUp();
        });
        assertThat(failure(PASSWORD, LONG, Reason.REJECTED_PASSWORD)).endsWith("refuses the password: half");

        server.close();
        serve(refuse);
        failure(PASSWORD, SHORT, Reason.REJECTED_PASSWORD);
    }

    @Test
    void version37RefusesWithoutAReason() throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.007\n").hear(12);
            viewer.say(1, 2).hear(1);
            viewer.say(CHALLENGE).hear(16);
            viewer.say(0, 0, 0, 1);
        });

        failure(PASSWORD, LONG, Reason.REJECTED_PASSWORD);
    }

    @ParameterizedTest
    @CsvSource({"Too many security failures, BUSY", "Server is already in use, BUSY", "No configured security type, PROTOCOL",
        "'', PROTOCOL"})
    void aServerThatOffersNothingIsBusyOrNotByItsWords(String words, Reason reason) throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(0).sayText(words);
        });

        assertThat(failure(PASSWORD, LONG, reason)).contains(words);
    }

    @Test
    void tigerVncsBlacklistIsBusy() throws Exception {
        // It says all of this at once and does not wait for an answer.
        serve(viewer -> {
            viewer.say("RFB 003.003\n\0\0\0\0\0\0\0\32Too many security failures").hangUp();
        });

        assertThat(failure(PASSWORD, LONG, Reason.BUSY)).endsWith("Too many security failures");
    }

    @Test
    void theThirdResultOfTightVncIsBusy() throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.003\n").hear(12);
            viewer.say(0, 0, 0, 2).say(CHALLENGE).hear(16);
            viewer.say(0, 0, 0, 2);
        });

        failure(PASSWORD, LONG, Reason.BUSY);
    }

    @Test
    void tooManyFailuresAreBusyRatherThanAWrongPassword() throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(1, 2).hear(1);
            viewer.say(CHALLENGE).hear(16);
            viewer.say(0, 0, 0, 1).sayText("Too many authentication failures");
        });

        failure(PASSWORD, LONG, Reason.BUSY);
    }

    @Test
    void typesThatAreNotSpokenAreNamed() throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(4, 16, 18, 30, 200);
        });

        assertThat(failure(PASSWORD, LONG, Reason.UNSUPPORTED_SECURITY)).contains("Tight, TLS, Apple (30), type 200");
    }

    @Test
    void aTypeThatVersion33DecidesForIsNamed() throws Exception {
        serve(viewer -> viewer.say("RFB 003.003\n").say(0, 0, 0, 17));

        assertThat(failure(PASSWORD, LONG, Reason.UNSUPPORTED_SECURITY)).contains("Ultra");
    }

    @ParameterizedTest
    @ValueSource(strings = {"003.003", "003.008"})
    void aServerThatWantsAPasswordWhereThereIsNoneSaysSo(String version) throws Exception {
        serve(viewer -> {
            viewer.say("RFB " + version + "\n").hear(12);
            viewer.say(version.equals("003.003") ? new byte[] {0, 0, 0, 2} : new byte[] {2, 2, 16});
        });

        assertThat(failure(Secret.NONE, LONG, Reason.REJECTED_PASSWORD)).contains("asks for a password, but there is none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "hi", "RFB 3.8\nRFB 3.8\n", "RFB 00a.008\n",
        "RFB 000.000\n", "\0\0\0\0"})
    void whatIsNotRfbIsNamedAtOnce(String greeting) throws Exception {
        serve(viewer -> viewer.say(greeting));

        failure(PASSWORD, LONG, Reason.PROTOCOL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "RFB 003.008", "RFB 003.008\n"})
    void aBannerWithoutEndIsNotReadOn(String begin) throws Exception {
        byte[] flood = "y".repeat(65536).getBytes();
        serve(viewer -> {
            viewer.say(begin);
            while (viewer.say(flood) != null && server.sent() < 1L << 32) {
                viewer.pause(Duration.ZERO);
            }
        });

        RfbException failure = catchThrowableOfType(RfbException.class, () -> connect(PASSWORD, LONG));
        assertThat(failure.reason()).isIn(Reason.PROTOCOL, Reason.UNSUPPORTED_SECURITY);
        assertThat(failure.getMessage()).hasSizeLessThan(250);
        await().until(() -> server.connected() == 0);
        assertThat(server.sent()).isLessThan(64L << 20);
    }

    @Test
    void aResultThatIsNeitherYesNorNoIsAProtocolError() throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(1, 1).hear(1);
            viewer.say(7, 7, 7, 7);
        });

        failure(PASSWORD, LONG, Reason.PROTOCOL);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReasonOfFourGigabytesIsNotReadToItsEnd(boolean atOffer) throws Exception {
        byte[] flood = "y".repeat(65536).getBytes();
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            if (atOffer) {
                viewer.say(0);
            } else {
                viewer.say(1, 1).hear(1);
                viewer.say(0, 0, 0, 1);
            }
            viewer.say(255, 255, 255, 255);
            while (viewer.say(flood) != null && server.sent() < 1L << 32) {
                viewer.pause(Duration.ZERO);
            }
        });

        assertThat(failure(PASSWORD, LONG, Reason.PROTOCOL)).endsWith("y".repeat(160)).hasSizeLessThan(250);
        await().until(() -> server.connected() == 0);
        assertThat(server.sent()).isLessThan(64L << 20);
    }

    @Test
    void aSilentServerIsATimeout() throws Exception {
        serve(viewer -> { });

        assertThat(failure(PASSWORD, SHORT, Reason.TIMEOUT)).contains("its banner");
    }

    @Test
    void aServerThatDripsIsATimeout() throws Exception {
        serve(viewer -> {
            for (byte b : "RFB 003.008\n".getBytes()) {
                viewer.say(b);
                viewer.pause(Duration.ofMillis(150));
            }
        });

        assertThat(failure(PASSWORD, SHORT, Reason.TIMEOUT)).contains("its banner");
    }

    @Test
    void aServerThatStopsHalfWayIsATimeout() throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(1, 2).hear(1);
        });

        assertThat(failure(PASSWORD, SHORT, Reason.TIMEOUT)).contains("its challenge");
    }

    @Test
    void aPortThatAnswersNoConnectionIsATimeout() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket first = new Socket(); Socket second = new Socket()) {
            first.connect(full.getLocalSocketAddress());
            second.connect(full.getLocalSocketAddress());

            RfbException failure = catchThrowableOfType(RfbException.class,
                    () -> connector.connect("127.0.0.1", full.getLocalPort(), PASSWORD, SHORT));

            assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(failure).hasMessageContaining("the connection");
        }
    }

    @Test
    void aDeadPortIsUnreachable() throws Exception {
        // Which nobody else can take meanwhile.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

            RfbException failure = catchThrowableOfType(RfbException.class,
                    () -> connector.connect("127.0.0.1", bound.getLocalPort(), PASSWORD, LONG));

            assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(failure).hasMessageContainingAll("127.0.0.1:" + bound.getLocalPort(), "refused");
        }
    }

    @Test
    void aServerThatHangsUpIsUnreachable() throws Exception {
        serve(ScriptedRfbServer.Viewer::hangUp);
        assertThat(failure(PASSWORD, LONG, Reason.UNREACHABLE)).contains("before it sent its banner");

        server.close();
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.reset();
        });
        assertThat(failure(PASSWORD, LONG, Reason.UNREACHABLE)).contains("before it sent its security types");
    }

    @Test
    void anInterruptEndsTheConnection() throws Exception {
        serve(viewer -> { });
        FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
            try {
                connect(PASSWORD, LONG);
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        Thread caller = new Thread(interrupted);
        caller.start();
        await().until(() -> server.connected() == 1);

        caller.interrupt();

        assertThat(interrupted.get()).isTrue();
        await().until(() -> server.connected() == 0);
    }

    @Test
    void noFailureShowsThePassword() throws Exception {
        serve(viewer -> {
            viewer.say("RFB 003.008\n").hear(12);
            viewer.say(1, 2).hear(1);
            viewer.say(CHALLENGE).hear(16);
            viewer.say(0, 0, 0, 1).sayText("no");
        });

        RfbException failure = catchThrowableOfType(RfbException.class, () -> connect(PASSWORD, LONG));

        assertThat(failure).message().doesNotContain(PASSWORD.reveal());
    }

    private void serve(ScriptedRfbServer.Script script) throws IOException {
        server = ScriptedRfbServer.playing(script);
    }

    private Channel connect(Secret password, Duration deadline) throws Exception {
        return connector.connect("127.0.0.1", server.port(), password, deadline);
    }

    /** The message of the failure to connect, after which nothing is left open. */
    private String failure(Secret password, Duration deadline, Reason reason) {
        RfbException failure = catchThrowableOfType(RfbException.class, () -> connect(password, deadline));
        assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
        await().until(() -> server.connected() == 0);
        return failure.getMessage();
    }

    private static byte[] received(Channel channel, int length) {
        Received received = Received.from(channel);
        await().until(() -> received.bytes().length >= length);
        channel.close();
        return received.bytes();
    }
}
