package org.serverconsole.adapter.supermicro;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
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
 * Consoles of Supermicro servers with an HTML5 iKVM (X10 and newer): the page that Redfish names, good for one opening, or that
 * which firmware without it has behind its login. That session ends with the console.
 */
public final class SupermicroAdapter extends RedfishKioskAdapter {

    private static final String COOKIE = "SID";
    private static final String IKVM = "/redfish/v1/Managers/1/Oem/Supermicro/IKVM";
    private static final String BOOTSTRAP = "/cgi/url_redirect.cgi?url_name=man_ikvm_html5_bootstrap";
    private static final String CANVAS = "#noVNC_canvas, canvas";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String type() {
        return "supermicro";
    }

    @Override
    protected WebLogin logIn(WebClient web, Server server, Deadline deadline) throws AdapterException, InterruptedException {
        WebClient.Answer answer = web.ask(WebClient.Request.post("/cgi/login.cgi", "application/x-www-form-urlencoded",
                Secret.of("name=" + encoded(web.access().username()) + "&pwd=" + encoded(web.access().password().reveal())),
                Map.of()), deadline);
        if (answer.status() == 503) {
            throw new AdapterException(Kind.BUSY, "BMC " + web.access().authority() + " has no session left");
        }
        if (answer.status() == 404) {
            throw new AdapterException(Kind.UNSUPPORTED, "BMC " + web.access().authority() + " has no login of Supermicro's");
        }
        if (answer.status() >= 400 && answer.status() != 401 && answer.status() != 403) {
            throw web.nonsense("answered the login with HTTP " + answer.status());
        }
        // A wrong password is answered with the login page again, and with no cookie.
        Secret sid = answer.cookie(COOKIE).orElseThrow(() -> new AdapterException(Kind.REJECTED_CREDENTIALS,
                "BMC " + web.access().authority() + " does not let " + web.access().username() + " in"));
        return new Login(web, sid);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    protected void logOut(WebClient web, Secret sid, Deadline deadline) throws AdapterException, InterruptedException {
        WebClient.Answer answer = web.ask(WebClient.Request.get("/cgi/logout.cgi", cookies(sid)), deadline);
        if (answer.status() >= 500) {
            throw web.nonsense("answered the logout with HTTP " + answer.status());
        }
    }

    private static Map<String, Secret> cookies(Secret sid) {
        return Map.of("Cookie", WebClient.cookies(Map.of(COOKIE, sid)));
    }

    /** One session of the web interface. */
    private record Login(WebClient web, Secret sid) implements WebLogin {

        @Override
        public Secret secret() {
            return sid;
        }

        @Override
        public void play(Page page, Deadline deadline) throws AdapterException, KioskException, InterruptedException {
            Optional<String> oneTime = oneTimePage(deadline);
            page.cookie(COOKIE, sid);
            page.go(oneTime.orElse(BOOTSTRAP));
            page.show(CANVAS);
        }

        /** Firmware since about 2020 names it, for HTML 5 only where that is what it is set to. */
        private Optional<String> oneTimePage(Deadline deadline) throws AdapterException, InterruptedException {
            String account = web.access().username() + ":" + web.access().password().reveal();
            Secret basic = Secret.of("Basic " + Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8)));
            WebClient.Answer answer = web.ask(WebClient.Request.get(IKVM, Map.of("Authorization", basic)), deadline);
            if (answer.status() != 200) {
                return Optional.empty();
            }
            try {
                JsonNode ikvm = JSON.readTree(answer.body());
                return Optional.of(ikvm.path("URI").asText(""))
                        .filter(uri -> uri.startsWith("/") && ikvm.path("Current interface").asText("").startsWith("HTML"));
            } catch (JsonProcessingException e) {
                throw web.nonsense("answered what is no Redfish");
            }
        }
    }
}
