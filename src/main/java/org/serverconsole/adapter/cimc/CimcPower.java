package org.serverconsole.adapter.cimc;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.web.WebClient;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;

/**
 * Power of a rack unit: {@code operPower} and {@code adminPower} of {@code computeRackUnit} (Cisco IMC XML API Programmer's
 * Guide, "Power"), each time in a session of its own, of which a CIMC has about four.
 *
 * @param clients of a server's BMC
 */
record CimcPower(Function<Server, WebClient> clients) implements PowerControl {

    private static final Duration LOGOUT = Duration.ofSeconds(5);
    private static final String UNIT = "sys/rack-unit-1";
    private static final String TYPE = "computeRackUnit";

    @Override
    public State status(Server server) throws AdapterException, InterruptedException {
        return inSession(server, (cimc, cookie, deadline) -> state(cimc, cookie, deadline));
    }

    private static State state(CimcClient cimc, Secret cookie, Deadline deadline) throws AdapterException, InterruptedException {
        Map<String, String> unit = cimc.resolve(cookie, UNIT, deadline);
        return switch (unit.getOrDefault("operPower", "")) {
            case "on" -> State.ON;
            case "off" -> State.OFF;
            default -> State.UNKNOWN;
        };
    }

    @Override
    public void perform(Server server, Action action) throws AdapterException, InterruptedException {
        inSession(server, (cimc, cookie, deadline) -> {
            State state = state(cimc, cookie, deadline);
            if (state == State.ON && action == Action.ON || state == State.OFF && action == Action.OFF) {
                return state;
            }
            if (state == State.OFF && action != Action.ON) {
                throw new AdapterException(Kind.POWERED_OFF, "server " + server.id() + " is off: no " + action + " then");
            }
            cimc.configure(cookie, UNIT, TYPE, "adminPower", power(action), deadline);
            return state;
        });
    }

    private static String power(Action action) {
        return switch (action) {
            case ON -> "up";
            case OFF -> "down";
            case SOFT_OFF -> "soft-shut-down";
            case CYCLE -> "cycle-immediate";
            case RESET -> "hard-reset-immediate";
        };
    }

    /** What is asked in one session. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(CimcClient cimc, Secret cookie, Deadline deadline) throws AdapterException, InterruptedException;
    }

    private <T> T inSession(Server server, Question<T> question) throws AdapterException, InterruptedException {
        WebClient web = clients.apply(server);
        Deadline deadline = Deadline.in(web.access().timeout());
        CimcClient cimc = new CimcClient(web);
        Secret cookie = cimc.logIn(deadline).cookie();
        try {
            return question.ask(cimc, cookie, deadline);
        } finally {
            // A session is to be ended where there is no time left as well.
            cimc.logOutQuietly(cookie, Deadline.in(deadline.leftOr(LOGOUT)));
        }
    }
}
