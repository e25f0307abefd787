package org.serverconsole.fake;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.serverconsole.fake.FakePanel.Answer;

/**
 * A panel's introspection of session tokens (RFC 7662, 2.1 and 2.2, with {@code server} and {@code pin} as this project adds
 * them): opaque tokens, each with its claims, and one PIN for all servers where it judges PINs at all.
 */
public final class IntrospectingPanel implements Answer {

    private final Map<String, Map<String, Object>> tokens = new ConcurrentHashMap<>();
    private final String pin;

    /**
     * @param pin the right PIN, or empty text where the panel says nothing of PINs
     */
    public IntrospectingPanel(String pin) {
        this.pin = pin;
    }

    /** Makes a token good for customer c-17 on that server. */
    public void grant(String token, String server, Instant expires) {
        tokens.put(token, Map.of("sub", "c-17", "server", server, "exp", expires.getEpochSecond()));
    }

    /** The same with that claim. */
    public void with(String token, String claim, Object value) {
        Map<String, Object> claims = new HashMap<>(tokens.get(token));
        claims.put(claim, value);
        tokens.put(token, claims);
    }

    public void revoke(String token) {
        tokens.remove(token);
    }

    @Override
    public void to(HttpExchange exchange, CountDownLatch closed) throws IOException, InterruptedException {
        Map<String, String> asked = parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Map<String, Object> answer = new LinkedHashMap<>();
        Map<String, Object> claims = tokens.get(asked.get("token"));
        answer.put("active", claims != null);
        if (claims != null) {
            answer.putAll(claims);
            if (!pin.isEmpty()) {
                answer.put("pin", !asked.containsKey("pin") ? "missing" : asked.get("pin").equals(pin) ? "accepted" : "rejected");
            }
        }
        Answer.with(200, JSONObjectUtils.toJSONString(answer)).to(exchange, closed);
    }

    /** A form's fields. */
    public static Map<String, String> parse(String form) {
        Map<String, String> fields = new HashMap<>();
        for (String field : form.split("&")) {
            String[] parts = field.split("=", 2);
            fields.put(parts[0], URLDecoder.decode(parts.length > 1 ? parts[1] : "", StandardCharsets.UTF_8));
        }
        return fields;
    }
}
