package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A link opens one console session. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class OneTimeIT {

    private static final int AT_ONCE = 100;

    private final Shared shared;

    OneTimeIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void aHundredRedemptionsAtOnceOpenExactlyOneSession(Host host) throws Exception {
        try (House house = House.start(host, Map.of("console-pin", "off"))) {
            List<HttpResponse<String>> answers = atOnce(house, house.link(House.VM_SERVER).parameters());

            assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(1);
            assertThat(answers).filteredOn(answer -> answer.statusCode() != 200).allSatisfy(answer -> {
                assertThat(answer.statusCode()).isEqualTo(403);
                assertThat(answer.body()).contains("CONSOLE.REFUSED_TOKEN");
            });
            assertThat(house.leaked()).isEmpty();
        }
    }

    @InBothHosts
    void aHundredRedemptionsWithThePinOpenExactlyOneSessionAndLockOutNobody(Host host) throws Exception {
        House house = shared.house(host);

        List<HttpResponse<String>> answers = atOnce(house, house.link(House.VM_SERVER).withPin(House.PIN).parameters());

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(1);
        assertThat(answers).filteredOn(answer -> answer.statusCode() != 200).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isIn(403, 429);
            assertThat(answer.body()).containsAnyOf("CONSOLE.REFUSED_TOKEN", "CONSOLE.TOO_MANY");
        });
        assertThat(house.login(house.link(House.VM_SERVER).withPin(House.PIN).parameters()).statusCode()).isEqualTo(200);
    }

    private static List<HttpResponse<String>> atOnce(House house, String form) {
        HttpClient http = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> asked = Stream.generate(() ->
                        http.sendAsync(house.loginRequest(form), HttpResponse.BodyHandlers.ofString()))
                .limit(AT_ONCE).toList();
        return asked.stream().map(CompletableFuture::join).toList();
    }

    @InBothHosts
    void theSameLinkIsWelcomeInTheSessionItOpenedAndNowhereElse(Host host) throws Exception {
        House house = shared.house(host);
        Link link = house.link(House.VM_SERVER).withPin(House.PIN);
        String authToken = House.json(house.login(link.parameters())).path("authToken").asText();
        String withoutPin = "username=" + link.server() + "&password=" + link.token();

        JsonNode again = House.json(house.login(withoutPin + "&token=" + authToken));
        assertThat(again.path("authToken").asText()).isEqualTo(authToken);
        assertThat(house.status("session/data/console/self", authToken)).isEqualTo(200);

        HttpResponse<String> elsewhere = house.login(link.parameters());
        assertThat(elsewhere.statusCode()).isEqualTo(403);
        assertThat(House.json(elsewhere).path("translatableMessage").path("key").asText()).isEqualTo("CONSOLE.REFUSED_TOKEN");
    }
}
