package org.serverconsole.adapter.redfish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a BMC answered.
 *
 * @param json an object; an empty one where there was no body
 * @param token {@code X-Auth-Token}
 * @param location {@code Location}
 */
record Answer(int status, JsonNode json, Optional<String> token, Optional<String> location) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Answer of(HttpResponse<byte[]> response) throws IOException {
        boolean wanted = response.statusCode() >= 200 && response.statusCode() < 300;
        JsonNode json = json(response.body());
        if (wanted && !json.isObject()) {
            throw new ProtocolException("an answer that is no JSON object");
        }
        return new Answer(response.statusCode(), json, response.headers().firstValue("X-Auth-Token"),
                response.headers().firstValue("Location"));
    }

    static JsonNode json(byte[] body) throws IOException {
        try {
            return body.length == 0 ? JsonNodeFactory.instance.objectNode() : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            // Web servers in front of a BMC's API refuse in HTML; what they mean is in the status.
            return JsonNodeFactory.instance.missingNode();
        }
    }

    /**
     * Whether all was done that was asked. A 200 may carry an error for a part that failed (iDRAC), and an error that says
     * nothing but success (iLO).
     */
    boolean succeeded() {
        return status >= 200 && status < 300 && (!json.has("error") || onlySuccess());
    }

    private boolean onlySuccess() {
        List<String> ids = messageIds();
        return !ids.isEmpty() && ids.stream().allMatch(id -> id.endsWith(".Success"));
    }

    /** Of the extended error (DSP0266, 8.6), such as {@code IDRAC.2.4.RAC0218}. */
    List<String> messageIds() {
        return extended("MessageId");
    }

    /** Its texts, joined; empty where there are none. */
    String words() {
        List<String> messages = new ArrayList<>(extended("Message"));
        if (messages.isEmpty()) {
            String message = json.path("error").path("message").asText("");
            return message;
        }
        return String.join(" ", messages);
    }

    private List<String> extended(String field) {
        List<String> found = new ArrayList<>();
        // Within "error" by the standard; beside it in the answers of some firmware.
        for (JsonNode messages : List.of(json.path("error").path("@Message.ExtendedInfo"), json.path("@Message.ExtendedInfo"))) {
            messages.forEach(message -> {
                if (message.path(field).isTextual()) {
                    found.add(message.path(field).asText());
                }
            });
        }
        return found;
    }
}
