package org.serverconsole.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The panel's API as {@code openapi.json} describes it. */
final class Description {

    private final JsonNode openApi;
    private final Map<Integer, JsonSchema> answers = new HashMap<>();

    Description(JsonNode openApi) {
        this.openApi = openApi;
    }

    /** What a call may hold, from a parameter's name to its schema. */
    JsonNode parameters() {
        return openApi.at("/components/schemas/Request/properties");
    }

    /** What is wrong with an answer of that status. */
    Collection<?> complaints(int status, JsonNode answer) {
        if (!schema(status).isObject()) {
            return List.of("status " + status + " is not described");
        }
        return answers.computeIfAbsent(status, this::compiled).validate(answer);
    }

    private JsonNode schema(int status) {
        return openApi.at("/paths/~1/post/responses/" + status + "/content/application~1json/schema");
    }

    private JsonSchema compiled(int status) {
        ObjectNode whole = ((ObjectNode) openApi.deepCopy()).retain("components");
        whole.set("$ref", schema(status).get("$ref"));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(whole);
    }
}
