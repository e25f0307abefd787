package org.serverconsole.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MiniHostTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path home;

    private static GuacamoleProcess host;

    @BeforeAll
    static void start() throws IOException {
        Path extensions = Files.createDirectories(home.resolve("extensions"));
        StandInJar.write(extensions.resolve("a-unknown-key.jar"), StandInJar.MANIFEST.replace("\"name\"", "\"surname\""));
        StandInJar.write(extensions.resolve("b-too-new.jar"), StandInJar.MANIFEST.replace("1.6.0", "1.7.0"));
        StandInJar.write(extensions.resolve("c-fails.jar"), StandInJar.MANIFEST.replace("StandInProvider", "StandInProvider$Failing"));
        StandInJar.write(extensions.resolve("stand-in.jar"));
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        host = GuacamoleProcess.start(home, Optional.empty(), port);
    }

    @AfterAll
    static void stop() throws IOException {
        host.close();
        assertThat(host.log()).contains("stand-in shut down");
    }

    @Test
    void loadsWhatItCanAndSaysWhyNotTheRest() throws Exception {
        assertThat(host.log())
                .contains("Extension \"Stand-in\" (standin) loaded.")
                .contains("Extension \"a-unknown-key.jar\" could not be loaded")
                .contains("is not compatible with this version of Guacamole")
                .contains("StandInProvider$Failing of extension \"Stand-in\" failed to start: no key");
    }

    @Test
    void servesAFileOfTheJarOnceAndAfterThatSaysItIsUnchanged() throws Exception {
        HttpResponse<String> first = get("app/ext/standin/page.html", "Accept", "*/*");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body()).isEqualTo("<p>page</p>");
        assertThat(first.headers().firstValue("Content-Type")).hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
        assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
        String modified = first.headers().firstValue("Last-Modified").orElseThrow();
        assertThat(get("app/ext/standin/page.html", "If-Modified-Since", modified).statusCode()).isEqualTo(304);
        assertThat(get("app/ext/standin/guac-manifest.json", "Accept", "*/*").statusCode()).isEqualTo(404);
    }

    @Test
    void aTokenOpensTheSessionAndIsKeptWhenItIsPostedAgain() throws Exception {
        JsonNode login = json(login("username=ann&password=right"));
        assertThat(login.path("username").asText()).isEqualTo("ann");
        assertThat(login.path("dataSource").asText()).isEqualTo("standin");
        assertThat(login.path("availableDataSources")).hasSize(1);
        String token = login.path("authToken").asText();
        assertThat(get("api/session/ext/standin/who", "Guacamole-Token", token).body()).isEqualTo("{\"user\":\"ann\"}");
        assertThat(json(login("username=nobody&token=" + token)).path("authToken").asText()).isEqualTo(token);
        assertThat(json(login("username=ann&password=right&token=STALE")).path("authToken").asText()).isNotIn(token, "STALE");
    }

    @Test
    void aRefusalHasTheShapeGuacamolesPageReads() throws Exception {
        HttpResponse<String> wrong = login("username=ann&password=wrong");
        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(json(wrong).path("type").asText()).isEqualTo("INVALID_CREDENTIALS");
        assertThat(json(wrong).path("expected").path(0).path("name").asText()).isEqualTo("password");
        assertThat(json(wrong).path("translatableMessage").path("key").asText()).isEqualTo("APP.TEXT_UNTRANSLATED");
        assertThat(json(login("username=ann")).path("type").asText()).isEqualTo("INSUFFICIENT_CREDENTIALS");
        HttpResponse<String> nobody = login("username=stranger&password=x");
        assertThat(nobody.statusCode()).isEqualTo(403);
        assertThat(json(nobody).path("message").asText()).isEqualTo("Permission Denied.");
        assertThat(json(nobody).path("expected")).hasSize(2);
    }

    @Test
    void theParametersOfTheLoginsOwnUrlAreNotSeen() throws Exception {
        assertThat(post("api/tokens?password=right", "username=ann").statusCode()).isEqualTo(403);
    }

    @Test
    void unauthorizedFromTheExtensionEndsTheSession() throws Exception {
        String token = json(login("username=ann&password=right")).path("authToken").asText();
        assertThat(get("api/session/ext/standin/who", "Guacamole-Token", token).statusCode()).isEqualTo(200);
        HttpResponse<String> ended = get("api/session/ext/standin/unauthorized", "Guacamole-Token", token);
        assertThat(ended.statusCode()).isEqualTo(403);
        assertThat(json(ended).path("type").asText()).isEqualTo("PERMISSION_DENIED");
        assertThat(get("api/session/ext/standin/who", "Guacamole-Token", token).statusCode()).isEqualTo(403);
    }

    @Test
    void anExtensionsFailureIsA500AndAnUnknownExtensionA404() throws Exception {
        assertThat(get("api/ext/standin/fails", "Accept", "*/*").statusCode()).isEqualTo(500);
        assertThat(get("api/ext/nobody", "Accept", "*/*").statusCode()).isEqualTo(404);
    }

    @Test
    void aConnectionIsListedWithItsProtocolOnly() throws Exception {
        String token = json(login("username=ann&password=right")).path("authToken").asText();
        JsonNode connection = json(get("api/session/data/standin/connections", "Guacamole-Token", token)).path("box");
        assertThat(connection.path("protocol").asText()).isEqualTo("vnc");
        assertThat(connection.path("parentIdentifier").asText()).isEqualTo("ROOT");
    }

    @Test
    void anHttpTunnelThatClosesUnauthorizedEndsTheSession() throws Exception {
        String token = json(login("username=ann&password=right")).path("authToken").asText();
        HttpResponse<String> connected = post("tunnel?connect",
                "token=" + token + "&GUAC_DATA_SOURCE=standin&GUAC_ID=box&GUAC_TYPE=c&GUAC_WIDTH=640");
        String tunnel = connected.headers().firstValue("Guacamole-Tunnel-Token").orElseThrow();
        assertThat(get("api/session/ext/standin/who", "Guacamole-Token", token).statusCode()).isEqualTo(200);
        assertThat(get("tunnel?read:" + connected.body() + ":0", "Guacamole-Tunnel-Token", tunnel).body())
                .startsWith("4.size,1.0,3.640,3.768;");
        assertThat(get("api/session/ext/standin/who", "Guacamole-Token", token).statusCode()).isEqualTo(403);
    }

    @Test
    void aWebSocketTunnelThatClosesUnauthorizedEndsTheSession() throws Exception {
        String token = json(login("username=ann&password=right")).path("authToken").asText();
        CompletableFuture<String> said = new CompletableFuture<>();
        HTTP.newWebSocketBuilder().subprotocols("guacamole").buildAsync(
                URI.create(uri("websocket-tunnel").toString().replace("http", "ws") + "?token=" + token
                        + "&GUAC_DATA_SOURCE=standin&GUAC_ID=box&GUAC_TYPE=c&GUAC_WIDTH=640"),
                new UntilClosed(said)).join();
        assertThat(said.get(10, TimeUnit.SECONDS)).startsWith("0.,36.");
        await().untilAsserted(() -> assertThat(
                get("api/session/ext/standin/who", "Guacamole-Token", token).statusCode()).isEqualTo(403));
    }

    /** Collects what a tunnel says. */
    private record UntilClosed(CompletableFuture<String> said, StringBuilder heard) implements WebSocket.Listener {

        UntilClosed(CompletableFuture<String> said) {
            this(said, new StringBuilder());
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            heard.append(data);
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            said.complete(heard.toString());
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            said.completeExceptionally(error);
        }
    }

    private static HttpResponse<String> login(String form) throws Exception {
        return post("api/tokens", form);
    }

    private static HttpResponse<String> post(String path, String form) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(uri(path)).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path, String header, String value) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(uri(path)).header(header, value).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(String path) {
        return host.url().resolve(path);
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }
}
