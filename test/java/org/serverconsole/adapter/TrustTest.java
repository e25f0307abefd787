package org.serverconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.Certificate.Issue;
import org.serverconsole.inventory.Inventory;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

/** With real TLS, once through java.net.http and once through a socket. */
@Timeout(30)
class TrustTest {

    private static final List<String> HERE = List.of("127.0.0.1");

    @TempDir
    private static Path workDir;
    private static Certificate good;
    private static Certificate elsewhere;
    private static Certificate expired;
    private static Certificate future;
    private static Certificate selfSigned;

    private Optional<HttpsServer> bmc = Optional.empty();

    @BeforeAll
    static void makeCertificates() throws Exception {
        good = Certificate.signed(workDir, new Issue("CN=bmc", HERE, Duration.ofDays(-1)));
        elsewhere = Certificate.signed(workDir, new Issue("CN=bmc", List.of("bmc.example"), Duration.ofDays(-1)));
        expired = Certificate.signed(workDir, new Issue("CN=bmc", HERE, Duration.ofDays(-9)));
        future = Certificate.signed(workDir, new Issue("CN=bmc", HERE, Duration.ofDays(2)));
        selfSigned = Certificate.make(workDir);
    }

    @AfterEach
    void stop() {
        bmc.ifPresent(server -> server.stop(0));
    }

    @Test
    void aCertificateOfTheCaFileIsAccepted() throws Exception {
        assertAccepted(good, trust(good, Map.of()));
    }

    @Test
    void aCertificateOfAnUnknownAuthorityIsRefusedWithAllThatHelps() throws Exception {
        String refusal = refusal(good, new Trust(Optional.of(selfSigned.pem()), Optional.empty(), false));

        assertThat(refusal).contains("no authority known here has signed it", "subject CN=bmc", "issuer CN=Test CA", "valid 20",
                "console-ca-file", "\"tls\": \"" + pin(good) + "\"");
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        assertThat(refusal(elsewhere, trust(elsewhere, Map.of()))).contains("No subject alternative names", "127.0.0.1");
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        assertThat(refusal(expired, trust(expired, Map.of()))).contains("it has expired");
    }

    @Test
    void aCertificateOfTheFutureIsRefused() throws Exception {
        assertThat(refusal(future, trust(future, Map.of()))).contains("it is not valid yet");
    }

    @Test
    void aPinnedCertificateIsAcceptedWhateverItSays() throws Exception {
        for (Certificate certificate : new Certificate[] {good, elsewhere, expired, future, selfSigned}) {
            assertAccepted(certificate, Trust.of(server(Map.of("tls", pin(certificate))), Optional.empty()));
            stop();
        }
    }

    @Test
    void aPinIsReadAsOpensslPrintsIt() throws Exception {
        assertAccepted(selfSigned, Trust.of(server(Map.of("tls", "SHA256:" + selfSigned.fingerprint())), Optional.empty()));
    }

    @Test
    void aPinExcludesAllOthersAlsoThoseOfAKnownAuthority() throws Exception {
        String refusal = refusal(good, trust(good, Map.of("tls", pin(selfSigned))));

        assertThat(refusal).contains("not the one \"tls\" names", "subject CN=bmc", "issuer CN=Test CA",
                "\"tls\": \"" + pin(good) + "\"");
    }

    @Test
    void withSslInsecureAnythingIsAccepted() throws Exception {
        assertAccepted(expired, Trust.of(server(Map.of("ssl_insecure", "true")), Optional.empty()));
    }

    @Test
    void theAuthoritiesOfTheCaFileComeBesideTheJvms() throws Exception {
        Certificate other = Certificate.signed(workDir, new Issue("CN=bmc", HERE, Duration.ofDays(-1)));
        Optional<String> before = Optional.ofNullable(System.getProperty("javax.net.ssl.trustStore"));
        System.setProperty("javax.net.ssl.trustStore", jvmTrusting(good).toString());
        try {
            assertAccepted(good, Trust.of(server(Map.of()), Optional.empty()));
            stop();
            assertAccepted(good, trust(other, Map.of()));
            stop();
            assertAccepted(other, trust(other, Map.of()));
        } finally {
            before.ifPresentOrElse(value -> System.setProperty("javax.net.ssl.trustStore", value),
                    () -> System.clearProperty("javax.net.ssl.trustStore"));
        }
    }

