package org.serverconsole.rmcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeBmc;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.UnreliableNetwork;
import org.serverconsole.parts.IpmiSim;
import org.serverconsole.parts.Ipmitool;
import org.serverconsole.parts.SerialLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** On bad networks and for long times. Time runs faster than it does outside, for both sides. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class RmcpNetworkIT {

    private static final Logger LOG = LoggerFactory.getLogger(RmcpNetworkIT.class);

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int LOGINS = 100;
    private static final int FASTER = 60;
    private static final String PASSWORD = "Xy3-pass-w0rd";
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    Path workDir;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    private Rmcp rmcp(int faster) throws Exception {
        return new Rmcp(group, new SecureRandom(), RmcpTiming.STANDARD.faster(faster));
    }

    private static BmcLogin login(InetSocketAddress address, String name, String password) {
        return new BmcLogin(address, name, Secret.of(password), Privilege.OPERATOR, Optional.empty());
    }

    private static FakeBmc fake() throws Exception {
        FakeBmc bmc = FakeBmc.start();
        bmc.addUser(2, "admin", PASSWORD, Privilege.ADMINISTRATOR.level());
        return bmc;
    }

    /** The deadline is as many times shorter. Where none may fail, a machine that is busy meanwhile is given time. */
    @ParameterizedTest(name = "at {0} loss at least {1} of 100")
    @CsvSource({"0.01, 100, 5", "0.05, 100, 5", "0.10, 95, 10"})
    void loginsWithAChassisStatusSucceedAlthoughPacketsAreLost(double loss, int atLeast, int faster) throws Exception {
        try (IpmiSim bmc = IpmiSim.start(workDir);
                UnreliableNetwork network = new UnreliableNetwork(bmc.address(), 1);
                Rmcp rmcp = rmcp(faster)) {
            network.lose(loss, 0, 0);
            int succeeded = 0;
            for (int i = 0; i < LOGINS; i++) {
                try {
                    RmcpSession session = rmcp.open(
                            login(network.address(), IpmiSim.OPERATOR, IpmiSim.OPERATOR_PASSWORD), DEADLINE.dividedBy(faster));
                    succeeded += session.command(DEADLINE.dividedBy(faster), 0x00, 0x01).length >= 3 ? 1 : 0;
                    session.close().get();
                } catch (RmcpException failed) {
                    LOG.info("login {} failed: {}", i, failed.getMessage());
                }
            }

            assertThat(network.lost()).isPositive();
            assertThat(succeeded).isGreaterThanOrEqualTo(atLeast);
        }
    }

    @Test
    void aMegabyteOverSolIsExactOnANetworkThatLosesAHundredth() throws Exception {
        byte[] printed = new byte[MEGABYTE];
        new Random(1).nextBytes(printed);
        try (FakeBmc bmc = fake();
                UnreliableNetwork network = new UnreliableNetwork(bmc.address(), 1);
                Rmcp rmcp = rmcp(10)) {
            bmc.serial().packetSize(240);
            Channel console = new Sol(rmcp.open(login(network.address(), "admin", PASSWORD), DEADLINE)).activate(DEADLINE);
            Received received = Received.from(console);
            network.lose(0.01, 0.01, 0.01);

            bmc.serial().print(printed);

            await().pollInterval(200, TimeUnit.MILLISECONDS).atMost(120, TimeUnit.SECONDS).until(() -> received.bytes().length >= MEGABYTE);
            assertThat(Arrays.equals(received.bytes(), printed)).isTrue();
            assertThat(network.lost()).isGreaterThan(50);
        }
    }

    @Test
    void afterThirtyIdleMinutesTheConsoleIsStillAlive() throws Exception {
        try (FakeBmc bmc = fake(); Rmcp rmcp = rmcp(FASTER)) {
            bmc.idleLimit(Duration.ofSeconds(60).dividedBy(FASTER));
            Channel console = new Sol(rmcp.open(login(bmc.address(), "admin", PASSWORD), DEADLINE)).activate(DEADLINE);
            Received received = Received.from(console);

            await().during(Duration.ofMinutes(30).dividedBy(FASTER)).atMost(Duration.ofMinutes(31).dividedBy(FASTER))
                    .until(() -> console.isActive() && bmc.solActive());

            console.writeAndFlush(Unpooled.copiedBuffer("typed", US_ASCII)).sync();
            bmc.serial().print("printed".getBytes(US_ASCII));
            await().untilAsserted(() -> assertThat(received.bytes()).asString(US_ASCII).isEqualTo("printed"));
            assertThat(bmc.serial().typed()).asString(US_ASCII).isEqualTo("typed");
            // Every 20 s, and not a storm; at that speed a machine that is busy sends some of them twice.
            assertThat(bmc.commands()).filteredOn(command -> command.command() == 0x01).hasSizeBetween(60, 180);
        }
    }

    @Test
    void theRealSimulatorKeepsAnIdleConsoleBeyondItsOwnLimit() throws Exception {
        try (SerialLine serial = SerialLine.listen(); IpmiSim bmc = IpmiSim.start(workDir, serial.port()); Rmcp rmcp = rmcp(1)) {
            Channel console = new Sol(rmcp.open(login(bmc.address(), IpmiSim.OPERATOR, IpmiSim.OPERATOR_PASSWORD), DEADLINE))
                    .activate(DEADLINE);
            Received received = Received.from(console);

            await().during(Duration.ofSeconds(40)).atMost(Duration.ofSeconds(45)).until(console::isActive);

            console.writeAndFlush(Unpooled.copiedBuffer("typed", US_ASCII)).sync();
            serial.print("printed".getBytes(US_ASCII));
            await().untilAsserted(() -> assertThat(received.bytes()).asString(US_ASCII).isEqualTo("printed"));
            assertThat(serial.received()).asString(US_ASCII).isEqualTo("typed");
        }
    }

    @ParameterizedTest
    @CsvSource({"17", "3"})
    void ipmitoolAcceptsTheFakeBmc(int suite) throws Exception {
        try (FakeBmc bmc = fake()) {
            Ipmitool ipmitool = new Ipmitool(bmc.port(), "admin", PASSWORD, suite);

            assertThat(ipmitool.run("chassis", "power", "status")).isEqualTo(new Ipmitool.Outcome(0, "Chassis Power is on\n"));
            assertThat(ipmitool.run("user", "list", "1").output()).contains("admin", "ADMINISTRATOR");
            assertThat(ipmitool.run("chassis", "power", "off").status()).isZero();
            assertThat(bmc.isOn()).isFalse();
            assertThat(bmc.sessions()).isZero();
            assertThat(new Ipmitool(bmc.port(), "admin", "another", suite).run("chassis", "power", "status").status()).isNotZero();
        }
    }
}
