package org.serverconsole.rmcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Received;
import org.serverconsole.parts.IpmiSim;
import org.serverconsole.parts.Ipmitool;
import org.serverconsole.parts.SerialLine;
import org.serverconsole.relay.TerminalSignal;
import org.serverconsole.rmcp.RmcpException.Reason;

/** Against the real {@code ipmi_sim}, with {@code ipmitool} as witness. */
@Timeout(90)
class RmcpIpmiSimIT {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    Path workDir;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private SerialLine serial;
    private IpmiSim bmc;
    private Rmcp rmcp;

    @BeforeEach
    void start() throws Exception {
        serial = SerialLine.listen();
        bmc = IpmiSim.start(workDir, serial.port());
        rmcp = new Rmcp(group, new SecureRandom(), RmcpTiming.STANDARD);
    }

    @AfterEach
    void stop() throws Exception {
        rmcp.close();
        bmc.close();
        serial.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    private BmcLogin login(String username, String password, Privilege privilege) {
        return new BmcLogin(bmc.address(), username, Secret.of(password), privilege, Optional.empty());
    }

    private RmcpSession session() throws Exception {
        return rmcp.open(login(IpmiSim.OPERATOR, IpmiSim.OPERATOR_PASSWORD, Privilege.OPERATOR), DEADLINE);
    }

    private Ipmitool witness() {
        return new Ipmitool(bmc.port(), IpmiSim.ADMIN, IpmiSim.ADMIN_PASSWORD, 3);
    }

    @Test
    void aSessionSwitchesTheMachineOffAsIpmitoolSees() throws Exception {
        RmcpSession session = session();
        assertThat(session.command(DEADLINE, 0x00, 0x01)[0] & 1).isEqualTo(1);

        session.command(DEADLINE, 0x00, 0x02, (byte) 0);

        assertThat(session.command(DEADLINE, 0x00, 0x01)[0] & 1).isZero();
        assertThat(bmc.isOn()).isFalse();
        assertThat(witness().run("chassis", "power", "status").output()).contains("Chassis Power is off");
    }

    @Test
    void aWrongPasswordAndAWrongNameAreRejected() {
        assertThat(failure(login(IpmiSim.ADMIN, "another", Privilege.OPERATOR))).isEqualTo(Reason.REJECTED);
        assertThat(failure(login("nobody", IpmiSim.ADMIN_PASSWORD, Privilege.OPERATOR))).isEqualTo(Reason.REJECTED);
    }

    private Reason failure(BmcLogin login) {
        RmcpException failure = catchThrowableOfType(RmcpException.class, () -> rmcp.open(login, DEADLINE));
        assertThat(failure).isNotNull();
        return failure.reason();
    }

    @Test
    void aMegabyteOverSolArrivesByteForByteInBothDirections() throws Exception {
        byte[] printed = random(MEGABYTE, 1);
        byte[] typed = random(MEGABYTE / 16, 2);
        Channel console = new Sol(session()).activate(DEADLINE);
        Received received = Received.from(console);

        FutureTask<Boolean> printing = new FutureTask<>(() -> {
            serial.print(printed);
            return true;
        });
        new Thread(printing).start();
        await().atMost(60, TimeUnit.SECONDS).until(() -> received.bytes().length >= MEGABYTE);
        assertThat(printing.get()).isTrue();
        console.writeAndFlush(Unpooled.wrappedBuffer(typed)).sync();

        assertThat(Arrays.equals(received.bytes(), printed)).isTrue();
        await().atMost(30, TimeUnit.SECONDS).until(() -> serial.received().length >= typed.length);
        assertThat(Arrays.equals(serial.received(), typed)).isTrue();
    }

    @Test
    void aBreakReachesTheMachineBetweenTheBytesAroundIt() throws Exception {
        Channel console = new Sol(session()).activate(DEADLINE);

        console.write(Unpooled.copiedBuffer("a", US_ASCII));
        console.write(TerminalSignal.BREAK);
        console.writeAndFlush(Unpooled.copiedBuffer("b", US_ASCII)).sync();

        // ipmi_sim passes a break on as telnet does.
        await().untilAsserted(() -> assertThat(serial.received()).containsExactly('a', 0xFF, 0xF3, 'b'));
    }

    @Test
    void theNextConsolesFirstKeyIsNotSwallowed() throws Exception {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            RmcpSession session = session();
            Channel console = new Sol(session).activate(DEADLINE);
            console.writeAndFlush(Unpooled.copiedBuffer(Integer.toHexString(i), US_ASCII)).sync();
            session.close().get();
            expected.append(Integer.toHexString(i));
        }

        await().untilAsserted(() -> assertThat(serial.received()).asString(US_ASCII).isEqualTo(expected.toString()));
    }

    @Test
    void aConsoleThatIsActiveIsBusyAndFreeOnceItsChannelIsClosed() throws Exception {
        RmcpSession first = session();
        Channel console = new Sol(first).activate(DEADLINE);
        RmcpSession second = session();

        RmcpException busy = catchThrowableOfType(RmcpException.class, () -> new Sol(second).activate(DEADLINE));
        assertThat(busy.reason()).isEqualTo(Reason.BUSY);
        assertThat(new Sol(second).owner(DEADLINE)).hasValue(first.bmcId());

        console.close().sync();
        await().until(() -> new Sol(second).owner(DEADLINE).isEmpty());
        assertThat(new Sol(second).activate(DEADLINE).isActive()).isTrue();
        assertThat(first.command(DEADLINE, 0x00, 0x01)).isNotEmpty();
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
