package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a hosting panel does, over HTTP. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class PanelIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Shared shared;

    PanelIT(Shared shared) {
        this.shared = shared;
    }

    /** In the form of the original's documentation, with its placeholders. */
    private static final String ORIGINAL_CALL = """
            curl -s "https://HOST" -X POST \\
            --data "action=novnc" \\
            --data "token=SESSION_TOKEN" \\
            --data "id=SERVER_ID" \\
            --data "pin=PIN_CODE"
            """;

    @InBothHosts
    void theCurlCallOfTheOriginalApiGivesALinkThatOpensTheConsoleInOneClick(Host host) throws Exception {
        House house = shared.house(host);
        String call = ORIGINAL_CALL.replace("https://HOST", house.url().resolve("api/ext/console").toString())
                .replace("SESSION_TOKEN", token(house)).replace("SERVER_ID", House.VM_SERVER).replace("PIN_CODE", House.PIN);

        JsonNode answer = answer("bash", "-c", call);

        assertThat(answer.path("result").asText()).isEqualTo("OK");
        assertThat(answer.path("context").path("id").asText()).isEqualTo(House.VM_SERVER);
        OurPage page = new OurPage(shared.chromium().tab(), house.url());
        page.tab().navigate(answer.path("scope").asText());
        page.awaitPicture(ConsolePage.BLUE);
        assertThat(page.tab().url()).doesNotContain("ticket");
    }

    @InBothHosts
    void stoppingClosesALiveConsoleAndThePageSaysSo(Host host) throws Exception {
        House house = shared.house(host);
        String token = token(house);
        JsonNode opened = curl(house, "action=novnc", "token=" + token, "id=" + House.VM_SERVER, "pin=" + House.PIN);
        OurPage page = open(house, opened);
        long stopping = System.nanoTime();

        JsonNode stopped = curl(house, "action=stop_novnc", "token=" + token, "key=" + opened.path("Key").asText());

        assertThat(stopped.path("result").asText()).isEqualTo("OK");
        page.awaitNoConsole();
        Figures.note("stop_novnc, " + host + ": the page said so " + (System.nanoTime() - stopping) / 1_000_000 + " ms after the call began");
        page.picture("stopped-" + host);
        assertThat(page.text()).contains("This console was closed from the panel.");
        await().untilAsserted(() -> assertThat(curl(house, "action=check_novnc", "token=" + token,
                "key=" + opened.path("Key").asText()).path("context").path("end_reason").asText()).isEqualTo("CLOSED_BY_PANEL"));
    }

    @InBothHosts
    void extendingMovesTheDeadlineWhileTheConsoleStaysOpen(Host host) throws Exception {
        try (House house = House.start(host, Map.of("console-session-duration", "600", "console-session-limit", "900"))) {
            String token = token(house);
            JsonNode opened = curl(house, "action=novnc", "token=" + token, "id=" + House.VM_SERVER, "pin=" + House.PIN);
            OurPage page = open(house, opened);
            double before = deadline(page.tab());
            String key = "key=" + opened.path("Key").asText();
            // A second must have passed before there is anything to gain.
            await().until(() -> curl(house, "action=check_novnc", "token=" + token, key).path("context").path("seconds_left").asInt() < 599);

            JsonNode extended = curl(house, "action=extend_novnc", "token=" + token, key, "pin=" + House.PIN);

            assertThat(extended.path("result").asText()).as(extended.toString()).isEqualTo("OK");
            await().until(() -> deadline(page.tab()) > before);
            assertThat(page.state()).isEqualTo("live");
        }
    }

    @InBothHosts
    void anOperatorSeesWhatIsLiveClosesItAndReadsHealthMetricsAndTheAudit(Host host) throws Exception {
        String key = "an operator's key";
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        try (House house = House.start(host, Map.of("console-operator-key", hash))) {
            JsonNode opened = curl(house, "action=novnc", "token=" + token(house), "id=" + House.VM_SERVER, "pin=" + House.PIN);
            OurPage page = open(house, opened);

            assertThat(operator(house, "health", "", "").statusCode()).isEqualTo(200);
            assertThat(operator(house, "operator/consoles", "wrong", "").statusCode()).isEqualTo(401);
            assertThat(operator(house, "operator/consoles", key, "").body()).contains(opened.path("Key").asText());
            assertThat(operator(house, "metrics", key, "").body()).contains("console");
            HttpResponse<String> closed = operator(house, "operator/close", key, "server=" + House.VM_SERVER);
            assertThat(closed.statusCode()).as(closed.body()).isEqualTo(200);

            page.awaitNoConsole();
            assertThat(page.text()).contains("Access to this console was withdrawn.");
            await().untilAsserted(() -> assertThat(operator(house, "operator/audit", key, "").body())
                    .contains("novnc", "login", "REVOKED").doesNotContain("ticket-"));
        }
    }

    /** Posts the form where there is one, else gets. */
    private static HttpResponse<String> operator(House house, String path, String key, String form)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(house.url().resolve("api/ext/console/" + path));
        if (!form.isEmpty()) {
            request.header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form));
        }
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @InBothHosts
    void aCallMayBeJsonAndIsDescribed(Host host) throws Exception {
        House house = shared.house(host);
        String body = new ObjectMapper().writeValueAsString(Map.of("action", "novnc", "token", token(house),
                "id", House.VM_SERVER, "pin", House.PIN));
        HttpResponse<String> answer = HTTP.send(HttpRequest.newBuilder(house.url().resolve("api/ext/console"))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> description = HTTP.send(HttpRequest.newBuilder(
                house.url().resolve("api/ext/console/openapi.json")).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(House.json(answer).path("result").asText()).isEqualTo("OK");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(House.json(description).path("openapi").asText()).isEqualTo("3.1.0");
    }

    @InBothHosts
    void aRefusalHasItsStatusAndNothingOfTheServersOwn(Host host) throws Exception {
        House house = shared.house(host);
        HttpResponse<String> answer = HTTP.send(HttpRequest.newBuilder(house.url().resolve("api/ext/console"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("action=novnc&token=none&id=14494&pin=1")).build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(House.json(answer).path("code").asText()).isEqualTo("PIN_REJECTED");
    }

    private OurPage open(House house, JsonNode answer) {
        OurPage page = new OurPage(shared.chromium().tab(), house.url());
        page.tab().navigate(answer.path("scope").asText());
        page.awaitPicture(ConsolePage.BLUE);
        return page;
    }

    private static double deadline(Page tab) {
        return ((Number) tab.evaluate("Number(document.body.dataset.deadline)")).doubleValue();
    }

    private static String token(House house) {
        return house.link(House.VM_SERVER).token();
    }

    /** As the clients of the original API call it. */
    private static JsonNode curl(House house, String... data) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "--silent"));
        for (String pair : data) {
            command.addAll(List.of("--data", pair));
        }
        command.add(house.url().resolve("api/ext/console").toString());
        return answer(command.toArray(String[]::new));
    }

    private static JsonNode answer(String... command) throws IOException, InterruptedException {
        Process curl = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor()).isZero();
        return new ObjectMapper().readTree(answer);
    }
}
