package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.serverconsole.host.RawHttp;

/** Whatever is sent to Guacamole, what comes back is an answer, and what is secret is in no log. */
class AnyInputIT {

    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final byte[] NOTHING = {};

    /** The login ticket in a login URL. */
    private static final Pattern TICKET = Pattern.compile("password=([\\w.-]{20,})");
    private static final int GUESSED_SERVERS = 4;

    private static House house;
    private static RawHttp http;
    private static String authToken;

    @BeforeContainer
    static void start() throws Exception {
        // As many as there may be, and on several servers, so that more than the first few PINs are looked at.
        house = House.start(Host.MINI, Map.of("console-pin-attempts", "1000"));
        for (int i = 0; i < GUESSED_SERVERS; i++) {
            house.vm("guessed-" + i, "web-14494");
        }
        http = new RawHttp(house.url());
        house.vm("paths", "web-14494");
        authToken = newSession();
    }

    private static String newSession() throws IOException, InterruptedException {
        return House.json(house.login(house.link("paths").withPin(House.PIN).parameters())).path("authToken").asText();
    }

    @AfterContainer
    static void stop() throws Exception {
        try (House closing = house; RawHttp hangingUp = http) {
            assertThat(house.login(house.link(House.VM_SERVER).withPin(House.PIN).parameters()).statusCode()).isEqualTo(200);
            assertThat(house.leaked()).isEmpty();
        }
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void anyTokenIsAnswered(@ForAll("tokens") String token, @ForAll("serverIds") String server) throws IOException {
        RawHttp.Answer answer = login("username=" + encode(server) + "&password=" + encode(token) + "&pin=" + House.PIN);

        assertThat(answer.status()).isIn(200, 403, 429);
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void anyPinIsAnswered(@ForAll("texts") String pin, @ForAll @IntRange(max = GUESSED_SERVERS - 1) int server) throws IOException {
        Link link = house.link("guessed-" + server);

        RawHttp.Answer answer = login(link.withPin(pin).parameters());

        assertThat(answer.status()).isIn(200, 403, 429);
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void anyFormIsAnswered(@ForAll("forms") String form) throws IOException {
        RawHttp.Answer answer = login(form);

        assertThat(answer.status()).isIn(200, 400, 403, 429);
    }

    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
    void anyCallOfThePanelIsAnswered(@ForAll("calls") Map<String, String> call, @ForAll boolean asJson) throws IOException {
        RawHttp.Answer answer = asJson
                ? http.send("POST", "api/ext/console", JSON, new ObjectMapper().writeValueAsBytes(call))
                : http.send("POST", "api/ext/console", FORM, form(call).getBytes(StandardCharsets.UTF_8));

        assertHarmless(answer);
        assertThat(answer.status()).isIn(200, 400, 403, 404, 409, 429, 501, 502, 503, 504);
        TICKET.matcher(answer.body()).results().forEach(ticket -> house.secret(ticket.group(1)));
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void anyBodyIsAnsweredAtThePanelsDoor(@ForAll("bodies") String body, @ForAll("types") String type) throws IOException {
        RawHttp.Answer answer = http.send("POST", "api/ext/console", type, body.getBytes(StandardCharsets.UTF_8));

        assertHarmless(answer);
        assertThat(answer.status()).isIn(400, 403, 415);
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void anyPathIsAnswered(@ForAll("methods") String method, @ForAll("targets") String target) throws Exception {
        RawHttp.Answer answer = http.send(method, target, "Guacamole-Token: " + authToken + "\r\n", NOTHING);

        assertHarmless(answer);
        if (answer.status() == 403) {
            // Some end the session, and the next shall find one.
            authToken = newSession();
        }
    }

    private static RawHttp.Answer login(String form) throws IOException {
        RawHttp.Answer answer = http.send("POST", "api/tokens", FORM, form.getBytes(StandardCharsets.UTF_8));
        assertHarmless(answer);
        return answer;
    }

    private static void assertHarmless(RawHttp.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isNotEqualTo(500);
        assertThat(answer.body()).doesNotContain("Exception", "\tat ", "org.serverconsole", ".java:", house.key());
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(40),
                Arbitraries.strings().numeric().ofMaxLength(12),
                Arbitraries.strings().ascii().ofMaxLength(40),
                Arbitraries.of(0, 71, 72, 73, 1000, 20_000).map("9"::repeat),
                Arbitraries.of("\u0000", " " + House.PIN, House.PIN + " ", "4711", "${jndi:ldap://127.0.0.1/}", "'; --", "${GUAC_PASSWORD}"));
    }

    @Provide
    Arbitrary<String> serverIds() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(House.VM_SERVER)),
                Tuple.of(1, withoutPin()));
    }

    /** For what is logged, and rightly. */
    private Arbitrary<String> withoutPin() {
        return texts().filter(text -> !text.contains(House.PIN));
    }

    /** Signed ones that were bent, made ones that were never signed, and no tokens at all. */
    @Provide
    Arbitrary<String> tokens() {
        Arbitrary<String> signed = Arbitraries.create(() -> house.link(House.VM_SERVER).token());
        Arbitrary<String> bent = Combinators.combine(signed, Arbitraries.integers().between(0, 400), Arbitraries.chars().ascii())
                .as((token, at, character) -> {
                    int index = at % token.length();
                    return token.substring(0, index) + character + token.substring(index + 1);
                });
        Arbitrary<String> cut = Combinators.combine(signed, Arbitraries.integers().between(0, 400))
                .as((token, at) -> token.substring(0, at % token.length()));
        Arbitrary<String> part = Arbitraries.oneOf(json(), texts())
                .map(text -> Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        Arbitrary<String> made = Combinators.combine(part, part, part).as((head, body, end) -> head + "." + body + "." + end);
        return Arbitraries.oneOf(bent, cut, made, texts(), texts().list().ofMaxSize(6).map(parts -> String.join(".", parts)));
    }

    private Arbitrary<String> json() {
        Arbitrary<String> value = Arbitraries.of("\"HS256\"", "\"none\"", "\"RS256\"", "\"EdDSA\"", "null", "[]", "{}", "-1",
                "1e999", "99999999999999999999", "\"14494\"", "[\"14494\", 1, null]", "\"\\u0000\"", "true");
        Arbitrary<String> member = Combinators.combine(
                        Arbitraries.of("alg", "kid", "jku", "jwk", "crit", "b64", "zip", "typ", "sub", "server", "exp", "nbf", "jti", "ip"), value)
                .as((name, text) -> "\"" + name + "\":" + text);
        return member.list().ofMaxSize(6).map(members -> "{" + String.join(",", members) + "}");
    }

    /** Pairs as they should be, and then all that a form may not be. */
    @Provide
    Arbitrary<String> forms() {
        Arbitrary<String> name = Arbitraries.oneOf(
                Arbitraries.of("username", "password", "pin", "token", "data", "%00", "", "password%", "$password"), texts().map(AnyInputIT::encode));
        Arbitrary<String> value = Arbitraries.oneOf(
                tokens().map(AnyInputIT::encode), Arbitraries.of(House.VM_SERVER, "", "=", "a.b.c", "%C3%28", "+"), texts().map(AnyInputIT::encode));
        return Combinators.combine(name, Arbitraries.of("=", "", "=="), value).as((n, equals, v) -> n + equals + v)
                .list().ofMaxSize(6).map(pairs -> String.join("&", pairs));
    }

    /** Calls as the panel makes them, with one value or another that it would not send. */
    @Provide
    Arbitrary<Map<String, String>> calls() {
        Arbitrary<String> token = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.create(() -> house.link(House.VM_SERVER).token())), Tuple.of(1, tokens()));
        Arbitrary<String> pin = Arbitraries.frequencyOf(Tuple.of(5, Arbitraries.just(House.PIN)), Tuple.of(1, texts()));
        Arbitrary<String> action = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.of("novnc", "check_novnc", "extend_novnc", "stop_novnc", "recreate_novnc", "console", "status")),
                Tuple.of(1, texts()));
        Arbitrary<String> address = Arbitraries.oneOf(Arbitraries.of("", "127.0.0.1", "::1", "127.0.0.1%lo", "1.2.3"), texts());
        return Combinators.combine(action, token, serverIds(), pin, texts(), address)
                .as((verb, bearer, id, digits, key, ip) -> Map.of(
                        "action", verb, "token", bearer, "id", id, "pin", digits, "key", key, "white_ip", ip));
    }

    @Provide
    Arbitrary<String> bodies() {
        return Arbitraries.oneOf(forms(), json(), texts(), Arbitraries.of(100, 100_000).map("["::repeat),
                texts().map(text -> "{\"action\": \"" + text), Arbitraries.of("null", "[]", "{\"action\":{}}", "{\"action\":1e999}"));
    }

    @Provide
    Arbitrary<String> types() {
        // A form in a character set that nobody knows is 500 by Guacamole itself, before any extension hears of it.
        return Arbitraries.of(FORM, JSON, "", "Content-Type: text/plain\r\n", "Content-Type: application/json; charset=nonsense\r\n",
                "Content-Type: multipart/form-data\r\n", "Content-Type: ;\r\n");
    }

    private static String form(Map<String, String> values) {
        return values.entrySet().stream().map(value -> value.getKey() + "=" + encode(value.getValue()))
                .collect(Collectors.joining("&"));
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH");
    }

    @Provide
    Arbitrary<String> targets() {
        Arbitrary<String> start = Arbitraries.of("api/ext/console", "api/session/ext/console", "app/ext/console",
                "api/session/data/console/connections", "tunnel?connect&", "tunnel?read:", "websocket-tunnel", "api/ext", "");
        Arbitrary<String> raw = Arbitraries.strings().withCharRange('!', '\u00ff').ofMaxLength(30);
        Arbitrary<String> piece = Arbitraries.oneOf(raw, withoutPin().map(AnyInputIT::encode),
                Arbitraries.of("/..", "/%2e%2e/", "//", "/open.html", "/META-INF/MANIFEST.MF", ";jsessionid=1", "%", "%00", "?token=", "\\"));
        return Combinators.combine(start, piece.list().ofMinSize(1).ofMaxSize(4)).as((path, pieces) -> path + "/" + String.join("", pieces))
                .map(target -> target.length() > 6000 ? target.substring(0, 6000) : target);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
