package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

class OperatorApiTest {

    /** What keygen --operator printed once, and its hash. */
    private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    private static final String HASH = "ea866a757e4c38babfa8127cbe9a409d3e1f93a00ff1488ff735fcf917afffd0";

    private static final String FORM = "application/x-www-form-urlencoded";

    @TempDir
    Path folder;

    private SmallHouse house;
    private boolean guacdIsThere = true;
    private Health health;
    private OperatorServer server;

    @BeforeEach
    void open() throws Exception {
        house = new SmallHouse();
        health = new Health(Map.of(
                "journal", () -> house.journal.session(""),
                "guacd", this::requireGuacd), Set.of(), Duration.ofSeconds(5));
        server = server(Optional.of(HASH));
    }

    private OperatorServer server(Optional<String> hash) throws Exception {
        return new OperatorServer(new OperatorApi(
                new OperatorKey(hash), house.sessions, house.journal, house.audit, house.metrics, health), folder.toFile());
    }

    private void requireGuacd() {
        if (!guacdIsThere) {
            throw new IllegalStateException("guacd cannot be reached at localhost:4822");
        }
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        health.close();
        house.close();
    }

    @Test
    void liveConsolesAreListedWithWhatAnOperatorAsksFor() throws Exception {
        ConsoleSession session = house.start("14494", "c-17");
        house.clock.advance(Duration.ofMinutes(10));
        session.attach(reason -> { });

        JsonNode answer = json(get("/operator/consoles"));

        assertThat(answer.path("draining").asBoolean()).isFalse();
        assertThat(answer.path("consoles")).hasSize(1);
        assertThat(answer.path("consoles").get(0)).isEqualTo(new ObjectMapper().readTree("""
                {"key": "%s", "server": "14494", "type": "plain", "customer": "c-17", "started": "2026-03-01T03:00:00Z",
                 "deadline": "2026-03-01T05:00:00Z", "seconds_left": 6600, "state": "viewed", "viewers": 1}
                """.formatted(session.id())));
    }

    @ParameterizedTest
    @CsvSource({"server=14494, 1", "customer=c-17, 2", "all=true, 3", "server=nobody, 0"})
    void consolesAreClosedByServerByCustomerOrAllTogether(String form, int closed) throws Exception {
        List<EndReason> told = new ArrayList<>();
        house.start("14494", "c-17").attach(told::add);
        house.start("20110", "c-17");
        house.start("30000", "c-18");

        JsonNode answer = json(post("/operator/close", form));

        assertThat(answer.path("closed")).hasSize(closed);
        assertThat(answer.path("live").asInt()).isEqualTo(3 - closed);
        assertThat(house.sessions.live()).hasSize(3 - closed);
        assertThat(told).isEqualTo(closed == 0 ? List.of() : List.of(EndReason.REVOKED));
        assertThat(house.audited("operator.close")).singleElement()
                .satisfies(event -> assertThat(event.reason().orElseThrow()).startsWith(closed + " closed"));
    }

    @Test
    void oneConsoleIsClosedByItsKey() throws Exception {
        ConsoleSession session = house.start("14494", "c-17");
        ConsoleSession other = house.start("20110", "c-17");

        assertThat(json(post("/operator/close", "key=" + session.id())).path("closed").get(0).asText()).isEqualTo(session.id());

        assertThat(session.ended()).contains(EndReason.REVOKED);
        assertThat(other.ended()).isEmpty();
    }

