package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakePanel;
import org.serverconsole.fake.IntrospectingPanel;
import org.serverconsole.parts.TigerVnc;

/** Tokens that only the panel can read, which is asked about them. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class OpaqueTokenIT {

    private static final String SERVER = "box";

    private final Shared shared;

    @TempDir
    private Path folder;

    OpaqueTokenIT(Shared shared) {
        this.shared = shared;
    }

    @Test
    void aLinkWithAnOpaqueTokenAsksForThePinOpensTheConsoleOnceAndIsGoodAtTheApi() throws Exception {
        Certificate certificate = Certificate.make(folder);
        IntrospectingPanel tokens = new IntrospectingPanel("");
        try (FakePanel panel = new FakePanel(certificate, tokens);
                TigerVnc box = TigerVnc.start(folder, "box-pass");
                House house = House.start(Host.MINI, Map.of("console-token-introspection-url", panel.url("/introspect"),
                        "console-panel-key", "what-guacamole-shows-the-panel", "console-ca-file", certificate.pem().toString()))) {
            house.vnc(SERVER, box.port(), "box-pass");
            tokens.grant("an-opaque-token", SERVER, Instant.now().plusSeconds(600));
            house.secret("an-opaque-token");
            house.secret("what-guacamole-shows-the-panel");
            Link link = new Link(SERVER, "token-an-opaque-token", Optional.empty());
            OurPage page = new OurPage(shared.chromium().tab(), house.url());

            page.open(link);
            page.awaitPinPrompt();
            page.enterPin(House.PIN);

            page.awaitState("live");
            assertThat(house.login(link.withPin(House.PIN).parameters()).statusCode()).as("the link a second time").isEqualTo(403);
            assertThat(novnc(house.url(), "an-opaque-token").body()).contains("\"result\":\"OK\"");
            assertThat(novnc(house.url(), "another-token").body()).contains("PIN_REJECTED");
            assertThat(panel.received()).allSatisfy(
                    asked -> assertThat(asked.authorization()).isEqualTo("Bearer what-guacamole-shows-the-panel"));
            assertThat(house.leaked()).isEmpty();
        }
    }

    private static HttpResponse<String> novnc(URI guacamole, String token) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(guacamole.resolve("api/ext/console"))
                .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(
                        "action=novnc&id=" + SERVER + "&pin=" + House.PIN + "&token=" + token)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
