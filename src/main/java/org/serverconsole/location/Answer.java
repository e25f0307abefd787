package org.serverconsole.location;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/**
 * What a node says to an order.
 *
 * @param status HTTP status
 * @param retryAfter for the header of that name
 * @param body the JSON object that the panel is to be given
 */
public record Answer(int status, Optional<Duration> retryAfter, JsonNode body) {

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        retryAfter.ifPresent(wait -> json.put("retry_after", wait.toSeconds()));
        return json.put("status", status).set("body", body);
    }

    static Answer of(JsonNode json) {
        return new Answer(json.path("status").asInt(),
                Optional.ofNullable(json.get("retry_after")).map(wait -> Duration.ofSeconds(wait.asLong())), json.path("body"));
    }
}
