package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.parts.RabbitMq;

/** Two Guacamoles, each at a location of its own, with a RabbitMQ between them. */
@Timeout(180)
@ExtendWith(Shared.Extension.class)
class LocationsIT {

    /** SHA-256 of "operator". */
    private static final String OPERATOR = "06e55b633481f7bb072957eabcf110c972e86691c3cfedabe088024bffe42f23";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private final Shared shared;

    LocationsIT(Shared shared) {
        this.shared = shared;
    }

    @Test
    void whatOneLocationIsAskedForAServerOfTheOtherOpensThere() throws Exception {
        try (RabbitMq broker = RabbitMq.start(folder);
                House us = House.start(Host.MINI, properties("US", broker, "http://us.invalid/guacamole/"))) {
            us.secret(RabbitMq.PASSWORD);
            GuacamoleHome home = new GuacamoleHome(Files.createDirectory(folder.resolve("nl")));
            properties("NL", broker, "http://nl.invalid/guacamole/").forEach(home::property);
            home.property("console-token-key", us.key()).property("console-operator-key", OPERATOR)
                    .property("guacd-hostname", "127.0.0.1").property("guacd-port", Integer.toString(us.guacd().port()));
            home.server(House.VM_SERVER, House.PIN, Map.of("location", "US"));
            try (GuacamoleProcess nl = home.start(Host.MINI)) {
                await().until(() -> health(nl).at("/parts/broker").asText().equals("UP"));
                JsonNode answer = await().until(() -> call(nl, "novnc", us), asked -> asked.path("result").asText().equals("OK"));

                assertThat(answer.at("/context/location").asText()).isEqualTo("US");
                String scope = answer.path("scope").asText();
                assertThat(scope).startsWith("http://us.invalid/guacamole/app/ext/console/open.html#");
                OurPage page = new OurPage(shared.chromium().tab(), us.url());
                page.tab().navigate(scope.replace("http://us.invalid/guacamole/", us.url().toString()));
                page.awaitPicture(ConsolePage.BLUE);
                refusesAtItsOwnDoor(nl, us);

                broker.stop();

                await().until(() -> health(nl).at("/parts/broker").asText().startsWith("DOWN"));
                assertThat(health(nl).path("status").asText()).as("it goes on with its own servers").isEqualTo("UP");
                assertThat(call(nl, "novnc", us).path("code").asText()).isEqualTo("LOCATION_AWAY");
                assertThat(page.state()).isEqualTo("live");
                assertThat(nl.log()).doesNotContain(RabbitMq.PASSWORD, us.key());
            }
            assertThat(us.leaked()).isEmpty();
        }
    }

    private void refusesAtItsOwnDoor(GuacamoleProcess nl, House us) {
        OurPage door = new OurPage(shared.chromium().tab(), nl.url());
        door.open(us.link(House.VM_SERVER).withPin(House.PIN));
        door.awaitNoConsole();
        assertThat(door.text()).contains("This link is for a server of another location.");
    }

    private static Map<String, String> properties(String location, RabbitMq broker, String url) {
        return Map.of("console-location", location, "console-public-url", url,
                "console-broker", "amqp://" + RabbitMq.USER + "@127.0.0.1:" + broker.port(),
                "console-broker-password", RabbitMq.PASSWORD,
                "console-broker-key", "enl4d3Z1dHNycXBvbm1sa2ppaGdmZWRjYmF6eXh3dnU=");
    }

    private static JsonNode call(GuacamoleProcess node, String action, House house) throws Exception {
        String form = Map.of("action", action, "id", House.VM_SERVER, "pin", House.PIN, "token", house.link(House.VM_SERVER).token())
                .entrySet().stream().map(pair -> pair.getKey() + "=" + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return House.json(HTTP.send(HttpRequest.newBuilder(node.url().resolve("api/ext/console"))
                .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)).build(),
                HttpResponse.BodyHandlers.ofString()));
    }

    /** As the operator is told it. */
    private static JsonNode health(GuacamoleProcess node) throws Exception {
        URI health = node.url().resolve("api/ext/console/health");
        return House.json(HTTP.send(HttpRequest.newBuilder(health).header("Authorization", "Bearer operator").build(),
                HttpResponse.BodyHandlers.ofString()));
    }
}
