package org.serverconsole.adapter.ipmi;

import io.netty.channel.Channel;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.Opening.Step;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.lan.IpmiClient;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rmcp.Privilege;
import org.serverconsole.rmcp.RmcpException;
import org.serverconsole.rmcp.RmcpSession;
import org.serverconsole.rmcp.RmcpTiming;
import org.serverconsole.rmcp.Sol;
import org.serverconsole.rmcp.TemporaryUser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serial consoles of BMCs that speak IPMI 2.0, through Serial over LAN; a machine that is off has one too. A BMC has one such
 * console, which is taken from nobody but a console of ours whose end the BMC has not confirmed.
 *
 * <p>Options: {@code ip}, {@code ipport} (UDP, default 623), {@code username}, {@code password}, {@code cipher} (17, 3 or
 * auto, the default), {@code privlvl} (user, operator or administrator, default operator), {@code timeout} (1 to 60 s for all
 * of one operation, default 10).
 */
public final class IpmiAdapter implements ConsoleAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(IpmiAdapter.class);

    private final RmcpTiming timing;
    private final Set<IpmiConsole> consoles = ConcurrentHashMap.newKeySet();
    private volatile Optional<IpmiClient> client = Optional.empty();
    private volatile String process = "";

    public IpmiAdapter() {
        this(RmcpTiming.STANDARD);
    }

    IpmiAdapter(RmcpTiming timing) {
        this.timing = timing;
    }

    @Override
    public String type() {
        return "ipmi";
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return IpmiOptions.problem(server);
    }

    @Override
    public Set<String> options() {
        return IpmiOptions.names();
    }

    @Override
    public void start(AdapterEnvironment environment) {
        client = Optional.of(new IpmiClient(timing, environment.random()));
        process = new BigInteger(64, environment.random()).toString(16);
    }

    @Override
    public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
        IpmiOptions options = IpmiOptions.of(server);
        Deadline deadline = Deadline.in(options.timeout());
        opening.step(Step.ASKING_VENDOR);
        awaitEnding(bmc(options), deadline);
        IpmiConsole console = new IpmiConsole(bmc(options), client().logIn(options.peer(), options.privilege(), deadline));
        boolean opened = false;
        try {
            opening.lease(console.undo(process));
            remember(console);
            opening.step(Step.CONNECTING_CONSOLE);
            Channel channel = activate(console, deadline);
            console.endWith(channel);
            opened = true;
            return new ConsoleStream(ConsoleStream.Protocol.TERMINAL, channel, Map.of());
        } finally {
            if (!opened) {
                console.end();
            }
        }
    }

    private static String bmc(IpmiOptions options) {
        return options.host() + " " + options.port();
    }

    @Override
    public String managementSystem(Server server) {
        return type() + " " + bmc(IpmiOptions.of(server));
    }

    @Override
    public String turn(Server server) {
        return managementSystem(server);
    }

    private void remember(IpmiConsole console) {
        consoles.add(console);
        console.ended().thenAccept(confirmed -> {
            if (confirmed) {
                consoles.remove(console);
            } else {
                LOG.info("the BMC {} has not confirmed the end of session {}", console.bmc(),
                        Integer.toHexString(console.session().bmcId()));
            }
        });
    }

    /** A page that is reloaded closes its console and opens another at once. */
    private void awaitEnding(String bmc, Deadline deadline) throws InterruptedException {
        for (IpmiConsole console : consoles) {
            if (console.bmc().equals(bmc) && console.session().isClosing()) {
                console.awaitEnd(deadline);
            }
        }
    }

    private Channel activate(IpmiConsole console, Deadline deadline) throws AdapterException, InterruptedException {
        Sol sol = new Sol(console.session());
        return IpmiClient.asked(() -> {
            try {
                return sol.activate(deadline.left());
            } catch (RmcpException e) {
                Optional<IpmiConsole> stale = e.reason() == RmcpException.Reason.BUSY
                        ? unconfirmed(console.bmc(), sol.owner(deadline.left())) : Optional.empty();
                if (stale.isEmpty()) {
                    throw e;
                }
                LOG.info("taking over the console of {} from a session of ours that is lost", console.bmc());
                sol.deactivate(deadline.left());
                consoles.remove(stale.get());
                return sol.activate(deadline.left());
            }
        });
    }

    private Optional<IpmiConsole> unconfirmed(String bmc, OptionalInt owner) {
        return owner.isEmpty() ? Optional.empty() : consoles.stream()
                .filter(console -> console.is(bmc, owner.getAsInt()) && console.ended().isDone())
                .findFirst();
    }

    /** Deactivates a console of ours, or shuts a temporary account. */
    @Override
    public void revoke(Server server, Map<String, String> undo) throws AdapterException, InterruptedException {
        IpmiOptions options = IpmiOptions.of(server);
        Deadline deadline = Deadline.in(options.timeout());
        if (TemporaryUser.isLease(undo)) {
            client().once(options.peer(), Privilege.ADMINISTRATOR, deadline, session -> {
                TemporaryUser.revoke(session, deadline.left(), undo);
                return true;
            });
        } else if (IpmiConsole.isLease(undo)) {
            revokeConsole(options, deadline, undo);
        } else {
            throw new AdapterException(Kind.PROTOCOL, "no lease of IPMI: " + undo.keySet());
        }
    }

    private void revokeConsole(IpmiOptions options, Deadline deadline, Map<String, String> undo)
            throws AdapterException, InterruptedException {
        int session = IpmiConsole.sessionOf(undo);
        Optional<IpmiConsole> console = consoles.stream().filter(each -> each.is(bmc(options), session)).findFirst();
        if (console.isPresent()) {
            console.get().end();
            if (console.get().awaitEnd(deadline).orElse(false)) {
                return;
            }
        } else if (IpmiConsole.isOf(process, undo)) {
            // Its end has been confirmed, or it never began.
            return;
        }
        client().once(options.peer(), options.privilege(), deadline, other -> {
            Sol sol = new Sol(other);
            // The number may be somebody else's by now only if the BMC has restarted, which ends all consoles.
            if (sol.owner(deadline.left()).equals(OptionalInt.of(session))) {
                sol.deactivate(deadline.left());
            }
            return true;
        });
        console.ifPresent(consoles::remove);
    }

    @Override
    public void probe(Server server, Consumer<Finding> found) throws AdapterException, InterruptedException {
        new IpmiProbe(IpmiOptions.of(server), client()).look(found);
    }

    @Override
    public Optional<PowerControl> power() {
        return Optional.of(new IpmiPower(this::inSession));
    }

    /** In the console's session where there is one, since BMCs have few; else in one of its own. */
    private <T> T inSession(Server server, IpmiPower.Task<T> task) throws AdapterException, InterruptedException {
        IpmiOptions options = IpmiOptions.of(server);
        Deadline deadline = Deadline.in(options.timeout());
        Optional<RmcpSession> shared = consoles.stream()
                .filter(console -> console.bmc().equals(bmc(options)) && !console.session().isClosing())
                .map(IpmiConsole::session).findFirst();
        if (shared.isPresent()) {
            try {
                return task.in(shared.get(), deadline);
            } catch (RmcpException e) {
                if (e.reason() != RmcpException.Reason.CLOSED) {
                    throw IpmiClient.failure(e);
                }
                LOG.debug("the console of {} has just ended", bmc(options));
            }
        }
        return client().once(options.peer(), options.privilege(), deadline, session -> task.in(session, deadline));
    }

    /**
     * Makes an account on the server's BMC for one console session; the lease to be journalled is this adapter's. The
     * inventory's account must be an administrator.
     */
    public TemporaryUser temporaryUser(Server server, Opening opening) throws AdapterException, InterruptedException {
        IpmiOptions options = IpmiOptions.of(server);
        Deadline deadline = Deadline.in(options.timeout());
        return client().once(options.peer(), Privilege.ADMINISTRATOR, deadline, session ->
                TemporaryUser.create(session, client().random(), deadline.left(), opening::lease));
    }

    private IpmiClient client() {
        return client.orElseThrow(() -> new IllegalStateException("adapter ipmi has not been started"));
    }

    @Override
    public void close() {
        List.copyOf(consoles).forEach(IpmiConsole::end);
        // What a BMC has not confirmed is journalled, and for the next process.
        consoles.clear();
        client.ifPresent(IpmiClient::close);
    }
}
