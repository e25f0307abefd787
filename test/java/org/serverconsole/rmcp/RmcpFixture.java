package org.serverconsole.rmcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeBmc;

/** A client and a fake BMC with one operator. */
@Timeout(60)
abstract class RmcpFixture {

    static final Duration DEADLINE = Duration.ofSeconds(10);
    static final String NAME = "console";
    static final String PASSWORD = "Xy3-pass-w0rd";
    /** Chassis, Get Chassis Status. */
    static final int CHASSIS = 0x00;
    static final int STATUS = 0x01;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    FakeBmc bmc;
    Rmcp rmcp;

    @BeforeEach
    void start() throws Exception {
        bmc = FakeBmc.start();
        bmc.addUser(3, NAME, PASSWORD, Privilege.OPERATOR.level());
        rmcp = new Rmcp(group, new SecureRandom(), RmcpTiming.STANDARD.faster(5));
    }

    @AfterEach
    void stop() {
        rmcp.close();
        bmc.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    /** Instead of the client that is there already. */
    void use(RmcpTiming timing) throws Exception {
        rmcp.close();
        rmcp = new Rmcp(group, new SecureRandom(), timing);
    }

    static BmcLogin login(InetSocketAddress address) {
        return new BmcLogin(address, NAME, Secret.of(PASSWORD), Privilege.OPERATOR, Optional.empty());
    }

    RmcpSession open() throws Exception {
        return rmcp.open(login(bmc.address()), DEADLINE);
    }

    RmcpException refusal(BmcLogin login, Duration deadline) {
        RmcpException refusal = catchThrowableOfType(RmcpException.class, () -> rmcp.open(login, deadline));
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.getMessage()).doesNotContain(PASSWORD).hasLineCount(1);
        return refusal;
    }

    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Whether a packet is one of a handshake, or of a session, of that payload type. */
    static boolean isOfType(byte[] packet, int type) {
        return packet[4] == 6 && (packet[5] & 0x3F) == type;
    }
}
