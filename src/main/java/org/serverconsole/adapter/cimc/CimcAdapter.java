package org.serverconsole.adapter.cimc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.web.KioskAdapter;
import org.serverconsole.adapter.web.WebClient;
import org.serverconsole.adapter.web.WebLogin;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.kiosk.KioskException;
import org.serverconsole.kiosk.Page;

/**
 * Consoles of Cisco UCS C-series servers with an HTML5 vKVM (CIMC 3.0 and newer): logged in over the XML API, its page opened
 * with two tokens that are good for 60 s. A CIMC has about four sessions; ours is refreshed while the console is open, and
 * ended with it.
 */
public final class CimcAdapter extends KioskAdapter {

    /** Where firmware has had its vKVM so far, the newest first. */
    private static final List<String> PAGES = List.of("/html/kvmViewer.html", "/html/kvm.html", "/kvmViewer.html");
    private static final String CANVAS = "#kvmCanvas, canvas";

    @Override
    public String type() {
        return "cimc";
    }

    @Override
    protected WebLogin logIn(WebClient web, Server server, Deadline deadline) throws AdapterException, InterruptedException {
        CimcClient cimc = new CimcClient(web);
        return new Login(cimc, cimc.logIn(deadline));
    }

    @Override
    protected void logOut(WebClient web, Secret secret, Deadline deadline) throws AdapterException, InterruptedException {
        new CimcClient(web).logOut(secret, deadline);
    }

    @Override
    public Optional<PowerControl> power() {
        return Optional.of(new CimcPower(this::client));
    }

    /** One session of the XML API. */
    private static final class Login implements WebLogin {

        private final CimcClient cimc;
        private volatile CimcClient.Session session;

        Login(CimcClient cimc, CimcClient.Session session) {
            this.cimc = cimc;
            this.session = session;
        }

        @Override
        public Secret secret() {
            return session.cookie();
        }

        @Override
        public void play(Page page, Deadline deadline) throws AdapterException, KioskException, InterruptedException {
            String path = page(deadline);
            CimcClient.Tokens tokens = cimc.tokens(session.cookie(), deadline);
            page.go(path + "?cimcAddr=" + cimc.web().access().host() + "&cimcName=KVM&tkn1=" + tokens.first().reveal()
                    + "&tkn2=" + tokens.second().reveal());
            page.show(CANVAS);
        }

        /** Asked for without tokens, which would be used up. */
        private String page(Deadline deadline) throws AdapterException, InterruptedException {
            for (String path : PAGES) {
                if (cimc.web().ask(WebClient.Request.get(path, Map.of()), deadline).status() == 200) {
                    return path;
                }
            }
            throw new AdapterException(Kind.UNSUPPORTED, "CIMC " + cimc.web().access().authority()
                    + " has no HTML5 vKVM at any of " + PAGES + ": it needs firmware 3.0 or newer");
        }

        @Override
        public Optional<Duration> period() {
            return Optional.of(Duration.ofSeconds(Math.max(1, session.refreshSeconds() / 2)));
        }

        @Override
        public void refresh(Deadline deadline) throws AdapterException, InterruptedException {
            session = cimc.refresh(session.cookie(), deadline);
        }
    }
}