    private static Path jvmTrusting(Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate.pem())) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        Path file = Files.createTempFile(workDir, "cacerts", ".jks");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        return file;
    }

    @Test
    void theHostNameMattersOnlyWhereAuthoritiesDo() {
        assertThat(Trust.of(server(Map.of()), Optional.empty()).checkHostName()).isTrue();
        assertThat(Trust.of(server(Map.of("ssl_insecure", "no")), Optional.empty()).checkHostName()).isTrue();
        assertThat(Trust.of(server(Map.of("ssl_insecure", "1")), Optional.empty()).checkHostName()).isFalse();
        assertThat(Trust.of(server(Map.of("tls", pin(good))), Optional.empty()).checkHostName()).isFalse();
    }

    @Test
    void aPinWithAndWithoutColonsIsTheSameRule() {
        assertThat(Trust.of(server(Map.of("tls", "sha256:" + good.fingerprint())), Optional.empty()))
                .isEqualTo(Trust.of(server(Map.of("tls", pin(good))), Optional.empty()));
    }

    @Test
    void aCaFileThatCannotBeUsedIsNamed() throws Exception {
        Path empty = Files.createTempFile(workDir, "empty", ".pem");

        for (Path file : new Path[] {workDir.resolve("missing.pem"), empty}) {
            assertThatThrownBy(new Trust(Optional.of(file), Optional.empty(), false)::context)
                    .isInstanceOf(AdapterException.class).hasMessageContainingAll("console-ca-file", file.toString(), "write");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sha256:", "sha256:12", "sha1:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "yes", "true",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0g",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0800"})
    void aFingerprintThatIsNoneIsRefusedByItsName(String value) {
        Optional<ServerRule.Problem> problem = Trust.problem(server(Map.of("tls", value)));

        assertThat(problem).map(ServerRule.Problem::option).contains("tls");
        assertThat(problem.orElseThrow().message()).contains("write sha256:<64 hex digits>");
    }

    @ParameterizedTest
    @CsvSource({"ssl_insecure, maybe, ''", "ssl_insecure, true, tls"})
    void anInsecureThatIsNoneOrContradictsThePinIsRefused(String option, String value, String pinned) {
        Map<String, String> options = new HashMap<>(Map.of(option, value));
        if (!pinned.isEmpty()) {
            options.put(pinned, pin(good));
        }

        assertThat(Trust.problem(server(options))).map(ServerRule.Problem::option).contains("ssl_insecure");
    }

    @Test
    void whatCanBeUsedIsNoProblem() {
        assertThat(Trust.problem(server(Map.of()))).isEmpty();
        assertThat(Trust.problem(server(Map.of("ssl_insecure", "on")))).isEmpty();
        assertThat(Trust.problem(server(Map.of("tls", pin(good), "ssl_insecure", "false")))).isEmpty();
    }

    @Test
    void theInventoryRefusesABadFingerprintByItsLine() throws Exception {
        Path file = Files.writeString(workDir.resolve("servers.json"), """
                {"servers": {"20110": {
                  "type": "idrac",
                  "tls": "sha256:12"}}}""");

        assertThatThrownBy(() -> Inventory.file(file, Trust::problem, Map.of())).isInstanceOf(ConfigException.class)
                .hasMessageContaining("servers.json line 3: server \"20110\", \"tls\": is no fingerprint");
    }

    private static Trust trust(Certificate certificate, Map<String, String> options) {
        return Trust.of(server(options), Optional.of(certificate.pem()));
    }

    private static String pin(Certificate certificate) {
        return "sha256:" + certificate.fingerprint().replace(":", "").toLowerCase(Locale.ROOT);
    }

    private void assertAccepted(Certificate certificate, Trust trust) throws Exception {
        serve(certificate);
        assertThat(get(trust)).isEqualTo(404);
        handshake(trust);
    }

    /** The same words, whichever way it was asked. */
    private String refusal(Certificate certificate, Trust trust) throws Exception {
        serve(certificate);
        IOException failure = catchThrowableOfType(IOException.class, () -> get(trust));
        assertThat(failure).as("refused through java.net.http").isNotNull();
        Throwable other = catchThrowable(() -> handshake(trust));
        assertThat(other).as("refused on a socket").isNotNull();
        String words = Trust.refusal(failure).orElseThrow();
        assertThat(Trust.refusal(other)).contains(words);
        assertThat(words).hasLineCount(1);
        return words;
    }

    private void serve(Certificate certificate) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        server.start();
        bmc = Optional.of(server);
    }

    private int get(Trust trust) throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(trust.context()).build();
        URI uri = URI.create("https://127.0.0.1:" + port() + "/");
        return client.send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.discarding())
                .statusCode();
    }

    private void handshake(Trust trust) throws Exception {
        try (SSLSocket socket = (SSLSocket) trust.context().getSocketFactory().createSocket("127.0.0.1", port())) {
            if (trust.checkHostName()) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            socket.startHandshake();
        }
    }

    private int port() {
        return bmc.orElseThrow().getAddress().getPort();
    }

    private static Server server(Map<String, String> options) {
        return new Server("20110", "20110", "idrac", Secret.NONE, Secret.NONE, options);
    }
}
