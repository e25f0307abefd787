package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.session.EndReason;

/** The description tells what the API really answers. */
class OpenApiTest {

    private final ObjectMapper json = new ObjectMapper();
    private PanelRig rig;
    private JsonNode description;

    @BeforeEach
    void open() throws Exception {
        rig = new PanelRig(Map.of("console-location", "NL"));
        description = json.readTree(rig.resource().description());
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void everyAnswerIsOfTheFormThatIsDescribedForItsStatus() throws Exception {
        List<PanelAnswer> answers = new ArrayList<>();
        String token = rig.token("14494");
        PanelAnswer novnc = call("novnc", token);
        answers.add(novnc);
        String key = (String) novnc.body().get("Key");
        answers.add(rig.call("action", "check_novnc", "token", token, "key", key));
        rig.open(novnc);
        for (PanelAction action : PanelAction.values()) {
            answers.add(call(action.wireName(), token));
            answers.add(rig.call("action", action.wireName(), "token", token, "key", key));
            answers.add(rig.call("action", action.wireName(), "token", token, "id", "14494", "pin", "1"));
        }
        answers.add(rig.call("action", "check_novnc", "token", token, "key", key));
        for (Kind kind : Kind.values()) {
            rig.vendor.refusal = Optional.of(new AdapterException(kind, "no"));
            answers.add(call("on", token));
        }

        assertThat(answers).extracting(PanelAnswer::status).contains(200, 400, 403, 404);
        assertThat(answers).allSatisfy(this::assertDescribed);
    }

    @Test
    void everyActionCodeAndEndReasonIsDescribed() {
        assertThat(names(description.at("/components/schemas/Request/properties/action/enum")))
                .containsExactlyElementsOf(Arrays.stream(PanelAction.values()).map(PanelAction::wireName).toList());
        assertThat(names(description.at("/components/schemas/Error/properties/code/enum")))
                .containsExactlyElementsOf(Arrays.stream(PanelException.Code.values()).map(Enum::name).toList());
        assertThat(names(description.at("/components/schemas/Done/properties/context/properties/end_reason/enum")))
                .containsExactlyElementsOf(Arrays.stream(EndReason.values()).map(Enum::name).toList());
        for (PanelException.Code code : PanelException.Code.values()) {
            assertThat(description.at("/paths/~1/post/responses/" + code.status()).isObject()).as(code.name()).isTrue();
        }
    }

    private PanelAnswer call(String action, String token) {
        return rig.call("action", action, "token", token, "id", "14494", "pin", PanelRig.PIN);
    }

    private void assertDescribed(PanelAnswer answer) {
        assertThat(new Description(description).complaints(answer.status(), PanelRig.json(answer)))
                .as(answer.body().toString()).isEmpty();
    }

    private static List<String> names(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }
}
