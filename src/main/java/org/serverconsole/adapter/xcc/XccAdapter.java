package org.serverconsole.adapter.xcc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.redfish.RedfishBmcs;
import org.serverconsole.adapter.redfish.RedfishPower;
import org.serverconsole.adapter.web.KioskAdapter;
import org.serverconsole.adapter.web.WebClient;
import org.serverconsole.adapter.web.WebLogin;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.kiosk.KioskException;
import org.serverconsole.kiosk.Page;

/**
 * Consoles of Lenovo servers with an XCC or XCC2 and its remote console: a token of Redfish's
 * {@code LenovoRemoteControlService} opens its page. An XCC3 is an OpenBMC, and of type {@code openbmc}.
 */
public final class XccAdapter extends KioskAdapter {

    private static final String SESSIONS = "/redfish/v1/SessionService/Sessions";
    private static final String TOKEN = "/redfish/v1/Managers/1/Oem/Lenovo/RemoteControl/Actions/"
            + "LenovoRemoteControlService.GetRemoteConsoleToken";
    private static final String JSON_TYPE = "application/json";
    private static final String CANVAS = "canvas";
    private static final ObjectMapper JSON = new ObjectMapper();

    private volatile Optional<RedfishBmcs> bmcs = Optional.empty();

    @Override
    public String type() {
        return "xcc";
    }

    @Override
    public void start(AdapterEnvironment environment) {
        super.start(environment);
        bmcs = Optional.of(new RedfishBmcs(environment.caFile()));
    }

    /** A session of its own, since it ends with the console's page, and the token with it. */
    @Override
    protected WebLogin logIn(WebClient web, Server server, Deadline deadline) throws AdapterException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("UserName", web.access().username())
                .put("Password", web.access().password().reveal());
        WebClient.Answer answer = web.ask(WebClient.Request.post(SESSIONS, JSON_TYPE, Secret.of(body.toString()), Map.of()), deadline);
        switch (answer.status()) {
            case 200, 201 -> { }
            case 401, 403 -> throw new AdapterException(Kind.REJECTED_CREDENTIALS,
                    "XCC " + web.access().authority() + " does not let " + web.access().username() + " in");
            case 503 -> throw new AdapterException(Kind.BUSY, "XCC " + web.access().authority() + " has no session left");
            default -> throw web.nonsense("answered the login with HTTP " + answer.status());
        }
        String token = answer.headers().getOrDefault("x-auth-token", "");
        String location = answer.headers().getOrDefault("location", "").replaceFirst("^https://[^/]*", "");
        if (token.isEmpty() || !location.startsWith("/redfish/")) {
            throw web.nonsense("let us in without a session");
        }
        return new Login(web, new Session(Secret.of(token), location));
    }

    @Override
    protected void logOut(WebClient web, Secret secret, Deadline deadline) throws AdapterException, InterruptedException {
        Session session = Session.of(secret);
        WebClient.Answer answer = web.ask(new WebClient.Request("DELETE", session.location(), "", Secret.NONE,
                Map.of("X-Auth-Token", session.token())), deadline);
        if (answer.status() >= 500) {
            throw web.nonsense("answered the logout with HTTP " + answer.status());
        }
    }

    @Override
    public Optional<PowerControl> power() {
        return bmcs.map(RedfishPower::new);
    }

    @Override
    public void close() {
        super.close();
        bmcs.ifPresent(RedfishBmcs::close);
    }

    /** A session of Redfish. */
    private record Session(Secret token, String location) {

        static Session of(Secret secret) {
            String[] parts = secret.reveal().split(" ", 2);
            return new Session(Secret.of(parts[0]), parts[1]);
        }

        Secret secret() {
            return Secret.of(token.reveal() + " " + location);
        }
    }

    private record Login(WebClient web, Session session) implements WebLogin {

        @Override
        public Secret secret() {
            return session.secret();
        }

        @Override
        public void play(Page page, Deadline deadline) throws AdapterException, KioskException, InterruptedException {
            page.go("/#/login?" + token(deadline).reveal() + "&context=remote&mode=multi");
            page.show(CANVAS);
        }

        private Secret token(Deadline deadline) throws AdapterException, InterruptedException {
            WebClient.Answer answer = web.ask(WebClient.Request.post(TOKEN, JSON_TYPE, Secret.of("{}"),
                    Map.of("X-Auth-Token", session.token())), deadline);
            if (answer.status() == 404) {
                throw new AdapterException(Kind.UNSUPPORTED, "XCC " + web.access().authority()
                        + " has no remote console: that needs an XCC Advanced or Platinum level");
            }
            try {
                return Optional.of(JSON.readTree(answer.body()).path("Token").asText("")).filter(token -> token.matches("[\\w.~+=%-]+"))
                        .map(Secret::of).orElseThrow(() -> web.nonsense("gave no token for its console"));
            } catch (JsonProcessingException e) {
                // Without its words, which may quote what was received.
                throw web.nonsense("answered what is no Redfish");
            }
        }
    }
}
