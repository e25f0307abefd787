package org.serverconsole.panel;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the panel is told, in the form of the original API.
 *
 * @param status HTTP status
 * @param retryAfter for the header of that name
 * @param body JSON's names and values: {@code result}, and {@code scope}, {@code context}, {@code Debug} and {@code Key} of
 *     what was done, or {@code code}, {@code message} and {@code Key} of what was not
 */
record PanelAnswer(int status, Optional<Duration> retryAfter, Map<String, Object> body) {

    /** What it is about, where something was done. */
    @SuppressWarnings("unchecked")
    Map<String, Object> context() {
        return (Map<String, Object>) body.get("context");
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
