package org.serverconsole.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A Lenovo XCC as far as its console goes: a token of Redfish's, good once, in the fragment of its page's address. */
public final class FakeXcc extends FakeConsoleSite {

    private static final String SESSIONS = "/redfish/v1/SessionService/Sessions";

    private final String password = "pw-" + UUID.randomUUID();
    /** From their tokens to their IDs. */
    private final Map<String, String> sessions = new ConcurrentHashMap<>();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();

    private FakeXcc(Certificate certificate) {
        super(certificate, 0);
    }

    public static FakeXcc start(Certificate certificate) {
        return new FakeXcc(certificate);
    }

    public String password() {
        return password;
    }

    public int sessions() {
        return sessions.size();
    }

    @Override
    protected Optional<Answer> answer(Request request) {
        if (request.path().equals("/")) {
            Answer console = consolePage("remote");
            return Optional.of(Answer.html(console.body().replace("location.search",
                    "'?' + location.hash.replace(/^#.login.([^&]*)&context=remote&mode=multi$/, '$1')")));
        }
        if (request.path().equals(SESSIONS)) {
            return Optional.of(login(request.body()));
        }
        String token = request.headers().getOrDefault("x-auth-token", "");
        if (!sessions.containsKey(token)) {
            return Optional.of(Answer.of(401, "application/json", "{}"));
        }
        if (request.method().equals("DELETE") && request.path().equals(SESSIONS + "/" + sessions.get(token))) {
            sessions.remove(token);
            return Optional.of(Answer.of(204, "application/json", ""));
        }
        if (request.path().endsWith("/LenovoRemoteControlService.GetRemoteConsoleToken")) {
            String console = UUID.randomUUID().toString();
            tokens.add(console);
            return Optional.of(Answer.of(200, "application/json", "{\"Token\":\"" + console + "\"}"));
        }
        return Optional.empty();
    }

    private Answer login(String text) {
        try {
            JsonNode body = new ObjectMapper().readTree(text);
            if (!body.path("UserName").asText().equals("console") || !body.path("Password").asText().equals(password)) {
                return Answer.of(401, "application/json", "{}");
            }
            String token = UUID.randomUUID().toString();
            String id = UUID.randomUUID().toString();
            sessions.put(token, id);
            return new Answer(201, "application/json", "{}", Map.of("X-Auth-Token", token, "Location", SESSIONS + "/" + id));
        } catch (JsonProcessingException e) {
            return Answer.of(400, "application/json", "{}");
        }
    }

    @Override
    protected boolean mayWatch(Request request) {
        return tokens.remove(request.query());
    }
}
