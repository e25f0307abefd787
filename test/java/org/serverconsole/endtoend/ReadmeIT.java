package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What README.md shows a panel's developer, run as it stands there. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class ReadmeIT {

    private final Shared shared;

    ReadmeIT(Shared shared) {
        this.shared = shared;
    }

    @Test
    void theCallsWithCurlGiveALinkAndThenCheckExtendAndStopItsSession() throws Exception {
        House house = shared.house(Host.MINI);
        List<String> calls = Readme.blocks("sh").stream().flatMap(String::lines).filter(line -> line.startsWith("curl ")).toList();
        assertThat(calls).extracting(call -> call.replaceAll(".*action=(\\w+).*", "$1"))
                .containsExactly("novnc", "check_novnc", "extend_novnc", "stop_novnc");
        String token = house.link(House.VM_SERVER).token();

        JsonNode novnc = called(house, calls.get(0), token, "");
        open(house, novnc.path("scope").asText());
        List<JsonNode> answers = new ArrayList<>();
        for (String call : calls.subList(1, calls.size())) {
            answers.add(called(house, call, token, novnc.path("Key").asText()).path("context"));
        }

        JsonNode shown = new ObjectMapper().readTree(Readme.blocks("json").get(0));
        assertThat(names(novnc)).isEqualTo(names(shown));
        assertThat(names(novnc.path("context"))).isEqualTo(names(shown.path("context")));
        assertThat(answers.get(0).path("state").asText()).isEqualTo("open");
        assertThat(answers.get(1).path("seconds_left").asInt()).isPositive();
        assertThat(called(house, calls.get(1), token, novnc.path("Key").asText()).at("/context/end_reason").asText())
                .isEqualTo("CLOSED_BY_PANEL");
    }

    @Test
    void aTokenMadeInPythonIsAccepted() throws Exception {
        House house = shared.house(Host.MINI);
        String program = Readme.blocks("python").get(0) + "\nimport sys\nprint(console_token(sys.argv[1], 'c-17', sys.argv[2]))\n";

        assertAccepted(house, run(Map.of(), "python3", "-c", program, house.key(), House.VM_SERVER));
    }

    @Test
    void aTokenMadeInPhpIsAccepted() throws Exception {
        House house = shared.house(Host.MINI);
        String program = Readme.blocks("php").get(0) + "\necho console_token($argv[1], 'c-17', $argv[2]);\n";

        assertAccepted(house, run(Map.of(), "php", "-r", program, "--", house.key(), House.VM_SERVER));
    }

    private static void assertAccepted(House house, String token) throws Exception {
        assertThat(called(house, "curl --data action=novnc --data token=$TOKEN --data id=14494 --data pin=$PIN $CONSOLE", token, "")
                .path("scope").asText()).contains("ticket-");
    }

    /** The answer to a call that is accepted. */
    private static JsonNode called(House house, String call, String token, String key) throws Exception {
        String answer = run(Map.of("CONSOLE", house.url().resolve("api/ext/console").toString(), "TOKEN", token, "PIN", House.PIN,
                "KEY", key), "bash", "-euc", call);
        JsonNode json = new ObjectMapper().readTree(answer);
        assertThat(json.path("result").asText()).as(answer).isEqualTo("OK");
        return json;
    }

    /** As the browser does that follows the link. */
    private static void open(House house, String scope) throws Exception {
        assertThat(house.login(scope.substring(scope.indexOf('#') + 1)).statusCode()).isEqualTo(200);
    }

    private static String run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
