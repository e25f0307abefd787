package org.serverconsole.adapter.openbmc;

import io.netty.channel.Channel;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.Opening.Step;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.redfish.BmcAccess;
import org.serverconsole.adapter.redfish.Redfish;
import org.serverconsole.adapter.redfish.RedfishBmcs;
import org.serverconsole.adapter.redfish.RedfishPower;
import org.serverconsole.adapter.redfish.RedfishProbe;
import org.serverconsole.adapter.redfish.Turn;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rfb.RfbException;
import org.serverconsole.rfb.RfbTarget;
import org.serverconsole.rfb.TlsTrust;
import org.serverconsole.rfb.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consoles of servers with OpenBMC (bmcweb): {@code wss://<bmc>/kvm/0} carries RFB 3.8 without password of its own, opened
 * with the token of a Redfish session. Ending the session does not end the KVM, nor the other way round.
 *
 * <p>Options: those of {@link BmcAccess}.
 */
public final class OpenBmcAdapter implements ConsoleAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(OpenBmcAdapter.class);
    private static final String KVM = "/kvm/0";
    private static final String SESSION = "session";
    private static final Duration SHORTEST_HANDSHAKE = Duration.ofSeconds(1);
    private static final Map<String, String> PARAMETERS =
            Map.of("encodings", "tight zrle ultra copyrect hextile zlib corre rre raw");

    private volatile Optional<AdapterEnvironment> environment = Optional.empty();
    private volatile Optional<RedfishBmcs> bmcs = Optional.empty();

    @Override
    public String type() {
        return "openbmc";
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return BmcAccess.problem(server);
    }

    @Override
    public Set<String> options() {
        return BmcAccess.optionsAnd(RedfishPower.PLUG);
    }

    @Override
    public void start(AdapterEnvironment environment) {
        this.environment = Optional.of(environment);
        bmcs = Optional.of(new RedfishBmcs(environment.caFile()));
    }

    @Override
    public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
        Redfish bmc = bmcs().of(server);
        opening.step(Step.ASKING_VENDOR);
        try (Turn turn = bmc.turn(Deadline.in(bmc.access().timeout()))) {
            Channel channel;
            try {
                channel = connect(turn, bmc.access(), opening);
            } catch (RfbException e) {
                if (e.reason() != RfbException.Reason.REJECTED_PASSWORD) {
                    throw AdapterException.of(e);
                }
                LOG.debug("BMC {} has ended our session, logging in again", bmc.access().authority());
                turn.renewSession();
                channel = connectAgain(turn, bmc.access(), opening);
            }
            return new ConsoleStream(ConsoleStream.Protocol.RFB, channel, PARAMETERS);
        }
    }

    private Channel connectAgain(Turn turn, BmcAccess access, Opening opening) throws AdapterException, InterruptedException {
        try {
            return connect(turn, access, opening);
        } catch (RfbException e) {
            throw AdapterException.of(e);
        }
    }

    private Channel connect(Turn turn, BmcAccess access, Opening opening)
            throws RfbException, AdapterException, InterruptedException {
        // Only the BMC knows what a session will be called. One that no lease names, after a crash between the two, ends by
        // itself after half an hour.
        opening.lease(Map.of(SESSION, turn.session()));
        RfbTarget target = kvm(turn, access);
        opening.step(Step.CONNECTING_CONSOLE);
        // The KVM's traffic does not count as use of the session.
        Runnable release = turn.hold();
        boolean connected = false;
        try {
            Channel channel = environment().rfb().connect(target, turn.deadline().leftOr(SHORTEST_HANDSHAKE));
            channel.closeFuture().addListener(closed -> release.run());
            connected = true;
            return channel;
        } finally {
            if (!connected) {
                release.run();
            }
        }
    }

    private static RfbTarget kvm(Turn turn, BmcAccess access) throws AdapterException, InterruptedException {
        return RfbTarget.at(access.host(), access.port())
                .requiring(new TlsTrust(access.trust().context(), access.trust().checkHostName()))
                .over(Transport.WebSocket.at(KVM, true).withHeader("X-Auth-Token", turn.token()));
    }

    /** Shakes hands with the KVM, and hangs up before asking for a picture. */
    @Override
    public void probe(Server server, Consumer<Finding> found) throws AdapterException, InterruptedException {
        BmcAccess access = bmcs().of(server).access();
        new RedfishProbe(bmcs().of(server), Clock.systemUTC()).look(found, turn -> {
            try {
                environment().rfb().connect(kvm(turn, access), turn.deadline().leftOr(SHORTEST_HANDSHAKE)).close();
            } catch (RfbException e) {
                throw AdapterException.of(e);
            }
            found.accept(Finding.ok(Finding.Subject.CONSOLE, "its KVM lets us in"));
        });
    }

    /** Ends the session. The KVM is cut by whoever holds its channel. */
    @Override
    public void revoke(Server server, Map<String, String> undo) throws AdapterException, InterruptedException {
        Redfish bmc = bmcs().of(server);
        try (Turn turn = bmc.turn(Deadline.in(bmc.access().timeout()))) {
            turn.endSession(undo.get(SESSION));
        }
    }

    @Override
    public Optional<PowerControl> power() {
        return Optional.of(new RedfishPower(bmcs()));
    }

    @Override
    public String managementSystem(Server server) {
        return type() + " " + bmcs().of(server).access().authority();
    }

    @Override
    public String turn(Server server) {
        return managementSystem(server);
    }

    private RedfishBmcs bmcs() {
        return bmcs.orElseThrow(() -> new IllegalStateException("adapter openbmc has not been started"));
    }

    private AdapterEnvironment environment() {
        return environment.orElseThrow(() -> new IllegalStateException("adapter openbmc has not been started"));
    }

    @Override
    public void close() {
        bmcs.ifPresent(RedfishBmcs::close);
    }
}