    @Test
    void aSessionIsClosedByTheKeyThatPanelsOfSeveralLocationsAreGiven() throws Exception {
        ConsoleSession session = house.start("14494", "c-17");

        assertThat(json(post("/operator/close", "key=14494." + session.id())).path("closed").get(0).asText()).isEqualTo(session.id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "all=yes", "server=14494&customer=c-17", "keys=1", "server=", "all=true&server=14494"})
    void closingNeedsExactlyOneOfTheFour(String form) throws Exception {
        house.start("14494", "c-17");

        HttpResponse<String> answer = post("/operator/close", form);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("message").asText()).isEqualTo("write one of key=<key>, server=<id>, customer=<id> and all=true");
        assertThat(house.sessions.live()).hasSize(1);
    }

    @Test
    void closingWithoutABodyIsToldWhatToWriteAsWell() throws Exception {
        HttpResponse<String> answer = server.send("/operator/close",
                request -> request.header("Authorization", "Bearer " + KEY).POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("message").asText()).isEqualTo("write one of key=<key>, server=<id>, customer=<id> and all=true");
    }

    @Test
    void aDrainedNodeOpensNothingUntilItIsUndrained() throws Exception {
        house.start("14494", "c-17");

        assertThat(json(post("/operator/drain", "")).toString()).isEqualTo("{\"draining\":true,\"live\":1}");
        assertThat(house.sessions.draining()).isTrue();
        assertThat(json(get("/health")).path("draining").asBoolean()).isTrue();
        assertThat(json(post("/operator/undrain", "")).path("draining").asBoolean()).isFalse();

        assertThat(house.sessions.draining()).isFalse();
        assertThat(house.sessions.live()).hasSize(1);
        assertThat(house.audited("operator.drain")).hasSize(1);
        assertThat(house.audited("operator.undrain")).singleElement()
                .satisfies(event -> assertThat(event.address()).contains("127.0.0.1"));
    }

    @Test
    void theAuditIsOneJsonObjectInEachLine() throws Exception {
        house.audit.write(AuditEvent.at(house.clock.instant(), "login", "OK").server("14494").customer("c-17"));
        house.audit.write(AuditEvent.at(house.clock.instant(), "login", "OK").server("20110").customer("c-17"));
        house.audit.write(AuditEvent.at(house.clock.instant().plusSeconds(60), "end", "OK").server("14494").customer("c-17"));
        await().until(() -> house.audited("end").size() == 1);

        assertThat(get("/operator/audit?server=14494").body()).isEqualTo("""
                {"at":"2026-03-01T03:00:00Z","action":"login","outcome":"OK","server":"14494","customer":"c-17"}
                {"at":"2026-03-01T03:01:00Z","action":"end","outcome":"OK","server":"14494","customer":"c-17"}
                """);
        assertThat(get("/operator/audit?customer=c-17&until=2026-03-01T03:01:00Z&most=1").body())
                .hasLineCount(1).contains("20110");
        assertThat(get("/operator/audit?from=2026-03-01T03:01:00Z").body()).hasLineCount(1).contains("\"end\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"from=yesterday", "until=1", "most=0", "most=many", "most=100001"})
    void whatTheAuditCannotBeAskedIsSaid(String query) throws Exception {
        HttpResponse<String> answer = get("/operator/audit?" + query);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("message").asText()).startsWith(query.split("=")[0] + " is not ");
    }

    @Test
    void metricsArePrometheusText() throws Exception {
        house.start("14494", "c-17");

        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.headers().firstValue("content-type")).contains("text/plain;version=0.0.4;charset=utf-8");
        assertThat(answer.body()).contains("# TYPE console_live gauge", "console_live 1.0\n");
    }

    @Test
    void healthIsOneWordForLoadBalancersAndEveryPartForTheOperator() throws Exception {
        HttpResponse<String> forAll = server.send("/health", request -> request);
        assertThat(forAll.statusCode()).isEqualTo(200);
        assertThat(forAll.body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(json(get("/health")).path("parts")).isEqualTo(
                new ObjectMapper().readTree("{\"journal\": \"UP\", \"guacd\": \"UP\"}"));
    }

    @Test
    void aPartThatIsMissingIsNamedToTheOperatorOnly() throws Exception {
        guacdIsThere = false;

        HttpResponse<String> forAll = server.send("/health", request -> request);
        HttpResponse<String> forOperator = get("/health");

        assertThat(forAll.statusCode()).isEqualTo(503);
        assertThat(forAll.body()).isEqualTo("{\"status\":\"DOWN\"}");
        assertThat(forOperator.statusCode()).isEqualTo(503);
        assertThat(json(forOperator).path("parts").path("guacd").asText())
                .isEqualTo("DOWN: guacd cannot be reached at localhost:4822");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer " + HASH, "Basic " + KEY, KEY, "Bearer " + KEY + "x",
        "Bearer \u00e4", "Bearer AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9"})
    void withoutTheRightKeyNothingIsToldOrDone(String authorization) throws Exception {
        house.start("14494", "c-17");
        UnaryOperator<HttpRequest.Builder> sent = request ->
                authorization.isEmpty() ? request : request.header("Authorization", authorization);

        List<HttpResponse<String>> answers = new ArrayList<>();
        for (String path : List.of("/operator/consoles", "/operator/audit", "/operator/nothing", "/metrics")) {
            answers.add(server.send(path, sent));
        }
        for (String path : List.of("/operator/close", "/operator/drain")) {
            answers.add(server.send(path, request -> sent.apply(request).header("Content-Type", FORM)
                    .POST(HttpRequest.BodyPublishers.ofString("all=true"))));
        }
        if (!authorization.isEmpty()) {
            answers.add(server.send("/health", sent));
        }

        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).isEqualTo(answers.get(0).body()).doesNotContain(KEY, HASH, "14494");
        });
        assertThat(house.sessions.live()).hasSize(1);
        assertThat(house.sessions.draining()).isFalse();
        assertThat(house.audited("operator")).hasSize(answers.size()).allSatisfy(event -> {
            assertThat(event.outcome()).isEqualTo("UNAUTHORIZED");
            assertThat(event.address()).contains("127.0.0.1");
        });
    }

    @Test
    void wrongKeysNeverKeepTheRightOneOut() throws Exception {
        for (int i = 0; i < 200; i++) {
            assertThat(server.send("/metrics", request -> request.header("Authorization", "Bearer guess")).statusCode()).isEqualTo(401);
        }

        assertThat(get("/metrics").statusCode()).isEqualTo(200);
        assertThat(house.audited("operator")).hasSizeLessThan(100);
    }

    @Test
    void withoutAConfiguredKeyNothingOfItIsThere() throws Exception {
        server.close();
        server = server(Optional.empty());

        for (String path : List.of("/operator/consoles", "/metrics", "/health", "/operator/nothing")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
            assertThat(server.send(path, request -> request).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(post("/operator/close", "all=true").statusCode()).isEqualTo(404);
    }

    @Test
    void thePanelsOwnPathStaysThePanels() throws Exception {
        assertThat(server.send("", request -> request.POST(HttpRequest.BodyPublishers.noBody())).body()).isEqualTo("the panel's");
        assertThat(server.send("/", request -> request.POST(HttpRequest.BodyPublishers.noBody())).body()).isEqualTo("the panel's");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return server.send(path, request -> request.header("Authorization", "Bearer " + KEY));
    }

    private HttpResponse<String> post(String path, String form) throws Exception {
        return server.send(path, request -> request.header("Authorization", "bearer " + KEY)
                .header("Content-Type", FORM).POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("application/json");
        return new ObjectMapper().readTree(answer.body());
    }
}
