package org.serverconsole.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.rfb.RfbException.Reason;

/** A connector before a server that follows a script, with a certificate at hand. */
@Timeout(60)
abstract class ScriptedServerFixture {

    static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    static final Duration LONG = Duration.ofSeconds(50);
    static final Duration SHORT = Duration.ofMillis(500);

    @TempDir
    static Path certificates;
    static Certificate certificate;

    final RfbConnector connector = RfbConnector.on(GROUP);
    ScriptedRfbServer server;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = Certificate.make(certificates);
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    /** Accepts what that certificate's authority has signed, for the right name. */
    static TlsTrust trust(Certificate trusted) throws IOException {
        return new TlsTrust(trusted.trusting(), true);
    }

    void serve(ScriptedRfbServer.Script script) throws IOException {
        server = ScriptedRfbServer.playing(script);
    }

    void serveOverTls(ScriptedRfbServer.Script script) throws IOException {
        server = ScriptedRfbServer.playing(certificate, script);
    }

    RfbTarget target() {
        return RfbTarget.at("127.0.0.1", server.port());
    }

    /** The message of the failure to connect, after which nothing is left open. */
    String failure(RfbTarget target, Duration deadline, Reason reason) {
        RfbException failure = catchThrowableOfType(RfbException.class, () -> connector.connect(target, deadline));
        assertThat(failure).as("failure").isNotNull();
        assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
        assertThat(failure.getMessage()).hasSizeLessThan(1000).matches("[ -~]+");
        await().until(() -> server.connected() == 0);
        return failure.getMessage();
    }

    static byte[] received(Channel channel, int length) {
        Received received = Received.from(channel);
        await().until(() -> received.bytes().length >= length);
        channel.close();
        return received.bytes();
    }
}
