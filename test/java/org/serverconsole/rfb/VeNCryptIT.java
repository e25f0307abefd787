package org.serverconsole.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.Received;
import org.serverconsole.parts.TigerVnc;
import org.serverconsole.rfb.RfbException.Reason;

/** Against a real TigerVNC, whose TLS is GnuTLS. */
@Timeout(60)
class VeNCryptIT {

    private static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String PASSWORD = "s3cret!!";

    @TempDir
    static Path workDir;
    private static Certificate certificate;
    private static Certificate ofAnotherName;
    private static Certificate another;

    private final RfbConnector connector = RfbConnector.on(GROUP);
    private TigerVnc server;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificate = Certificate.signed(workDir, new Certificate.Issue("CN=127.0.0.1", List.of("127.0.0.1", "bmc.example"), Duration.ofDays(-1)));
        ofAnotherName = Certificate.signed(workDir, new Certificate.Issue("CN=bmc.example", List.of("bmc.example"), Duration.ofDays(-1)));
        another = Certificate.make(workDir);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @AfterAll
    static void shutDown() {
        GROUP.shutdownGracefully();
    }

    @ParameterizedTest
    @CsvSource({
        "X509Vnc, s3cret!!", "X509None, ''", "TLSVnc, s3cret!!", "TLSNone, ''", "'X509None,TLSNone,None', ''",
        "'TLSPlain,VncAuth', s3cret!!", "'TLSVnc,VncAuth', s3cret!!", "'VncAuth,TLSVnc,X509Vnc', s3cret!!"})
    void everySubtypeOpensTheConsole(String types, String password) throws Exception {
        serve(types, password);

        Channel channel = connector.connect(target(certificate, true).withPassword(Secret.of(password)), LONG);

        assertThat(desktopOf(channel)).isEqualTo("console");
    }

    @ParameterizedTest
    @CsvSource({"'VncAuth,TLSVnc,X509Vnc', true, X509Vnc", "'VncAuth,TLSVnc', true, TLSVnc", "'VncAuth,TLSVnc,X509Vnc', false, TLSVnc"})
    void theBestOfferedIsChosen(String types, boolean trust, String chosen) throws Exception {
        serve(types, PASSWORD);
        RfbTarget target = trust ? target(certificate, true) : RfbTarget.at("127.0.0.1", server.port());

        Channel channel = connector.connect(target.withPassword(Secret.of(PASSWORD)), LONG);

        assertThat(desktopOf(channel)).isEqualTo("console");
        await().untilAsserted(() -> assertThat(server.log()).contains("Client requests security type " + chosen + " ("));
    }

    @ParameterizedTest
    @CsvSource({"X509Vnc", "TLSVnc"})
    void aWrongPasswordIsNamed(String types) throws Exception {
        serve(types, PASSWORD);

        assertThat(refusal(target(certificate, true).withPassword(Secret.of("wrong")), Reason.REJECTED_PASSWORD))
                .contains("Authentication fail");
    }

    @ParameterizedTest
    @CsvSource({"X509Plain", "TLSPlain", "Plain"})
    void anAccountThatIsUnknownIsRefused(String types) throws Exception {
        serve(types, "", "-PlainUsers", "*");
        RfbTarget target = target(certificate, true).withAccount("nobody", Secret.of(PASSWORD)).withPasswordToAnyone();

        assertThat(refusal(target, Reason.REJECTED_PASSWORD)).contains("invalid password or username");
    }

    @ParameterizedTest
    @CsvSource({"TLSPlain", "Plain"})
    void anAccountIsNotShownToAnyone(String types) throws Exception {
        serve(types, "", "-PlainUsers", "*");

        assertThat(refusal(target(certificate, true).withAccount("nobody", Secret.of(PASSWORD)), Reason.UNSUPPORTED_SECURITY))
                .contains("wants the password unprotected");
    }

    @Test
    void tooManyFailuresAreBusy() throws Exception {
        serve("X509Vnc", PASSWORD, "-BlacklistThreshold", "2");
        refusal(target(certificate, true).withPassword(Secret.of("wrong")), Reason.REJECTED_PASSWORD);

        assertThat(refusal(target(certificate, true).withPassword(Secret.of("wrong")), Reason.BUSY))
                .contains("Too many security failures");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
        serve("X509Vnc,VncAuth", PASSWORD);

        refusal(target(another, true).withPassword(Secret.of(PASSWORD)), Reason.UNREACHABLE);
    }

    @Test
    void aCertificateForAnotherNameIsRefusedUnlessThatIsExpected() throws Exception {
        serve(ofAnotherName, "X509Vnc", PASSWORD);
        TlsTrust strict = new TlsTrust(ofAnotherName.trusting(), true);
        RfbTarget target = RfbTarget.at("127.0.0.1", server.port()).withPassword(Secret.of(PASSWORD));

        refusal(target.requiring(strict), Reason.UNREACHABLE);
        assertThat(desktopOf(connector.connect(target.requiring(strict.named("bmc.example")), LONG))).isEqualTo("console");
        assertThat(desktopOf(connector.connect(target.requiring(new TlsTrust(ofAnotherName.trusting(), false)), LONG))).isEqualTo("console");
    }

    @ParameterizedTest
    @CsvSource({"VncAuth", "'VncAuth,TLSVnc'"})
    void lessThanACertificateDoesNotDoWhereOneIsRequired(String types) throws Exception {
        serve(types, PASSWORD);
        RfbTarget target = RfbTarget.at("127.0.0.1", server.port()).withPassword(Secret.of(PASSWORD))
                .requiring(new TlsTrust(certificate.trusting(), true));

        assertThat(refusal(target, Reason.UNSUPPORTED_SECURITY)).contains("must encrypt under a certificate");
    }

    @Test
    void nothingToCheckACertificateByIsSaid() throws Exception {
        serve("X509Vnc", PASSWORD);

        assertThat(refusal(RfbTarget.at("127.0.0.1", server.port()).withPassword(Secret.of(PASSWORD)), Reason.UNSUPPORTED_SECURITY))
                .contains("nothing to check it by: X509Vnc");
    }

    private void serve(String types, String password, String... more) throws Exception {
        serve(certificate, types, password, more);
    }

    private void serve(Certificate shown, String types, String password, String... more) throws Exception {
        String[] certificate = {"-X509Cert", shown.own().toString(), "-X509Key", shown.key().toString()};
        server = TigerVnc.start(workDir, password, types,
                Stream.of(certificate, more).flatMap(Stream::of).toArray(String[]::new));
    }

    private RfbTarget target(Certificate trusted, boolean checkHostName) throws Exception {
        return RfbTarget.at("127.0.0.1", server.port()).trusting(new TlsTrust(trusted.trusting(), checkHostName));
    }

    private String refusal(RfbTarget target, Reason reason) {
        RfbException refusal = catchThrowableOfType(RfbException.class, () -> connector.connect(target, LONG));
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
        assertThat(refusal.getMessage()).doesNotContain(PASSWORD);
        return refusal.getMessage();
    }

    /** What the server calls itself in ServerInit (RFC 6143, 7.3.2), which comes through all that is in the pipeline. */
    private static String desktopOf(Channel channel) {
        Received received = Received.from(channel);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        await().until(() -> received.bytes().length >= 24 + 7);
        channel.close();
        return new String(received.bytes(), 24, 7, StandardCharsets.ISO_8859_1);
    }
}
