package org.serverconsole.adapter.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.redfish.Redfish;
import org.serverconsole.adapter.redfish.Refusal;
import org.serverconsole.config.Secret;

/**
 * A session of Redfish (DSP0266, 13.3.4) for one console's page, which ends with it.
 *
 * @param token what it is used with
 * @param location its path, by which it is ended
 */
public record RedfishLogin(Secret token, String location) {

    private static final String JSON_TYPE = "application/json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Logs in. */
    public static RedfishLogin in(WebClient web, Deadline deadline) throws AdapterException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("UserName", web.access().username())
                .put("Password", web.access().password().reveal());
        Secret account = Secret.of(body.toString());
        WebClient.Answer answer = web.ask(WebClient.Request.post(Redfish.SESSIONS.get(0), JSON_TYPE, account, Map.of()), deadline);
        if (answer.status() == 404 || answer.status() == 405) {
            answer = web.ask(WebClient.Request.post(Redfish.SESSIONS.get(1), JSON_TYPE, account, Map.of()), deadline);
        }
        requireDone(web, answer, "login");
        String token = answer.headers().getOrDefault("x-auth-token", "");
        String location = answer.headers().getOrDefault("location", "").replaceFirst("^https://[^/]*", "");
        if (token.isEmpty() || !location.startsWith("/redfish/")) {
            throw web.nonsense("let us in without a session");
        }
        return new RedfishLogin(Secret.of(token), location);
    }

    private static void requireDone(WebClient web, WebClient.Answer answer, String asked, Secret... secrets) throws AdapterException {
        List<Secret> unspeakable = Stream.concat(Stream.of(web.access().password()), Arrays.stream(secrets)).toList();
        Optional<AdapterException> refusal = Refusal.of(answer.status(), answer.body(), web.access().authority(), asked, unspeakable);
        if (refusal.isPresent()) {
            throw refusal.get();
        }
    }

    /** What {@link #secret} was made of. */
    public static RedfishLogin of(Secret secret) {
        String[] parts = secret.reveal().split(" ", 2);
        return new RedfishLogin(Secret.of(parts[0]), parts[1]);
    }

    /** For {@link WebLogin#secret}. */
    public Secret secret() {
        return Secret.of(token.reveal() + " " + location);
    }

    /** Runs an action; empty where there is none of that path. */
    public Optional<JsonNode> post(WebClient web, String path, Secret body, Deadline deadline)
            throws AdapterException, InterruptedException {
        WebClient.Answer answer = web.ask(WebClient.Request.post(path, JSON_TYPE, body, Map.of("X-Auth-Token", token)), deadline);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        requireDone(web, answer, "POST " + path, token);
        try {
            return Optional.of(JSON.readTree(answer.body()));
        } catch (JsonProcessingException e) {
            // Without its words, which may quote what was received.
            throw web.nonsense("answered what is no Redfish");
        }
    }

    /** Logs out; once more does no harm. */
    public void out(WebClient web, Deadline deadline) throws AdapterException, InterruptedException {
        WebClient.Answer answer = web.ask(
                new WebClient.Request("DELETE", location, "", Secret.NONE, Map.of("X-Auth-Token", token)), deadline);
        if (answer.status() >= 500) {
            throw web.nonsense("answered the logout with HTTP " + answer.status());
        }
    }
}
