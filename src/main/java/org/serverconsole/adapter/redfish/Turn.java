package org.serverconsole.adapter.redfish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.redfish.Redfish.Login;
import org.serverconsole.config.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A BMC to oneself, until closed or the deadline. Every call logs in where that is needed, and fails as an
 * {@link AdapterException} that has the BMC's own words. For the one thread that has it.
 */
public final class Turn implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Turn.class);
    private static final Duration LEAST = Duration.ofMillis(1);

    private final Redfish bmc;
    private final Deadline deadline;
    private boolean answered;

    Turn(Redfish bmc, Deadline deadline) {
        this.bmc = bmc;
        this.deadline = deadline;
    }

    /** What is at that path, an object. */
    public JsonNode get(String path) throws AdapterException, InterruptedException {
        return call("GET", path, Optional.empty()).json();
    }

    /** What is at that path, or empty where there is nothing (404). */
    public Optional<JsonNode> find(String path) throws AdapterException, InterruptedException {
        Answer answer = ask("GET", path, Optional.empty());
        return answer.status() == 404 ? Optional.empty() : Optional.of(checked(answer, "GET " + path).json());
    }

    /**
     * Changes what is at that path.
     *
     * @param secrets what the body has that must be in no message
     */
    public void patch(String path, ObjectNode body, Secret... secrets) throws AdapterException, InterruptedException {
        call("PATCH", path, Optional.of(body), secrets);
    }

    /** Runs an action. */
    public void post(String path, ObjectNode body) throws AdapterException, InterruptedException {
        call("POST", path, Optional.of(body));
    }

    /** The path of the session that is used, by which it can be ended, also after a crash. */
    public String session() throws AdapterException, InterruptedException {
        return bmc.loggedIn(this).location();
    }

    /** What opens the BMC's other doors, its KVM for one, as long as the session lasts. */
    public Secret token() throws AdapterException, InterruptedException {
        return bmc.loggedIn(this).token();
    }

    /** Forgets the session, which the BMC accepts no longer. */
    public void renewSession() {
        bmc.forget();
    }

    /** Keeps the session alive beyond this turn, until that is run, which does not block. */
    public Runnable hold() {
        return bmc.hold();
    }

    /** Ends a session by its path, whoever began it; the one that is used, without waiting until it is idle. */
    public void endSession(String path) throws AdapterException, InterruptedException {
        Login login = bmc.loggedIn(this);
        boolean ours = login.location().equals(path);
        if (ours) {
            bmc.forget();
        }
        Answer answer = exchange("DELETE", path, Optional.empty(), Optional.of(login));
        if (answer.status() == 401 && !ours) {
            bmc.forget();
            answer = exchange("DELETE", path, Optional.empty(), Optional.of(bmc.loggedIn(this)));
        }
        // 401 of our own: it has ended already.
        if (!answer.succeeded() && answer.status() != 404 && !(ours && answer.status() == 401)) {
            throw Refusal.of(answer, bmc.access().authority(), "DELETE " + path, secrets());
        }
    }

    public Deadline deadline() {
        return deadline;
    }

    private Answer call(String method, String path, Optional<ObjectNode> body, Secret... secrets)
            throws AdapterException, InterruptedException {
        return checked(ask(method, path, body), method + " " + path, secrets);
    }

    private Answer checked(Answer answer, String asked, Secret... secrets) throws AdapterException {
        if (!answer.succeeded()) {
            throw Refusal.of(answer, bmc.access().authority(), asked, secrets(secrets));
        }
        return answer;
    }

    private List<Secret> secrets(Secret... more) {
        return Stream.concat(Stream.concat(Stream.of(bmc.access().password()), bmc.currentToken().stream()),
                Arrays.stream(more)).toList();
    }

    private Answer ask(String method, String path, Optional<ObjectNode> body) throws AdapterException, InterruptedException {
        Answer answer = exchange(method, path, body, Optional.of(bmc.loggedIn(this)));
        if (answer.status() != 401) {
            return answer;
        }
        LOG.debug("BMC {} has ended our session, logging in again", bmc.access().authority());
        bmc.forget();
        return exchange(method, path, body, Optional.of(bmc.loggedIn(this)));
    }

    Answer exchange(String method, String path, Optional<ObjectNode> body, Optional<Login> login)
            throws AdapterException, InterruptedException {
        try {
            return send(method, path, body, login);
        } catch (ExecutionException e) {
            if (answered || !Refusal.ofStaleConnection(e.getCause())) {
                throw Refusal.of(e.getCause(), bmc.access().authority());
            }
        }
        LOG.debug("BMC {} had closed the connection, asking on a new one", bmc.access().authority());
        answered = true;
        try {
            return send(method, path, body, login);
        } catch (ExecutionException e) {
            throw Refusal.of(e.getCause(), bmc.access().authority());
        }
    }

    private Answer send(String method, String path, Optional<ObjectNode> body, Optional<Login> login)
            throws AdapterException, InterruptedException, ExecutionException {
        try {
            Answer answer = Answer.of(login.isPresent()
                    ? Redfish.await(bmc.send(bmc.request(method, path, body, login, deadline.leftOr(LEAST))), deadline)
                    : bmc.awaitLogin(bmc.send(bmc.request(method, path, body, login, deadline.left().plus(Redfish.LATE))), deadline));
            answered = true;
            return answer;
        } catch (TimeoutException | IOException e) {
            throw Refusal.of(e, bmc.access().authority());
        }
    }

    @Override
    public void close() {
        bmc.endTurn();
    }
}
