package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a panel's developer is told whose call is written in another way than the API wants it. */
class PanelResourceTest {

    @TempDir
    private Path folder;
    private PanelRig rig;
    private OperatorServer server;

    @BeforeEach
    void start() throws Exception {
        rig = new PanelRig(Map.of());
        server = new OperatorServer(rig.resource(), folder.toFile());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data; boundary=x", "text/plain", "application/xml"})
    void anotherFormIsRefusedWithThoseThereAre(String type) throws Exception {
        HttpResponse<String> answer = server.send("", request -> request.header("Content-Type", type)
                .POST(BodyPublishers.ofString("--x\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\nnovnc\r\n--x--\r\n")));

        assertRefused(answer, "the Content-Type is neither application/x-www-form-urlencoded nor application/json");
    }

    @Test
    void aCallWithoutABodyOrATypeIsRefusedAsOneOrTheOther() throws Exception {
        // Which of its methods Jersey takes for such a call is not said anywhere.
        assertRefused(server.send("", request -> request.POST(BodyPublishers.noBody())), "action is missing",
                "the body is neither a form nor a JSON object",
                "the Content-Type is neither application/x-www-form-urlencoded nor application/json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "action | {\"action\":[\"novnc\"],\"token\":\"t\"}",
        "id     | {\"action\":\"novnc\",\"token\":\"t\",\"id\":{\"server\":\"14494\"},\"pin\":\"1\"}",
        "pin    | {\"action\":\"novnc\",\"token\":\"t\",\"id\":\"14494\",\"pin\":[]}",
        "Key    | {\"action\":\"check_novnc\",\"token\":\"t\",\"Key\":{}}"})
    void aValueThatIsNoTextIsNotCalledMissing(String name, String body) throws Exception {
        assertRefused(server.send("", request -> request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body))),
                name + " is not a text");
    }

    private static void assertRefused(HttpResponse<String> answer, String... messages) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode body = new ObjectMapper().readTree(answer.body());
        assertThat(body.path("code").asText()).isEqualTo("BAD_REQUEST");
        assertThat(body.path("message").asText()).isIn((Object[]) messages);
    }
}
