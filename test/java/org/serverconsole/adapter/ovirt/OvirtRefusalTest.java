package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.rfb.RfbException;

class OvirtRefusalTest extends OvirtFixture {

    @Test
    void aMachineThatIsDownIsPoweredOff() {
        vm.status("down");

        assertThat(refusal(server())).hasMessageContaining("is down").extracting(AdapterException::kind)
                .isEqualTo(Kind.POWERED_OFF);
    }

    @Test
    void aMachineThatGoesDownBeforeItsTicketIsPoweredOff() {
        vm.address("0");
        engine.vendorLatency(Duration.ofMillis(50));
        // Between the list of consoles and the .vv file, which is then a 204 without a body.
        engine.silent(path -> {
            if (path.endsWith("/remoteviewerconnectionfile")) {
                vm.status("down");
            }
            return false;
        });

        assertThat(refusal(server()).kind()).isEqualTo(Kind.POWERED_OFF);
    }

    @Test
    void aMigratingMachineIsNotPoweredOff() {
        vm.status("migrating");

        assertThat(refusal(server())).hasMessageContaining("is migrating").extracting(AdapterException::kind)
                .isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void aMachineWithoutVncIsUnsupported() {
        vm.spiceOnly();

        assertThat(refusal(server())).hasMessageContaining("no VNC console").extracting(AdapterException::kind)
                .isEqualTo(Kind.UNSUPPORTED);
    }

    @Test
    void aConsoleHeldByAnotherUserIsBusy() {
        vm.heldByAnotherUser(true);

        assertThat(refusal(server())).hasMessageContaining("USER_CANNOT_FORCE_RECONNECT_TO_VM")
                .extracting(AdapterException::kind).isEqualTo(Kind.BUSY);
    }

    @ParameterizedTest
    @CsvSource({
        "/sso/oauth/token", "/graphicsconsoles", "/ticket",
    })
    void anEngineThatStaysSilentIsATimeout(String path) {
        engine.silent(asked -> asked.endsWith(path));

        assertThat(refusal(server("timeout", "1")).kind()).isEqualTo(Kind.TIMEOUT);
    }

    @Test
    void anEngineThatAcceptsAndSaysNothingAtAllIsATimeout() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThat(refusal(server("timeout", "1", "url", url(mute.getLocalPort()))).kind()).isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void anEngineThatWasSilentIsAskedAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            engine.silent(path -> true);
            assertThat(refusal(server("timeout", "1")).kind()).isEqualTo(Kind.TIMEOUT);
        }
        engine.silent(path -> false);

        // Calls nobody waits for any more end by themselves.
        await().atMost(Duration.ofSeconds(10)).ignoreException(AdapterException.class)
                .until(() -> adapter.open(server("timeout", "1"), opening).channel().isOpen());
    }

    @Test
    void anEngineThatIsNotThereIsUnreachable() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        assertThat(refusal(server("url", url(free))).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(happened).noneMatch(event -> event.startsWith("lease"));
    }

    @Test
    void aWrongPasswordIsRejectedCredentials() {
        assertThat(refusal(server("password", "not-the-password"))).hasMessageContaining("access_denied")
                .hasMessageNotContaining("not-the-password").extracting(AdapterException::kind)
                .isEqualTo(Kind.REJECTED_CREDENTIALS);
        assertThat(asked("/sso/oauth/token")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"c0ffee00-0000-4000-8000-00000000dead", "no-such-machine", "no such machine"})
    void aMachineTheEngineDoesNotShowIsAnUnknownServer(String plug) {
        assertThat(refusal(server("plug", plug)).kind()).isEqualTo(Kind.UNKNOWN_SERVER);
    }

    @Test
    void aCertificateThatIsNotTrustedIsUnreachableAndNamesTheProperty() {
        adapter.start(environment(Optional.empty()));

        assertThat(refusal(server())).hasMessageContaining("console-ca-file").extracting(AdapterException::kind)
                .isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void aWebServerWithoutItsEngineIsNoDeadEndAfterwards() throws Exception {
        adapter.open(server(), opening);
        for (int i = 0; i < 5; i++) {
            engine.unavailable(true);
            assertThat(refusal(server())).hasMessageContaining("503").extracting(AdapterException::kind)
                    .isEqualTo(Kind.PROTOCOL);
        }
        engine.unavailable(false);

        assertThat(adapter.open(server(), opening).channel().isOpen()).isTrue();
    }

    @Test
    void aConsoleThatIsNotThereIsToldAsTheHandshakeSaw() {
        rfb.fault = Optional.of(new RfbException(RfbException.Reason.UNREACHABLE, "Connection refused"));

        assertThat(refusal(server()).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(vm.tickets()).hasSize(1);
    }
}
