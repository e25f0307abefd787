package org.serverconsole.panel;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.location.Answer;
import org.serverconsole.location.SessionKey;

/**
 * What the panel is told, in the form of the original API.
 *
 * @param status HTTP status
 * @param retryAfter for the header of that name
 * @param body JSON's names and values: {@code result}, and {@code scope}, {@code context}, {@code Debug} and {@code Key} of
 *     what was done, or {@code code}, {@code message} and {@code Key} of what was not
 */
record PanelAnswer(int status, Optional<Duration> retryAfter, Map<String, Object> body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The server it is about, where something was done; else empty text. */
    String serverId() {
        return body.get("context") instanceof Map<?, ?> context ? String.valueOf(context.get("id")) : "";
    }

    /** {@code OK}, or the code of the refusal. */
    String outcome() {
        return (String) body.getOrDefault("code", body.get("result"));
    }

    /** Under which the log knows more. */
    String reference() {
        return (String) body.getOrDefault("Debug", body.get("Key"));
    }

    /** The same with the key as the panel is to have it. */
    PanelAnswer withKey(SessionKey key) {
        Map<String, Object> same = new LinkedHashMap<>(body);
        same.put("Key", key.text());
        return new PanelAnswer(status, retryAfter, same);
    }

    /** As it is told to another location. */
    Answer answer() {
        return new Answer(status, retryAfter, JSON.valueToTree(body));
    }

    /** Another location's own answer. */
    static PanelAnswer of(Answer answer) {
        return new PanelAnswer(answer.status(), answer.retryAfter(),
                JSON.convertValue(answer.body(), new TypeReference<LinkedHashMap<String, Object>>() { }));
    }

    /** The key of the console session, or empty text. */
    String key() {
        return (String) body.get("Key");
    }

    /**
     * @param scope what was asked for: a login URL, or empty text
     * @param context what it is about
     * @param reference under which the log knows more
     * @param key of the console session, or empty text
     */
    static PanelAnswer done(String scope, Map<String, Object> context, String reference, String key) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("result", "OK");
        body.put("scope", scope);
        body.put("context", context);
        body.put("Debug", reference);
        body.put("Key", key);
        return new PanelAnswer(200, Optional.empty(), body);
    }

    static PanelAnswer refused(PanelException e, String reference) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("result", "ERROR");
        body.put("code", e.code().name());
        body.put("message", e.getMessage());
        body.put("Key", reference);
        return new PanelAnswer(e.code().status(), e.retryAfter(), body);
    }
}
