package org.serverconsole.adapter.cimc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.PowerControl.Action;
import org.serverconsole.adapter.PowerControl.State;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeCimc;
import org.serverconsole.inventory.Server;
import org.serverconsole.rfb.RfbConnector;

@Timeout(60)
class CimcPowerTest {

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private static EventLoopGroup group;
    private FakeCimc fake;
    private CimcAdapter adapter;

    @BeforeAll
    static void prepare() throws Exception {
        certificate = Certificate.make(folder);
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterAll
    static void end() {
        group.shutdownGracefully();
    }

    @BeforeEach
    void start() {
        fake = FakeCimc.start(certificate);
        adapter = new CimcAdapter();
        adapter.start(new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(), Optional.of(certificate.pem())));
    }

    @AfterEach
    void stop() {
        adapter.close();
        fake.close();
    }

    private PowerControl power() {
        return adapter.power().orElseThrow();
    }

    private Server server(String password) {
        return server(password, "timeout", "30");
    }

    private Server server(String password, String option, String value) {
        return new Server("50001", "50001", "cimc", Secret.NONE, Secret.of(password), Map.of("ip", "127.0.0.1",
                "ipport", Integer.toString(fake.port()), "username", FakeCimc.USERNAME, option, value));
    }

    @ParameterizedTest
    @CsvSource({"on, ON", "off, OFF", "unknown, UNKNOWN"})
    void itsStateIsTold(String told, State state) throws Exception {
        fake.power(told);

        assertThat(power().status(server(fake.password()))).isEqualTo(state);
        assertThat(fake.sessions()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"on, OFF, down", "on, SOFT_OFF, soft-shut-down", "on, CYCLE, cycle-immediate", "on, RESET, hard-reset-immediate",
        "off, ON, up"})
    void itIsSwitchedInItsWords(String before, Action action, String word) throws Exception {
        fake.power(before);

        power().perform(server(fake.password()), action);

        assertThat(fake.powered()).containsExactly(word);
        assertThat(fake.sessions()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"on, ON", "off, OFF"})
    void whatItIsAlreadyIsNotDoneAgain(String before, Action action) throws Exception {
        fake.power(before);

        power().perform(server(fake.password()), action);

        assertThat(fake.powered()).isEmpty();
    }

    @Test
    void whatIsOffIsNotRestarted() {
        fake.power("off");

        AdapterException refused = catchThrowableOfType(AdapterException.class, () -> power().perform(server(fake.password()), Action.RESET));

        assertThat(refused.kind()).isEqualTo(Kind.POWERED_OFF);
        assertThat(fake.powered()).isEmpty();
        assertThat(fake.sessions()).isZero();
    }

    @Test
    void aBmcThatFallsSilentHasNoSessionLeft() {
        AtomicInteger asked = new AtomicInteger();
        fake.silent(path -> asked.incrementAndGet() == 2);

        AdapterException failure = catchThrowableOfType(AdapterException.class, () -> power().status(server(fake.password(), "timeout", "3")));

        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(asked).as("login, question, logout").hasValue(3);
        assertThat(fake.sessions()).isZero();
    }

    @Test
    void aWrongPasswordIsTold() {
        AdapterException refused = catchThrowableOfType(AdapterException.class, () -> power().status(server("another")));

        assertThat(refused.kind()).isEqualTo(Kind.REJECTED_CREDENTIALS);
    }
}
