package org.serverconsole.kiosk;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.OpenConsoleSite;
import org.serverconsole.rfb.TlsTrust;

@Timeout(60)
class GateTest {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    /** What resolves a name would keep all consoles waiting that have the same event loop; this one nobody can resolve. */
    @Test
    void aNameIsNotResolvedOnTheEventLoop(@TempDir Path folder) throws Exception {
        try (OpenConsoleSite bmc = OpenConsoleSite.start(Certificate.make(folder));
                Gate gate = new Gate(group, GateCertificate.make(new SecureRandom()))) {
            Site site = new Site("bmc.invalid", bmc.port(), new TlsTrust(bmc.certificate().trusting(), false));
            gate.allow(site, InetAddress.getLoopbackAddress());

            assertThat(answer(gate, site.authority())).isEqualTo("HTTP/1.1 200 OK");
            assertThat(gate.failure()).isEmpty();
        }
    }

    private static String answer(Gate gate, String authority) throws IOException {
        try (Socket browser = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
            browser.getOutputStream().write(("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(browser.getInputStream(), StandardCharsets.US_ASCII)).readLine();
        }
    }
}
