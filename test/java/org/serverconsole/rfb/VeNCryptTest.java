package org.serverconsole.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.fake.ScriptedRfbServer.Viewer;
import org.serverconsole.fake.VncViewer;
import org.serverconsole.rfb.RfbException.Reason;

/** VeNCrypt and raw TLS before a server that follows a script; real servers are met in {@link VeNCryptIT}. */
class VeNCryptTest extends ScriptedServerFixture {

    private static final Secret PASSWORD = Secret.of("s3cret!!");
    private static final byte[] CHALLENGE = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @ParameterizedTest
    @ValueSource(ints = {258, 261})
    void thePasswordIsShownWithinTls(int subtype) throws Exception {
        serve(viewer -> {
            agree(viewer, subtype);
            viewer.say(CHALLENGE);
            viewer.say(0, 0, 0, Arrays.equals(viewer.hear(16), VncViewer.response("s3cret!!", CHALLENGE)) ? 0 : 1).say("after");
        });

        assertThat(received(connector.connect(trusting().withPassword(PASSWORD), LONG), 5)).asString().isEqualTo("after");
    }

    @ParameterizedTest
    @CsvSource({"262, true", "259, true", "256, true", "262, false", "259, false", "256, false"})
    void anAccountIsShownToWhoHasACertificateOrWhenTold(int subtype, boolean toAnyone) throws Exception {
        CompletableFuture<String> account = new CompletableFuture<>();
        serve(viewer -> {
            agree(viewer, subtype);
            int username = lastOf(viewer.hear(4));
            int password = lastOf(viewer.hear(4));
            account.complete(new String(viewer.hear(username), StandardCharsets.UTF_8) + "/"
                    + new String(viewer.hear(password), StandardCharsets.UTF_8));
            viewer.say(0, 0, 0, 0).say("after");
        });
        RfbTarget target = trusting().withAccount("j\u00fcrgen", Secret.of("pa\u00dfwort, longer than 8"));

        if (toAnyone || subtype == 262) {
            Channel channel = connector.connect(toAnyone ? target.withPasswordToAnyone() : target, LONG);
            assertThat(received(channel, 5)).asString().isEqualTo("after");
            assertThat(account.get()).isEqualTo("j\u00fcrgen/pa\u00dfwort, longer than 8");
        } else {
            assertThat(failure(target, LONG, Reason.UNSUPPORTED_SECURITY)).contains("wants the password unprotected");
        }
    }

