package org.serverconsole.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** An HPE iLO 5 as far as its web login and its HTML5 console go: the session is a cookie that its own page sets. */
public final class FakeIlo extends FakeConsoleSite {

    private final String password = "pw\"" + UUID.randomUUID();
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();

    private FakeIlo(Certificate certificate) {
        super(certificate, 0);
    }

    public static FakeIlo start(Certificate certificate) {
        return new FakeIlo(certificate);
    }

    public String password() {
        return password;
    }

    public int sessions() {
        return sessions.size();
    }

    @Override
    protected Optional<Answer> answer(Request request) {
        return switch (request.path()) {
            case "/json/login_session" -> Optional.of(session(request));
            case "/irc.html" -> Optional.of(isLoggedIn(request) ? consolePage("irc") : Answer.of(403, "text/html", "log in"));
            default -> Optional.empty();
        };
    }

    private boolean isLoggedIn(Request request) {
        return sessions.contains(request.cookies().getOrDefault("sessionKey", ""));
    }

    private Answer session(Request request) {
        try {
            JsonNode body = new ObjectMapper().readTree(request.body());
            if (body.path("method").asText().equals("logout")) {
                sessions.remove(body.path("session_key").asText());
                return Answer.of(200, "application/json", "{}");
            }
            if (!body.path("user_login").asText().equals("console") || !body.path("password").asText().equals(password)) {
                return Answer.of(403, "application/json", "{\"message\":\"JS_ERR_NO_PRIV\",\"details\":\"invalid credentials\"}");
            }
            String key = UUID.randomUUID().toString().replace("-", "");
            sessions.add(key);
            return Answer.of(200, "application/json", "{\"session_key\":\"" + key + "\",\"user_name\":\"console\"}");
        } catch (JsonProcessingException e) {
            return Answer.of(400, "application/json", "{}");
        }
    }

    @Override
    protected boolean mayWatch(Request request) {
        return isLoggedIn(request);
    }
}
