package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.fake.Certificate;
import org.serverconsole.rfb.RfbTarget;
import org.serverconsole.rfb.TlsTrust;

/** What a host must prove before a machine's console is opened there. */
class OvirtEncryptionTest extends OvirtFixture {

    private static final String HOST = "host7.nl.example";

    @BeforeEach
    void encrypt() throws Exception {
        engine.vncEncryption(true);
        engine.hostAuthority(Certificate.make(certificates).pem());
    }

    @AfterEach
    void hide() {
        engine.hideHostAuthority();
    }

    private RfbTarget opened(String... changes) throws Exception {
        adapter.open(server(changes), opening);
        return rfb.targets.get(rfb.targets.size() - 1);
    }

    @Test
    void aHostMustShowACertificateForItsAddressAtTheEngine() throws Exception {
        vm.host(HOST);

        RfbTarget target = opened();

        assertThat(target.certificateRequired()).isTrue();
        TlsTrust trust = target.trust().orElseThrow();
        assertThat(trust.checkHostName()).isTrue();
        assertThat(trust.hostName()).isEqualTo(HOST);
        assertThat(target.host()).isEqualTo(CONSOLE.getHostString());
    }

    @Test
    void whereTheHostIsNotShownTheNameOfTheConsoleCounts() throws Exception {
        vm.address(HOST);

        TlsTrust trust = opened().trust().orElseThrow();

        assertThat(trust.checkHostName()).isTrue();
        assertThat(trust.hostName()).isEqualTo(HOST);
    }

    @Test
    void anAddressOfADisplayNetworkIsInNoCertificate() throws Exception {
        RfbTarget target = opened();

        assertThat(target.certificateRequired()).isTrue();
        assertThat(target.trust().orElseThrow().checkHostName()).isFalse();
    }

    @Test
    void whereTheClusterIsNotShownTheHostMustProveItselfOnlyIfItEncrypts() throws Exception {
        engine.hideClusters(true);

        RfbTarget target = opened();

        assertThat(target.certificateRequired()).isFalse();
        assertThat(target.trust()).isPresent();
    }

    @Test
    void whereNothingIsEncryptedNothingMoreIsAsked() throws Exception {
        engine.vncEncryption(false);

        assertThat(opened().trust()).isEmpty();
        assertThat(asked("/pki-resource")).isEmpty();
    }

    @Test
    void whoTrustsAnyEngineTrustsAnyHost() throws Exception {
        vm.host(HOST);

        RfbTarget target = opened("ssl_insecure", "1");

        assertThat(target.certificateRequired()).isTrue();
        assertThat(target.trust().orElseThrow().checkHostName()).isFalse();
        assertThat(engine.requests()).noneMatch(request -> request.path().contains("pki-resource"));
    }

    @Test
    void theEnginesAuthorityIsAskedForOnce() throws Exception {
        opened();
        opened();

        assertThat(engine.requests().stream().filter(request -> request.path().contains("pki-resource"))).hasSize(1);
    }

    @Test
    void whereTheAuthorityCannotBeReadThatOfConsoleCaFileCounts() throws Exception {
        engine.hideHostAuthority();

        assertThat(opened().trust()).isPresent();
    }

    @Test
    void withNothingToVerifyHostsByThereIsNoConsole() {
        engine.hideHostAuthority();
        adapter.start(environment(Optional.empty()));

        assertThat(refusal(server("tls", "sha256:" + engine.fingerprint())))
                .hasMessageContaining("the engine's CA").hasMessageContaining("console-ca-file");
        assertThat(happened).doesNotContain("connect");
    }

    @Test
    void aPinnedEngineAnswersForItsHosts() throws Exception {
        adapter.start(environment(Optional.empty()));

        assertThat(opened("tls", "sha256:" + engine.fingerprint()).trust()).isPresent();
    }

    @Test
    void whatIsNoCertificateIsAProtocolError() throws Exception {
        engine.hostAuthority(Files.writeString(certificates.resolve("no.pem"), "no certificate"));
        adapter.start(environment(Optional.empty()));

        assertThat(refusal(server("tls", "sha256:" + engine.fingerprint())).kind()).isEqualTo(Kind.PROTOCOL);
    }
}
