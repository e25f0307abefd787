package org.serverconsole.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.Adapters;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeIdrac;
import org.serverconsole.fake.FakeOpenBmc;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.fake.VncViewer;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.parts.IpmiSim;
import org.serverconsole.parts.Ipmitool;
import org.serverconsole.parts.Qemu;
import org.serverconsole.parts.SerialLine;
import org.serverconsole.parts.TigerVnc;
import org.serverconsole.parts.VncPasswordFile;
import org.serverconsole.rfb.RfbConnector;

/**
 * Whole console sessions at real consoles. What opens a console while its session lives, and opens nothing once it has ended, is tried
 * by others: a viewer of the tests' own, ipmitool, the BMC's list of sessions.
 */
@Timeout(60)
class EndSeenFromOutsideIT {

    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    private Path workDir;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Journal journal;
    private ConsoleSessions sessions;

    @BeforeEach
    void start() throws Exception {
        EventLoopGroup network = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        opened.push(() -> network.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        opened.push(timer::shutdownNow);
        journal = open(Journal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
        Adapters adapters = open(Adapters.start(
                new AdapterEnvironment(RfbConnector.on(network), new SecureRandom(), Optional.empty())));
        sessions = open(new ConsoleSessions(CLOCK, journal, adapters.byType(),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(2), 10, 10), id -> Optional.empty(), timer, List.of()));
    }

    @AfterEach
    void stop() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T open(T part) {
        opened.push(part);
        return part;
    }

    /** Starts a session with somebody at its console. */
    private ConsoleSession session(String type, String password, Map<String, String> options) throws Exception {
        Server server = new Server("server", "server", type, Secret.NONE, Secret.of(password), options);
        String key = UUID.randomUUID().toString();
        ConsoleSession session = sessions.start(key, server, "customer", key,
                record -> journal.redeem(key, Instant.now().plusSeconds(60), record)).orElseThrow();
        ConsoleStream stream = session.takeStream().stream().toCompletableFuture().get();
        session.attach(reason -> stream.channel().close());
        return session;
    }

    private void end(ConsoleSession session, Callable<Boolean> dead) {
        session.end(EndReason.CLOSED_BY_PANEL);

        await().until(() -> sessions.releasesPending() == 0 && journal.openLeases().isEmpty());
        await().until(dead);
    }

    private static boolean opens(int port, String password) throws Exception {
        try (VncViewer viewer = VncViewer.connect(port)) {
            return viewer.authenticate(password);
        }
    }

    private static String unknown() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    @Test
    void thePasswordOfAnIdracOpensItsScreenUntilTheSessionEnds() throws Exception {
        TigerVnc vnc = open(TigerVnc.start(workDir, unknown()));
        VncPasswordFile file = VncPasswordFile.of(workDir, vnc);
        FakeIdrac idrac = open(FakeIdrac.start(Certificate.make(workDir), 0, FakeIdrac.Firmware.IDRAC9, vnc.port(),
                (enabled, password) -> file.set(enabled ? password : unknown())));
        ConsoleSession session = session("idrac", idrac.password(), Map.of("ip", "127.0.0.1",
                "ipport", Integer.toString(idrac.port()), "username", FakeIdrac.USERNAME, "tls", pin(idrac.certificate().fingerprint())));
        String password = idrac.passwords().get(0);
        assertThat(opens(vnc.port(), password)).isTrue();

        end(session, () -> !opens(vnc.port(), password));

        assertThat(idrac.attribute("Enable")).isEqualTo("Disabled");
    }

    @Test
    void theTicketOfAVirtualMachineOpensItsScreenUntilTheSessionEnds() throws Exception {
        Qemu qemu = open(Qemu.start(workDir));
        FakeEngine engine = open(FakeEngine.start(workDir));
        FakeVm vm = engine.addVm("c0ffee00-0000-4000-8000-000000014494", "web",
                new InetSocketAddress("127.0.0.1", qemu.vncPort()), qemu::setTicket);
        ConsoleSession session = session("ovirt", engine.password(), Map.of(
                "url", engine.url(), "username", FakeEngine.USERNAME, "plug", vm.id(), "tls", pin(engine.fingerprint())));
        String ticket = vm.ticket().orElseThrow().value();
        assertThat(opens(qemu.vncPort(), ticket)).isTrue();

        end(session, () -> !opens(qemu.vncPort(), ticket) && qemu.viewers() == 0);
    }

    @Test
    void theSerialConsoleAndItsSessionAreThereAsIpmitoolSeesUntilTheSessionEnds() throws Exception {
        SerialLine serial = open(SerialLine.listen());
        IpmiSim bmc = open(IpmiSim.start(workDir, serial.port()));
        Ipmitool witness = new Ipmitool(bmc.port(), IpmiSim.ADMIN, IpmiSim.ADMIN_PASSWORD, 3);
        Callable<String> consoles = () -> witness.run("raw", "0x06", "0x4a", "0x01").output().strip();
        Callable<String> logins = () -> witness.run("raw", "0x06", "0x3d", "0x00").output().strip().split(" ")[2];
        ConsoleSession session = session("ipmi", IpmiSim.OPERATOR_PASSWORD, Map.of("ip", "127.0.0.1",
                "ipport", Integer.toString(bmc.port()), "username", IpmiSim.OPERATOR));
        assertThat(consoles.call()).as("consoles there are, and that are active").isEqualTo("01 01 00");
        assertThat(logins.call()).as("ours and ipmitool's").isEqualTo("02");

        end(session, () -> consoles.call().equals("01 00 00") && logins.call().equals("01"));
    }

    @Test
    void theKvmOfAnOpenBmcAndTheLoginItWasOpenedWithEndWithTheSession() throws Exception {
        TigerVnc vnc = open(TigerVnc.start(workDir, ""));
        FakeOpenBmc bmc = open(FakeOpenBmc.start(Certificate.make(workDir), 0, vnc.port()));
        ConsoleSession session = session("openbmc", bmc.password(), Map.of("ip", "127.0.0.1",
                "ipport", Integer.toString(bmc.port()), "username", FakeOpenBmc.USERNAME, "tls", pin(bmc.certificate().fingerprint())));
        assertThat(bmc.viewers()).isEqualTo(1);
        assertThat(bmc.viewersSessionLeft()).isTrue();

        end(session, () -> bmc.viewers() == 0 && !bmc.viewersSessionLeft());
    }

    private static String pin(String fingerprint) {
        return "sha256:" + fingerprint;
    }
}
