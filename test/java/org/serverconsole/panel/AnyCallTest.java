package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.tomcat.util.http.fileupload.FileUtils;
import org.serverconsole.fake.PanelToken;

/** Calls made up from the API's own description are answered as it says, whatever they hold. */
class AnyCallTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORM_TYPE = "application/x-www-form-urlencoded";
    private static final String JSON_TYPE = "application/json";

    /** How often a parameter is left out, needed or not. */
    private static final double OMITTED = 0.07;

    /** Every how manieth login URL is opened, so that there are sessions, and links that nobody has used. */
    private static final int OPENED = 2;

    private static final Set<Integer> STATUSES = new TreeSet<>();
    private static final List<String> KEYS = new ArrayList<>(List.of("no such key"));

    private static Path folder;
    private static PanelRig rig;
    private static Description description;
    private static OperatorServer server;
    private static int links;

    @BeforeContainer
    static void start() throws Exception {
        folder = Files.createTempDirectory("any-call");
        // As many attempts as there may be, so that more than the first few PINs are looked at; and a limit that is soon met.
        rig = new PanelRig(Map.of(
                "console-pin-attempts", "1000", "console-session-duration", "600", "console-session-limit", "601"));
        server = new OperatorServer(rig.resource(), folder.toFile());
        description = new Description(JSON.readTree(rig.resource().description()));
    }

    @AfterContainer
    static void stop() throws Exception {
        server.close();
        rig.close();
        FileUtils.deleteDirectory(folder.toFile());
        assertThat(STATUSES).as("what the calls have come to").contains(200, 400, 403, 404, 501);
    }

    @Property(tries = 11_000, edgeCases = EdgeCasesMode.NONE)
    void anyFormIsAnsweredAsDescribed(@ForAll("calls") Map<String, Object> call) throws Exception {
        String form = call.entrySet().stream().map(value -> encode(value.getKey()) + "=" + encode(String.valueOf(value.getValue())))
                .collect(Collectors.joining("&"));
        assertDescribed(send(FORM_TYPE, form));
    }

    @Property(tries = 7000, edgeCases = EdgeCasesMode.NONE)
    void anyObjectIsAnsweredAsDescribed(@ForAll("calls") Map<String, Object> call) throws Exception {
        assertDescribed(send(JSON_TYPE, JSON.writeValueAsString(call)));
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void anyBodyIsRefused(@ForAll("bodies") String body, @ForAll("types") String type) throws Exception {
        HttpResponse<String> answer = send(type, body);

        assertHarmless(answer);
        assertThat(answer.statusCode()).isIn(400, 415);
    }

    private static HttpResponse<String> send(String type, String body) throws IOException, InterruptedException {
        rig.clock.advance(Duration.ofMillis(100));
        return server.send("", request -> request.header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static void assertDescribed(HttpResponse<String> answer) throws Exception {
        assertHarmless(answer);
        STATUSES.add(answer.statusCode());
        JsonNode body = JSON.readTree(answer.body());
        assertThat(description.complaints(answer.statusCode(), body)).as(answer.body()).isEmpty();
        // This vendor, journal and panel never fail: it would be the API that does.
        assertThat(body.path("code").asText()).isNotEqualTo("UNAVAILABLE");
        if (!body.path("scope").asText().isEmpty()) {
            String key = body.path("Key").asText();
            KEYS.add(key);
            boolean anywhere = rig.journal.ticketOf(key).orElseThrow().address().isEmpty();
            if (anywhere && links++ % OPENED == 0) {
                rig.open(body.path("scope").asText());
            }
        }
    }

    private static void assertHarmless(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isNotEqualTo(500);
        assertThat(answer.body()).doesNotContain("Exception", "\tat ", "org.serverconsole", ".java:");
    }

    /** Each parameter that is described, mostly with what it should hold, and one that is not. */
    @Provide
    Arbitrary<Map<String, Object>> calls() {
        Arbitrary<Map<String, Object>> call = Arbitraries.create(LinkedHashMap::new);
        for (Map.Entry<String, JsonNode> parameter : description.parameters().properties()) {
            call = Combinators.combine(call, value(parameter.getKey(), parameter.getValue()).injectNull(OMITTED))
                    .as((known, value) -> with(known, parameter.getKey(), value));
        }
        return Combinators.combine(call, texts(), texts().injectNull(0.7)).as(AnyCallTest::with);
    }

    private static Map<String, Object> with(Map<String, Object> call, String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(call);
        if (value != null) {
            more.putIfAbsent(name, value);
        }
        return more;
    }

    private Arbitrary<Object> value(String name, JsonNode schema) {
        Arbitrary<Object> odd = Arbitraries.oneOf(texts().asGeneric(),
                Arbitraries.of(0, -1, 1e300, true, List.of(), List.of(1, "two"), Map.of("three", 4)));
        Arbitrary<Object> good = schema.has("enum")
                ? Arbitraries.of(JSON.convertValue(schema.get("enum"), Object[].class)) : good(name).asGeneric();
        return Arbitraries.frequencyOf(Tuple.of(16, good), Tuple.of(1, odd));
    }

    private Arbitrary<String> good(String name) {
        return switch (name) {
            case "token" -> Arbitraries.frequencyOf(
                    Tuple.of(8, Arbitraries.create(() -> token().hs256(PanelRig.KEY))),
                    Tuple.of(1, Arbitraries.create(() -> token().with("mode", "view").hs256(PanelRig.KEY))),
                    Tuple.of(1, Arbitraries.create(() -> token().with("exp", 1).hs256(PanelRig.KEY))),
                    Tuple.of(1, Arbitraries.create(() -> token().hs256(new byte[32]))),
                    Tuple.of(1, Arbitraries.create(() -> rig.token("14494"))));
            case "id" -> Arbitraries.of("14494", "20110", "99999");
            case "pin" -> Arbitraries.frequencyOf(Tuple.of(20, Arbitraries.just(PanelRig.PIN)), Tuple.of(1, Arbitraries.just("1111")));
            case "key" -> Arbitraries.randomValue(random -> KEYS.get(KEYS.size() - 1 - random.nextInt(Math.min(KEYS.size(), 5))));
            case "white_ip" -> Arbitraries.of("192.0.2.17", "2001:db8::17", "127.0.0.1%lo", "panel.example");
            default -> throw new IllegalStateException("nobody knows what " + name + " should hold");
        };
    }

    /** Of one customer for two servers that there are, and one that there is not. */
    private static PanelToken token() {
        return PanelToken.of("14494", rig.clock.instant()).with("server", List.of("14494", "20110", "99999"));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(30),
                Arbitraries.strings().ascii().ofMaxLength(30),
                Arbitraries.of(0, 72, 73, 256, 9000).map("9"::repeat),
                Arbitraries.of("\u0000", "${jndi:ldap://127.0.0.1/}", "'; --", "a.b.c", "../../x", "\r\nX: y"));
    }

    @Provide
    Arbitrary<String> bodies() {
        return Arbitraries.oneOf(texts(), texts().map(text -> "{\"action\": \"" + text), Arbitraries.of(
                "null", "[]", "{}", "{\"action\":{}}", "{\"action\":1e999}", "[".repeat(100_000), "action", "=", "&&&", "%", "action=%zz"));
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.of(FORM_TYPE, JSON_TYPE, "text/plain", "application/xml", JSON_TYPE + "; charset=nonsense");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
