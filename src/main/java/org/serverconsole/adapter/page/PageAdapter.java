package org.serverconsole.adapter.page;

import java.util.Optional;
import java.util.Set;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.redfish.BmcAccess;
import org.serverconsole.adapter.web.KioskAdapter;
import org.serverconsole.adapter.web.WebClient;
import org.serverconsole.adapter.web.WebLogin;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.kiosk.KioskException;
import org.serverconsole.kiosk.Page;

/**
 * Consoles that are any BMC's page: option {@code steps} leads there, see {@link Steps}. The login is one in the page, so that
 * nobody can log out after a crash but the BMC itself.
 */
public final class PageAdapter extends KioskAdapter {

    private static final String STEPS = "steps";

    @Override
    public String type() {
        return "kiosk";
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        Optional<ServerRule.Problem> problem = super.check(server);
        return problem.isPresent() ? problem : server.option(STEPS)
                .map(text -> Steps.of(text).problem())
                .orElse(Optional.of("is missing: write how to come to the console, such as go /login; fill #user {username};"
                        + " fill #password {password}; click #login; show canvas"))
                .map(message -> new ServerRule.Problem(STEPS, message));
    }

    @Override
    public Set<String> options() {
        return optionsAnd(STEPS);
    }

    @Override
    protected WebLogin logIn(WebClient web, Server server, Deadline deadline) {
        return new InPage(web.access(), Steps.of(server.option(STEPS).orElseThrow()));
    }

    /** There is nothing to log out of that is known here. */
    @Override
    protected void logOut(WebClient web, Secret secret, Deadline deadline) { }

    private record InPage(BmcAccess access, Steps steps) implements WebLogin {

        @Override
        public Secret secret() {
            return Secret.NONE;
        }

        @Override
        public void play(Page page, Deadline deadline) throws KioskException, InterruptedException {
            steps.play(page, access);
        }
    }
}