    @ParameterizedTest
    @CsvSource({"262, '', 'asks for a password'", "261, '', 'asks for a password'", "262, s3cret!!, 'asks for a user name'"})
    void whatIsMissingInTheInventoryIsSaid(int subtype, String password, String message) throws Exception {
        serve(viewer -> offer(viewer, subtype));

        assertThat(failure(trusting().withPassword(Secret.of(password)), LONG, Reason.REJECTED_PASSWORD)).contains(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 260})
    void whatComesBehindTheResultIsKeptWhateverTheRecords(int subtype) throws Exception {
        byte[] early = random(100_000);
        serve(viewer -> {
            agree(viewer, subtype);
            // TLS makes a record of each, and all arrive together.
            viewer.say(0, 0, 0, 0).say(Arrays.copyOf(early, 7)).say(Arrays.copyOfRange(early, 7, early.length));
        });

        assertThat(received(connector.connect(trusting(), LONG), early.length)).isEqualTo(early);
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 260})
    void theFarewellOfTlsClosesTheChannelOnceAllIsRead(int subtype) throws Exception {
        serve(viewer -> {
            agree(viewer, subtype);
            viewer.say(0, 0, 0, 0).hear(1);
            viewer.say("last words").hangUp();
        });

        Channel channel = connector.connect(trusting(), LONG);
        Received received = Received.from(channel);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));

        await().until(received::closed);
        assertThat(received.bytes()).asString().isEqualTo("last words");
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 260})
    void closingTheChannelReachesTheServer(int subtype) throws Exception {
        serve(viewer -> {
            agree(viewer, subtype);
            viewer.say(0, 0, 0, 0);
        });

        connector.connect(trusting(), LONG).close();

        await().until(() -> server.connected() == 0);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0.1", "0, 0, 0.0"})
    void anOldVersionIsNamed(int major, int minor, String named) throws Exception {
        serve(viewer -> {
            chooseVeNCrypt(viewer);
            viewer.say(major, minor);
        });

        assertThat(failure(trusting(), LONG, Reason.UNSUPPORTED_SECURITY)).contains("VeNCrypt " + named);
    }

    @Test
    void aServerThatDoesNotAgreeOnTheVersionIsUnsupported() throws Exception {
        serve(viewer -> {
            chooseVeNCrypt(viewer);
            viewer.say(0, 2).hear(2);
            viewer.say(255);
        });

        failure(trusting(), LONG, Reason.UNSUPPORTED_SECURITY);
    }

    @Test
    void subtypesThatAreNotSpokenAreNamed() throws Exception {
        serve(viewer -> offer(viewer, 264, 263, 0x7fffffff, -1));

        assertThat(failure(trusting(), LONG, Reason.UNSUPPORTED_SECURITY))
                .contains("X509SASL, TLSSASL, type 2147483647, type 4294967295");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 255})
    void noneAnd255SubtypesAreRefused(int count) throws Exception {
        int[] subtypes = new int[count];
        Arrays.fill(subtypes, 9999);
        serve(viewer -> offer(viewer, subtypes));

        failure(trusting(), LONG, Reason.UNSUPPORTED_SECURITY);
    }

    @Test
    void thePlainTypesOfTheListOpenTheConsoleToo() throws Exception {
        serve(viewer -> {
            offer(viewer, 264, 2);
            viewer.hear(4);
            viewer.say(CHALLENGE).hear(16);
            viewer.say(0, 0, 0, 0).say("after");
        });

        assertThat(received(connector.connect(target().withPassword(PASSWORD), LONG), 5)).asString().isEqualTo("after");
    }

    @Test
    void aServerThatCannotDoTheTlsItOffersIsNamed() throws Exception {
        serve(viewer -> {
            offer(viewer, 260);
            viewer.hear(4);
            viewer.say(0);
        });

        assertThat(failure(trusting(), LONG, Reason.PROTOCOL)).contains("offers TLS but cannot speak it");
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 260})
    void whatIsSaidBeforeTlsDoesNotPassForWhatIsSaidInIt(int subtype) throws Exception {
        serve(viewer -> {
            offer(viewer, subtype);
            viewer.hear(4);
            viewer.say(1, 0, 0, 0, 0);
        });

        assertThat(failure(trusting(), LONG, Reason.PROTOCOL)).contains("before TLS has begun");
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 260})
    void whatIsNoTlsIsNamed(int subtype) throws Exception {
        serve(viewer -> {
            offer(viewer, subtype);
            viewer.hear(4);
            viewer.say(1).hear(5);
            viewer.say("HTTP/1.1 400 Bad Request\r\n\r\n");
        });

        failure(trusting(), LONG, Reason.PROTOCOL);
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 260})
    void aHandshakeOfTlsThatNeverEndsIsATimeout(int subtype) throws Exception {
        serve(viewer -> {
            offer(viewer, subtype);
            viewer.hear(4);
            viewer.say(1);
        });

        assertThat(failure(trusting(), SHORT, Reason.TIMEOUT)).contains("the end of the TLS handshake");
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 260})
    void aHandshakeOfTlsThatFloodsIsRefused(int subtype) throws Exception {
        // A record of the handshake: the start of a ServerHello of 16 MB, and more and more of it.
        byte[] flood = new byte[5 + 16384];
        System.arraycopy(new byte[] {22, 3, 3, 0x40, 0, 2, -1, -1, -1}, 0, flood, 0, 9);
        serve(viewer -> {
            offer(viewer, subtype);
            viewer.hear(4);
            viewer.say(1);
            while (server.sent() < 1L << 30) {
                viewer.say(flood);
            }
        });

        failure(trusting(), LONG, Reason.PROTOCOL);
        assertThat(server.sent()).isLessThan(64L << 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 260})
    void aServerThatHangsUpWithinTlsIsUnreachable(int subtype) throws Exception {
        serve(viewer -> {
            offer(viewer, subtype);
            viewer.hear(4);
            viewer.say(1).hangUp();
        });

        failure(trusting(), LONG, Reason.UNREACHABLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {258, 261})
    void aRefusalWithinTlsIsJudgedByItsWords(int subtype) throws Exception {
        serve(viewer -> {
            agree(viewer, subtype);
            viewer.say(CHALLENGE).hear(16);
            viewer.say(0, 0, 0, 1).sayText("too many sessions").hangUp();
        });

        assertThat(failure(trusting().withPassword(PASSWORD), LONG, Reason.BUSY)).endsWith("too many sessions");
    }

    @Test
    void aCertificateOfSomebodyElseIsRefusedWithTheWordsOfItsCheck() throws Exception {
        Certificate another = Certificate.make(certificates);
        serve(viewer -> agree(viewer, 260));

        assertThat(failure(target().trusting(trust(another)), LONG, Reason.UNREACHABLE)).contains("PKIX");
    }

    @Test
    void rfbIsSpokenOverTlsFromTheFirstByte() throws Exception {
        serveOverTls(ScriptedRfbServer.console("s3cret!!"));

        Channel channel = connector.connect(overTls().withPassword(PASSWORD), LONG);

        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        assertThat(received(channel, ScriptedRfbServer.serverInit().length)).isEqualTo(ScriptedRfbServer.serverInit());
    }

    @Test
    void aPortWithoutTlsIsNamed() throws Exception {
        serve(viewer -> viewer.say("RFB 003.008\n"));
        assertThat(failure(overTls(), LONG, Reason.PROTOCOL)).contains("does not speak TLS");

        server.close();
        serve(viewer -> { });
        assertThat(failure(overTls(), SHORT, Reason.TIMEOUT)).contains("the end of the TLS handshake");
    }

    @Test
    void aCertificateForAnotherNameIsRefusedUnlessThatNameIsExpected() throws Exception {
        Certificate ofAnother = Certificate.signed(certificates, new Certificate.Issue("CN=bmc.example", List.of("bmc.example"), Duration.ofDays(-1)));
        server = ScriptedRfbServer.playing(ofAnother, ScriptedRfbServer.console(""));

        failure(target().trusting(trust(ofAnother)).over(new Transport.Tls()), LONG, Reason.UNREACHABLE);
        failure(target().trusting(trust(ofAnother).named("other.example")).over(new Transport.Tls()), LONG, Reason.UNREACHABLE);
        // The certificate is accepted; that console wants a password.
        failure(target().trusting(trust(ofAnother).named("bmc.example")).over(new Transport.Tls()), LONG, Reason.REJECTED_PASSWORD);
    }

    @Test
    void tlsWithoutAnythingToCheckItByIsNoTarget() {
        RfbTarget target = RfbTarget.at("127.0.0.1", 5900);

        assertThatThrownBy(() -> target.over(new Transport.Tls())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> target.over(Transport.WebSocket.at("/", true))).isInstanceOf(IllegalArgumentException.class);
    }

    private RfbTarget trusting() throws Exception {
        return target().trusting(trust(certificate));
    }

    private RfbTarget overTls() throws Exception {
        return trusting().over(new Transport.Tls());
    }

    private static void chooseVeNCrypt(Viewer viewer) throws IOException {
        viewer.say("RFB 003.008\n").hear(12);
        viewer.say(2, 16, 19).hear(1);
    }

    private static void offer(Viewer viewer, int... subtypes) throws IOException {
        chooseVeNCrypt(viewer);
        viewer.say(0, 2).hear(2);
        ByteArrayOutputStream offer = new ByteArrayOutputStream();
        offer.write(0);
        offer.write(subtypes.length);
        for (int subtype : subtypes) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                offer.write(subtype >> shift);
            }
        }
        viewer.say(offer.toByteArray());
    }

    /** Offers that subtype alone and goes on until the password is to be shown. */
    private static void agree(Viewer viewer, int subtype) throws IOException {
        offer(viewer, subtype);
        viewer.hear(4);
        if (subtype >= 260) {
            viewer.say(1).beginTls(certificate);
        } else if (subtype >= 257) {
            viewer.say(1).beginAnonymousTls();
        }
    }

    private static int lastOf(byte[] number) {
        return number[number.length - 1];
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
