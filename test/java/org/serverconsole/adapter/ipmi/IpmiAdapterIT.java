package org.serverconsole.adapter.ipmi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.PowerControl.Action;
import org.serverconsole.adapter.PowerControl.State;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;
import org.serverconsole.parts.IpmiSim;
import org.serverconsole.parts.Ipmitool;
import org.serverconsole.parts.SerialLine;
import org.serverconsole.rmcp.TemporaryUser;

/** Against the real {@code ipmi_sim}. What is there before a console's end, and dead after it, {@code ipmitool} says. */
@Timeout(60)
class IpmiAdapterIT {

    @TempDir
    Path workDir;

    private SerialLine serial;
    private IpmiSim bmc;
    private Ipmitool witness;
    private IpmiAdapter adapter;

    @BeforeEach
    void start() throws Exception {
        serial = SerialLine.listen();
        bmc = IpmiSim.start(workDir, serial.port());
        witness = new Ipmitool(bmc.port(), IpmiSim.ADMIN, IpmiSim.ADMIN_PASSWORD, 3);
        adapter = started();
    }

    @AfterEach
    void stop() throws Exception {
        adapter.close();
        bmc.close();
        serial.close();
    }

    private static IpmiAdapter started() {
        IpmiAdapter adapter = new IpmiAdapter();
        adapter.start(new AdapterEnvironment((target, deadline) -> {
            throw new IllegalStateException("IPMI has no RFB");
        }, new SecureRandom(), Optional.empty()));
        return adapter;
    }

    private Server server() {
        return new Server("30001", "30001", "ipmi", Secret.NONE, Secret.of(IpmiSim.ADMIN_PASSWORD),
                Map.of("ip", "localhost", "ipport", Integer.toString(bmc.port()), "username", IpmiSim.ADMIN));
    }

    private void assertAnswers(ConsoleStream stream) throws Exception {
        Received received = Received.from(stream.channel());
        stream.channel().writeAndFlush(Unpooled.copiedBuffer("typed", US_ASCII)).sync();
        await().untilAsserted(() -> assertThat(serial.received()).asString(US_ASCII).endsWith("typed"));
        serial.print("printed".getBytes(US_ASCII));
        await().untilAsserted(() -> assertThat(received.bytes()).asString(US_ASCII).isEqualTo("printed"));
    }

    /** Get Payload Activation Status: one console there is, of which that many are active. */
    private String consoles() throws Exception {
        return witness.run("raw", "0x06", "0x4a", "0x01").output().strip();
    }

    /** Get Session Info: how many there are, ipmitool's own among them. */
    private String sessions() throws Exception {
        return witness.run("raw", "0x06", "0x3d", "0x00").output().strip().split(" ")[2];
    }

    @Test
    void theConsoleAndItsSessionAreThereUntilTheChannelIsClosedAndDeadAfterIt() throws Exception {
        ConsoleStream stream = adapter.open(server(), new RecordedOpening());
        assertAnswers(stream);
        assertThat(consoles()).isEqualTo("01 01 00");
        assertThat(sessions()).isEqualTo("02");

        stream.channel().close().sync();

        await().untilAsserted(() -> assertThat(consoles()).isEqualTo("01 00 00"));
        await().untilAsserted(() -> assertThat(sessions()).isEqualTo("01"));
    }

    @Test
    void aConsoleThatACrashLeftIsDeadAfterItsLeaseIsRevoked() throws Exception {
        IpmiAdapter crashed = started();
        RecordedOpening opening = new RecordedOpening();
        crashed.open(server(), opening);
        assertThat(consoles()).isEqualTo("01 01 00");

        adapter.revoke(server(), opening.leases().get(0));

        assertThat(consoles()).isEqualTo("01 00 00");
        adapter.revoke(server(), opening.leases().get(0));
        assertAnswers(adapter.open(server(), new RecordedOpening()));
        crashed.close();
    }

    @Test
    void aTemporaryUserLogsInFromOutsideUntilItIsRevoked() throws Exception {
        RecordedOpening opening = new RecordedOpening();
        TemporaryUser user = adapter.temporaryUser(server(), opening);
        Ipmitool asUser = new Ipmitool(bmc.port(), user.name(), user.password().reveal(), 3);
        assertThat(asUser.runAs("OPERATOR", "chassis", "power", "status").output()).contains("Chassis Power is on\n");
        assertThat(witness.run("user", "list", "1").output()).contains(user.name());
        assertThat(user.slot()).as("lowest that is free").isEqualTo(4);

        adapter.revoke(server(), opening.leases().get(0));

        assertThat(asUser.runAs("OPERATOR", "chassis", "power", "status").status()).isNotZero();
        assertThat(witness.run("user", "list", "1").output()).doesNotContain(user.name());
        adapter.revoke(server(), opening.leases().get(0));
    }

    @Test
    void anOperatorIsToldOfTheConsoleBeforeAnybodyOpensIt() throws Exception {
        List<Finding> found = new ArrayList<>();

        adapter.probe(server(), found::add);

        assertThat(found).containsExactly(Finding.ok(Finding.Subject.LOGIN, IpmiSim.ADMIN + ", as operator"),
                Finding.ok(Finding.Subject.CONSOLE, "Serial over LAN is enabled"));
        assertThat(consoles()).isEqualTo("01 00 00");
        await().untilAsserted(() -> assertThat(sessions()).isEqualTo("01"));
    }

    @Test
    void powerIsSwitchedAsIpmitoolSees() throws Exception {
        PowerControl power = adapter.power().orElseThrow();

        power.perform(server(), Action.OFF);
        assertThat(witness.run("chassis", "power", "status").output()).isEqualTo("Chassis Power is off\n");
        power.perform(server(), Action.ON);
        assertThat(power.status(server())).isEqualTo(State.ON);
        power.perform(server(), Action.RESET);
        power.perform(server(), Action.SOFT_OFF);

        assertThat(bmc.powerLog()).isEqualTo("power 0\npower 1\nreset\nshutdown\n");
    }
}
