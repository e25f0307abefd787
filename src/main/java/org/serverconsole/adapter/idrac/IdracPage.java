package org.serverconsole.adapter.idrac;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.web.KioskAdapter;
import org.serverconsole.adapter.web.RedfishLogin;
import org.serverconsole.adapter.web.WebClient;
import org.serverconsole.adapter.web.WebLogin;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.kiosk.KioskException;
import org.serverconsole.kiosk.Page;

/** The HTML5 console of an iDRAC9 or newer, opened with an account that {@code GetKVMSession} makes for it. */
final class IdracPage extends KioskAdapter {

    /** Of these newer firmware has the first, older the second. */
    private static final List<String> ACTIONS = List.of(
            "/redfish/v1/Managers/iDRAC.Embedded.1/Oem/Dell/DelliDRACCardService/Actions/DelliDRACCardService.GetKVMSession",
            "/redfish/v1/Dell/Managers/iDRAC.Embedded.1/DelliDRACCardService/Actions/DelliDRACCardService.GetKVMSession");
    private static final String OLDER_PAGE = "/restgui/vconsole/index.html";
    private static final String NEWER_PAGE = "/console";
    private static final String CANVAS = "canvas";

    @Override
    public String type() {
        return "idrac";
    }

    @Override
    protected WebLogin logIn(WebClient web, Server server, Deadline deadline) throws AdapterException, InterruptedException {
        return new Login(web, RedfishLogin.in(web, deadline));
    }

    @Override
    protected void logOut(WebClient web, Secret secret, Deadline deadline) throws AdapterException, InterruptedException {
        RedfishLogin.of(secret).out(web, deadline);
    }

    private record Login(WebClient web, RedfishLogin session) implements WebLogin {

        @Override
        public Secret secret() {
            return session.secret();
        }

        @Override
        public void play(Page page, Deadline deadline) throws AdapterException, KioskException, InterruptedException {
            JsonNode account = account(deadline);
            String name = encoded(account.path("TempUsername").asText(""));
            String password = encoded(account.path("TempPassword").asText(""));
            if (name.isEmpty() || password.isEmpty()) {
                throw web.nonsense("gave no account for its console");
            }
            boolean older = web.ask(WebClient.Request.get(OLDER_PAGE, Map.of()), deadline).status() == 200;
            page.go(older
                    ? OLDER_PAGE + "?ip=" + web.access().host() + "&kvmport=" + web.access().port() + "&title=console&VCSID=" + name
                            + "&VCSID2=" + password
                    : NEWER_PAGE + "?username=" + encoded(web.access().username()) + "&tempUsername=" + name
                            + "&tempPassword=" + password);
            page.show(CANVAS);
        }

        private JsonNode account(Deadline deadline) throws AdapterException, InterruptedException {
            for (String action : ACTIONS) {
                Optional<JsonNode> answer = session.post(web, action, Secret.of("{\"SessionTypeName\":\"console\"}"), deadline);
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
            throw new AdapterException(Kind.UNSUPPORTED, "iDRAC " + web.access().authority()
                    + " has no HTML5 console: that needs an iDRAC9 or newer with an Enterprise licence");
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }
}
