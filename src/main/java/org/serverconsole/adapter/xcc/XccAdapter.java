package org.serverconsole.adapter.xcc;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.web.RedfishKioskAdapter;
import org.serverconsole.adapter.web.RedfishLogin;
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
public final class XccAdapter extends RedfishKioskAdapter {

    private static final String TOKEN = "/redfish/v1/Managers/1/Oem/Lenovo/RemoteControl/Actions/"
            + "LenovoRemoteControlService.GetRemoteConsoleToken";
    private static final String CANVAS = "canvas";

    @Override
    public String type() {
        return "xcc";
    }

    /** A session of its own, since it ends with the console's page, and the token with it. */
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
            page.go("/#/login?" + token(deadline).reveal() + "&context=remote&mode=multi");
            page.show(CANVAS);
        }

        private Secret token(Deadline deadline) throws AdapterException, InterruptedException {
            JsonNode answer = session.post(web, TOKEN, Secret.of("{}"), deadline).orElseThrow(() -> new AdapterException(
                    Kind.UNSUPPORTED, "XCC " + web.access().authority()
                            + " has no remote console: that needs an XCC Advanced or Platinum level"));
            return Optional.of(answer.path("Token").asText("")).filter(token -> token.matches("[\\w.~+=%-]+"))
                    .map(Secret::of).orElseThrow(() -> web.nonsense("gave no token for its console"));
        }
    }
}
