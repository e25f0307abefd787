package org.serverconsole.adapter.idrac;

import io.netty.channel.Channel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Finding.Subject;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.Opening.Step;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.VncPassword;
import org.serverconsole.adapter.idrac.IdracClient.VncServer;
import org.serverconsole.adapter.redfish.BmcAccess;
import org.serverconsole.adapter.redfish.Redfish;
import org.serverconsole.adapter.redfish.RedfishBmcs;
import org.serverconsole.adapter.redfish.RedfishPower;
import org.serverconsole.adapter.redfish.RedfishProbe;
import org.serverconsole.adapter.redfish.Turn;
import org.serverconsole.adapter.web.KioskAdapter;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rfb.RfbException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consoles of Dell servers with iDRAC8 (2.40 and newer), 9 and 10 and an Enterprise licence: its VNC server is switched on
 * with a random password, and is as it was before when the session has ended. It has one password for all viewers, and so one
 * console session at a time.
 *
 * <p>Options: those of {@link BmcAccess}; {@code mode}, which is {@code vnc}, or {@code html5} for the iDRAC's own page
 * in a kiosk, which an iDRAC9 or newer has.
 */
public final class IdracAdapter implements ConsoleAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(IdracAdapter.class);
    private static final String MODE = "mode";
    private static final String VNC_MODE = "vnc";
    private static final String PAGE_MODE = "html5";
    /** What an iDRAC tells of its settings may be that old; Dell says 30 s. */
    private static final Duration LAG = Duration.ofSeconds(60);
    private static final Duration SHORTEST_HANDSHAKE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(500);
    /** It takes a password a moment after it has accepted it. Not for ever: viewers that fail are locked out. */
    private static final int MOST_REJECTIONS = 3;
    /** The iDRAC8 dies of 32 bits per pixel and falls silent on encodings it does not know. */
    private static final Map<String, String> PARAMETERS = Map.of("color-depth", "16", "encodings", "raw copyrect");

    private final Clock clock;
    private final IdracPage page = new IdracPage();
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private volatile Optional<AdapterEnvironment> environment = Optional.empty();
    private volatile Optional<RedfishBmcs> bmcs = Optional.empty();

    /**
     * How a VNC server is when no console of ours is open, which is not what the iDRAC tells meanwhile.
     *
     * @param until when the iDRAC may be believed again
     */
    private record Known(Map<String, String> settings, Instant until) { }

    public IdracAdapter() {
        this(Clock.systemUTC());
    }

    IdracAdapter(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String type() {
        return "idrac";
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return BmcAccess.problem(server).or(() -> server.option(MODE).filter(mode -> !mode.equals(VNC_MODE) && !mode.equals(PAGE_MODE))
                .map(mode -> new ServerRule.Problem(MODE, "is no way to an iDRAC's console that is known here: write \""
                        + VNC_MODE + "\" or \"" + PAGE_MODE + "\", or leave it out")))
                .or(() -> server.option(MODE).filter(PAGE_MODE::equals).flatMap(mode -> page.check(server)));
    }

    @Override
    public Set<String> options() {
        return page.optionsAnd(MODE, RedfishPower.PLUG);
    }

    @Override
    public void start(AdapterEnvironment environment) {
        this.environment = Optional.of(environment);
        bmcs = Optional.of(new RedfishBmcs(environment.caFile()));
        page.start(environment);
    }

    private static boolean isPage(Server server) {
        return server.option(MODE).equals(Optional.of(PAGE_MODE));
    }

    @Override
    public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
        if (isPage(server)) {
            return page.open(server, opening);
        }
        Redfish bmc = bmcs().of(server);
        Deadline deadline = Deadline.in(bmc.access().timeout());
        opening.step(Step.ASKING_VENDOR);
        // Kept until the viewer is in: another opening would replace the password.
        try (Turn turn = bmc.turn(deadline)) {
            VncServer vnc = IdracClient.vncServer(turn);
            Optional<Map<String, String>> remembered = settings(bmc);
            Map<String, String> before = remembered.isPresent() ? remembered.get() : found(turn, vnc, bmc.access());
            opening.lease(before);
            known.put(bmc.access().authority(), new Known(before, Instant.MAX));
            Secret password = VncPassword.random(environment().random());
            IdracClient.open(turn, vnc, password);
            opening.step(Step.CONNECTING_CONSOLE);
            Channel channel = connect(bmc.access().host(), vnc.port(), password, deadline);
            return new ConsoleStream(ConsoleStream.Protocol.RFB, channel, PARAMETERS);
        }
    }

    private Optional<Map<String, String>> settings(Redfish bmc) {
        return Optional.ofNullable(known.get(bmc.access().authority()))
                .filter(found -> clock.instant().isBefore(found.until()))
                .map(Known::settings);
    }

    /**
     * What the iDRAC tells, where that is not ours. Ours it tells for a while after another node, or this one before it was
     * restarted, has restored what was so before: that is waited for. What a crash has left its lease has undone before anything
     * is opened, so that ours is told for longer only where no journal knows of it, or the lag uses up the time that is needed
     * to connect. A console is to be had all the same, and what it leaves is safe.
     */
    private static Map<String, String> found(Turn turn, VncServer first, BmcAccess access)
            throws AdapterException, InterruptedException {
        Duration forTheRest = access.timeout().dividedBy(3);
        Map<String, String> told = first.settings();
        while (IdracClient.areOurs(told)) {
            if (turn.deadline().left().compareTo(forTheRest.plus(PAUSE)) < 0) {
                LOG.warn("iDRAC {}: its VNC server has the settings of a console, and what they were before nobody here knows:"
                        + " it will be off when the console session has ended", access.authority());
                return IdracClient.factory(told);
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            told = IdracClient.vncServer(turn).settings();
        }
        return told;
    }

    /** Whether it is up cannot be asked, since the iDRAC's answer lags; it is tried. */
    private Channel connect(String host, int port, Secret password, Deadline deadline)
            throws AdapterException, InterruptedException {
        int rejections = 0;
        while (true) {
            try {
                return environment().rfb().connect(host, port, password, deadline.leftOr(SHORTEST_HANDSHAKE));
            } catch (RfbException e) {
                boolean rejected = e.reason() == RfbException.Reason.REJECTED_PASSWORD;
                rejections += rejected ? 1 : 0;
                if (rejected && rejections == MOST_REJECTIONS) {
                    throw new AdapterException(Kind.PROTOCOL, "the VNC server of iDRAC " + host
                            + " refuses the password that the iDRAC has just accepted", e);
                }
                boolean comingUp = e.reason() == RfbException.Reason.UNREACHABLE;
                if (!rejected && !comingUp || deadline.left().compareTo(PAUSE) < 0) {
                    throw AdapterException.of(e);
                }
                LOG.debug("iDRAC {}: its VNC server is not up yet: {}", host, e.getMessage());
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        }
    }

    /**
     * Sets everything as it was before, and a password nobody knows. Of two leases, the later of which may have found what the
     * earlier had left after a crash, the one of a VNC server that was off holds. Whether that throws viewers out Dell does not
     * say, so that cutting the stream is up to whoever holds it; those that the iDRAC still counts afterwards are told to the log.
     */
    @Override
    public void revoke(Server server, Map<String, String> undo) throws AdapterException, InterruptedException {
        if (KioskAdapter.isLease(undo)) {
            page.revoke(server, undo);
            return;
        }
        Redfish bmc = bmcs().of(server);
        try (Turn turn = bmc.turn(Deadline.in(bmc.access().timeout()))) {
            VncServer vnc = IdracClient.vncServer(turn);
            Map<String, String> before = settings(bmc).filter(IdracClient::isDisabled).orElse(undo);
            IdracClient.restore(turn, vnc, before, VncPassword.random(environment().random()));
            known.put(bmc.access().authority(), new Known(Map.copyOf(before), clock.instant().plus(LAG)));
            int left = IdracClient.vncServer(turn).viewers();
            if (left > 0) {
                LOG.info("iDRAC {}: {} viewers are still counted now that access to server {} has been taken back",
                        bmc.access().authority(), left, server.id());
            }
        }
    }

    @Override
    public void probe(Server server, Consumer<Finding> found) throws AdapterException, InterruptedException {
        new RedfishProbe(bmcs().of(server), clock).look(found, turn -> {
            Optional<VncServer> vnc = IdracClient.find(turn);
            found.accept(vnc.isEmpty() ? Finding.fault(Subject.LICENCE, IdracClient.NO_LICENCE)
                    : Finding.ok(Subject.LICENCE, "it has a VNC server"));
            vnc.ifPresent(there -> found.accept(Finding.ok(Subject.CONSOLE, "its VNC server, at port " + there.port() + ", is "
                    + (IdracClient.isDisabled(there.settings()) ? "off" : "on") + " and has " + there.viewers() + " viewers")));
        });
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
        return bmcs.orElseThrow(() -> new IllegalStateException("adapter idrac has not been started"));
    }

    private AdapterEnvironment environment() {
        return environment.orElseThrow(() -> new IllegalStateException("adapter idrac has not been started"));
    }

    @Override
    public void close() {
        page.close();
        bmcs.ifPresent(RedfishBmcs::close);
    }
}
