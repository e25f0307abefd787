package org.serverconsole.adapter.ilo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.web.RedfishKioskAdapter;
import org.serverconsole.adapter.web.WebClient;
import org.serverconsole.adapter.web.WebLogin;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.kiosk.KioskException;
import org.serverconsole.kiosk.Page;

/**
 * Consoles of HPE servers with iLO 5 or 6 and an Advanced licence: logged in as its own page does
 * ({@code POST /json/login_session}), whose session is the cookie {@code sessionKey}; then {@code /irc.html}. An iLO 4 has no
 * HTML5 console.
 */
public final class IloAdapter extends RedfishKioskAdapter {

    private static final String LOGIN = "/json/login_session";
    private static final String JSON_TYPE = "application/json";
    private static final String COOKIE = "sessionKey";
    private static final String CONSOLE = "/irc.html";
    private static final String CANVAS = "canvas";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String type() {
        return "ilo";
    }

    @Override
    protected WebLogin logIn(WebClient web, Server server, Deadline deadline) throws AdapterException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("method", "login").put("user_login", web.access().username())
                .put("password", web.access().password().reveal());
        WebClient.Answer answer = web.ask(WebClient.Request.post(LOGIN, JSON_TYPE, Secret.of(body.toString()), Map.of()), deadline);
        switch (answer.status()) {
            case 200 -> { }
            case 401, 403 -> throw new AdapterException(Kind.REJECTED_CREDENTIALS,
                    "iLO " + web.access().authority() + " does not let " + web.access().username() + " in");
            case 404 -> throw new AdapterException(Kind.UNSUPPORTED, "the BMC " + web.access().authority() + " has no login of an iLO's");
            case 503 -> throw new AdapterException(Kind.BUSY, "iLO " + web.access().authority() + " has no session left");
            default -> throw web.nonsense("answered the login with HTTP " + answer.status());
        }
        try {
            Secret key = Secret.of(JSON.readTree(answer.body()).path("session_key").asText(""));
            if (key.isEmpty()) {
                throw web.nonsense("let us in without a session");
            }
            return new Login(key);
        } catch (JsonProcessingException e) {
            // Without its words, which may quote what was received.
            throw web.nonsense("answered the login with what is no JSON");
        }
    }

    @Override
    protected void logOut(WebClient web, Secret key, Deadline deadline) throws AdapterException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("method", "logout").put("session_key", key.reveal());
        WebClient.Answer answer = web.ask(WebClient.Request.post(LOGIN, JSON_TYPE, Secret.of(body.toString()),
                Map.of("Cookie", WebClient.cookies(Map.of(COOKIE, key)))), deadline);
        if (answer.status() >= 500) {
            throw web.nonsense("answered the logout with HTTP " + answer.status());
        }
    }

    /** One session of the web interface. */
    private record Login(Secret key) implements WebLogin {

        @Override
        public Secret secret() {
            return key;
        }

        @Override
        public void play(Page page, Deadline deadline) throws KioskException, InterruptedException {
            page.cookie(COOKIE, key);
            page.go(CONSOLE);
            page.show(CANVAS);
        }
    }
}
