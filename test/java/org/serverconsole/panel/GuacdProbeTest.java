package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.fake.Certificate;

/** What listens where guacd should, and is not guacd. */
class GuacdProbeTest {

    @Test
    void aClosedPortIsNamedWithItsProperties() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertThatThrownBy(() -> probe(port, Duration.ofSeconds(5)).requireLife()).isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + port).hasMessageContaining("guacd-hostname and guacd-port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request;\r\n", "4294967296.error;"})
    void whateverElseListensIsToldFromGuacd(String says) throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = serve(socket, says);

            assertThatThrownBy(() -> probe(socket.getLocalPort(), Duration.ofSeconds(5)).requireLife())
                    .isInstanceOf(IOException.class).hasMessageContaining("is not guacd: correct guacd-hostname");
            served.join();
        }
    }

    @Test
    void whatNeverAnswersIsNotWaitedFor() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> probe(socket.getLocalPort(), Duration.ofMillis(200)).requireLife())
                    .isInstanceOf(IOException.class).hasMessageContaining("does not answer");
        }
    }

    @Test
    void aGuacdThatDoesNotKnowTheProtocolIsToldWhatToInstall() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = serve(socket, "");

            assertThatThrownBy(() -> probe(socket.getLocalPort(), Duration.ofSeconds(5)).requireProtocol("telnet"))
                    .isInstanceOf(IOException.class).hasMessageContaining("install libguac-client-telnet");
            served.join();
        }
    }

    @Test
    void aCertificateThatNobodyBelievesIsToldWithItsProperty(@TempDir Path folder) throws Exception {
        try (ServerSocket socket = Certificate.make(folder).context().getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> hangUpAfterFirstByte(socket));

            assertThatThrownBy(() -> new GuacdProbe("127.0.0.1", socket.getLocalPort(), true, Duration.ofSeconds(5)).requireLife())
                    .isInstanceOf(IOException.class).hasMessageContaining("correct guacd-ssl");
            served.join();
        }
    }

    @Test
    void aGuacdWithoutTlsIsToldWithTheProperty() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> hangUpAfterFirstByte(socket));

            assertThatThrownBy(() -> new GuacdProbe("127.0.0.1", socket.getLocalPort(), true, Duration.ofSeconds(5)).requireLife())
                    .isInstanceOf(IOException.class).hasMessageContaining("correct guacd-ssl");
            served.join();
        }
    }

    private static void hangUpAfterFirstByte(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().read();
        } catch (SSLException | SocketException refused) {
            // The client has not believed the certificate, and may have gone before all of the handshake was sent.
            return;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GuacdProbe probe(int port, Duration patience) {
        return new GuacdProbe("127.0.0.1", port, false, patience);
    }

    /** Answers one connection with that, whatever it asks, and hangs up. */
    private static CompletableFuture<Void> serve(ServerSocket server, String says) {
        return CompletableFuture.runAsync(() -> {
            try (Socket socket = server.accept()) {
                assertThat(socket.getInputStream().read()).isEqualTo('6');
                socket.getOutputStream().write(says.getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
