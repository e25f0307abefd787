package org.serverconsole.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The traps of a real engine that the adapter avoids, so that nothing else would notice were they gone. */
class FakeEngineTest {

    private static final String CONSOLES = "/vms/1/graphicsconsoles";
    private static final String TICKET = CONSOLES + "/766e63/ticket";

    @TempDir
    private static Path workDir;
    private static FakeEngine engine;
    private static HttpClient client;

    private final FakeVm vm = engine.addVm("1", "web", InetSocketAddress.createUnresolved("10.0.0.5", 5901),
            (value, expiry) -> { });

    @BeforeAll
    static void start() throws Exception {
        engine = FakeEngine.start(workDir);
        client = HttpClient.newBuilder().sslContext(trusting(engine.caFile())).build();
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static SSLContext trusting(Path pem) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca",
                CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(pem))));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String token() throws Exception {
        String form = "grant_type=password&scope=ovirt-app-api&username=console%40internal&password=" + engine.password();
        String json = send(HttpRequest.newBuilder(URI.create(engine.url()).resolve("/ovirt-engine/sso/oauth/token"))
                .POST(HttpRequest.BodyPublishers.ofString(form))).body();
        return json.replaceFirst(".*\"access_token\":\"([^\"]+)\".*", "$1");
    }

    private HttpRequest.Builder api(String path, String token) {
        return HttpRequest.newBuilder(URI.create(engine.url() + path))
                .header("Authorization", "Bearer " + token).header("Filter", "true");
    }

    private HttpResponse<String> post(String path, String action) throws Exception {
        return send(api(path, token()).POST(HttpRequest.BodyPublishers.ofString(action)));
    }

    @Test
    void anExpiryLeftOutIsTwoHours() throws Exception {
        HttpResponse<String> answer = post(TICKET, "<action><ticket><value>abcd1234</value></ticket></action>");

        assertThat(answer.body()).contains("<expiry>7200</expiry>", "<value>abcd1234</value>");
        assertThat(vm.ticket().orElseThrow().expiry()).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void aTicketOfNineCharactersIsRefused() throws Exception {
        HttpResponse<String> answer = post(TICKET, "<action><ticket><value>abcd12345</value></ticket></action>");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(vm.tickets()).isEmpty();
    }

    @Test
    void askingForTheFileReplacesTheTicket() throws Exception {
        post(TICKET, "<action><ticket><value>abcd1234</value><expiry>120</expiry></ticket></action>");

        HttpResponse<String> answer = post(CONSOLES + "/766e63/remoteviewerconnectionfile", "<action/>");

        assertThat(answer.body()).contains("host=10.0.0.5", "sso-token=");
        assertThat(vm.ticket().orElseThrow().opens("abcd1234", Instant.now())).isFalse();
    }

    @Test
    void aMachineThatIsDownHasNoFileAndNoTicket() throws Exception {
        vm.status("down");

        assertThat(post(CONSOLES + "/766e63/remoteviewerconnectionfile", "<action/>").statusCode()).isEqualTo(204);
        assertThat(post(TICKET, "<action/>")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body()).startsWith("<fault><reason>Operation Failed</reason><detail>[");
        });
    }

    @Test
    void whereAConsoleListensIsToldOnlyOfCurrentOnes() throws Exception {
        String token = token();

        assertThat(send(api(CONSOLES, token)).body()).contains("766e63").doesNotContain("<port>", "<address>");
        assertThat(send(api(CONSOLES + "?current=true", token)).body()).contains("<address>10.0.0.5</address><port>5901</port>");
    }

    @Test
    void anAccountThatIsNoAdministratorMustFilterAndThenSearchesInVain() throws Exception {
        engine.addVm("2", "db", InetSocketAddress.createUnresolved("10.0.0.6", 5902), (value, expiry) -> { });
        String token = token();

        assertThat(send(api("/vms?search=name%3Dweb", token)).body()).contains("id=\"1\"", "id=\"2\"");
        assertThat(send(api("/vms?search=name%3Dweb", token).setHeader("Filter", "false")).statusCode()).isEqualTo(400);
        engine.administrator(true);
        assertThat(send(api("/vms?search=name%3Dweb", token).setHeader("Filter", "false")).body())
                .contains("id=\"1\"").doesNotContain("id=\"2\"");
        engine.administrator(false);
    }

    @Test
    void aTokenThatWasRevokedIsNotAccepted() throws Exception {
        engine.forgetTokens();
        String token = token();
        send(HttpRequest.newBuilder(URI.create(engine.url()).resolve("/ovirt-engine/services/sso-logout"))
                .POST(HttpRequest.BodyPublishers.ofString("scope=ovirt-app-api&token=" + token)));

        assertThat(send(api("/vms", token)).statusCode()).isEqualTo(401);
        assertThat(engine.logins()).isZero();
    }
}
