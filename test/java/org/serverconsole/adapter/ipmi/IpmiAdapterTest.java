package org.serverconsole.adapter.ipmi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleAdapterContract;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.PowerControl.Action;
import org.serverconsole.adapter.PowerControl.State;
import org.serverconsole.fake.FakeBmc;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.RecordedLog;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rmcp.RmcpTiming;
import org.serverconsole.rmcp.TemporaryUser;
import org.slf4j.LoggerFactory;

class IpmiAdapterTest extends ConsoleAdapterContract {

    private static final String NAME = "console";
    private static final String PASSWORD = "Xy3-pass-w0rd";
    private static final int OPERATOR = 3;
    private static final int ADMINISTRATOR = 4;

    private FakeBmc bmc;
    private FakeBmc mute;
    private IpmiAdapter ipmi;

    @BeforeEach
    void startBmcs() throws Exception {
        bmc = FakeBmc.start();
        bmc.addUser(3, NAME, PASSWORD, ADMINISTRATOR);
        mute = FakeBmc.start();
        mute.behave(FakeBmc.Behaviour.SILENT);
        ipmi = started();
    }

    @AfterEach
    void stopBmcs() {
        ipmi.close();
        bmc.close();
        mute.close();
    }

    private static IpmiAdapter started() {
        IpmiAdapter adapter = new IpmiAdapter(RmcpTiming.STANDARD.faster(5));
        adapter.start(new AdapterEnvironment((target, deadline) -> {
            throw new IllegalStateException("IPMI has no RFB");
        }, new SecureRandom(), Optional.empty()));
        return adapter;
    }

    private static Server entry(int port, String password, String... more) {
        Map<String, String> options = new HashMap<>(Map.of(
                "ip", "127.0.0.1", "ipport", Integer.toString(port), "username", NAME, "timeout", "2"));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return server("ipmi", password, options);
    }

    @Override
    protected ConsoleAdapter newAdapter() {
        return new IpmiAdapter(RmcpTiming.STANDARD.faster(5));
    }

    @Override
    protected Server right() {
        return entry(bmc.port(), PASSWORD);
    }

    @Override
    protected Server wrongPassword() {
        return entry(bmc.port(), "Xy3-another");
    }

    @Override
    protected Server dead() throws Exception {
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return entry(free.getLocalPort(), PASSWORD);
        }
    }

    @Override
    protected Kind deadKind() {
        return Kind.TIMEOUT;
    }

    @Override
    protected Server silent() {
        return entry(mute.port(), PASSWORD);
    }

    @Override
    protected Server busy() {
        bmc.mostSessions(0);
        return right();
    }

    @Override
    protected Server garbage() {
        mute.behave(FakeBmc.Behaviour.GARBAGE);
        return entry(mute.port(), PASSWORD);
    }

    /** IPMI has no certificates. */
    @Override
    protected Optional<Server> untrusted() {
        return Optional.empty();
    }

    @Override
    protected List<Server> twenty() {
        return Collections.nCopies(20, right());
    }

    @Override
    protected boolean granted() {
        return bmc.solActive();
    }

    @Override
    protected int sessions() {
        return bmc.sessions();
    }

    /** Nothing: to UDP a dead process is a silent one, and the BMC keeps the console until it has been silent for a minute. */
    @Override
    protected void crash(ConsoleStream stream) { }

    @Override
    protected List<String> requiredOptions() {
        return List.of("ip", "username");
    }

    /** UDP has none: who has just asked the mute one counts. */
    @Override
    protected int openConnections() {
        return bmc.sessions() + mute.askers();
    }

    @Override
    protected ConsoleStream.Protocol protocol() {
        return ConsoleStream.Protocol.TERMINAL;
    }

    @Override
    protected void assertAnswers(ConsoleStream stream) throws Exception {
        Received received = Received.from(stream.channel());
        stream.channel().writeAndFlush(Unpooled.copiedBuffer("typed", US_ASCII)).sync();
        assertThat(bmc.serial().typed()).asString(US_ASCII).isEqualTo("typed");
        bmc.serial().print("printed".getBytes(US_ASCII));
        await().untilAsserted(() -> assertThat(received.bytes()).asString(US_ASCII).isEqualTo("printed"));
    }

    private AdapterException refusal(Server server) {
        AdapterException refusal = catchThrowableOfType(AdapterException.class, () -> ipmi.open(server, new RecordedOpening()));
        assertThat(refusal).as("refusal").isNotNull();
        return refusal;
    }

    private ConsoleStream opened(IpmiAdapter adapter, Opening opening) throws Exception {
        return adapter.open(right(), opening);
    }

    @Test
    void aConsoleSomebodyElseHasIsBusyAndNotTaken() throws Exception {
        IpmiAdapter somebodyElse = started();
        ConsoleStream theirs = opened(somebodyElse, new RecordedOpening());

        assertThat(refusal(right()).kind()).isEqualTo(Kind.BUSY);

        await().until(() -> bmc.sessions() == 1);
        assertThat(theirs.channel().isActive()).isTrue();
        somebodyElse.close();
    }

    @Test
    void aBmcWithoutSerialOverLanIsUnsupported() {
        bmc.solEnabled(false);

        assertThat(refusal(right()).kind()).isEqualTo(Kind.UNSUPPORTED);
        await().until(() -> bmc.sessions() == 0);
    }

    @Test
    void anAccountThatMayNotIsRejected() {
        bmc.addUser(4, "user", PASSWORD, 2);

        assertThat(refusal(entry(bmc.port(), PASSWORD, "username", "user")).kind()).isEqualTo(Kind.REJECTED_CREDENTIALS);
    }

    @Test
    void theLeaseIsJournalledBeforeTheConsoleIsActivated() throws Exception {
        List<Boolean> active = new ArrayList<>();

        opened(ipmi, new Opening() {
            @Override
            public void step(Step step) { }

            @Override
            public void lease(Map<String, String> undo) {
                active.add(bmc.solActive());
                assertThat(undo.toString()).doesNotContain(PASSWORD);
            }
        });

        assertThat(active).containsExactly(false);
        assertThat(bmc.solActive()).isTrue();
    }

    @Test
    void aLeaseThatCannotBeJournalledLeavesNoSession() {
        IllegalStateException failure = catchThrowableOfType(IllegalStateException.class, () -> opened(ipmi, new Opening() {
            @Override
            public void step(Step step) { }

            @Override
            public void lease(Map<String, String> undo) {
                throw new IllegalStateException("disk full");
            }
        }));

        assertThat(failure).hasMessage("disk full");
        await().until(() -> bmc.sessions() == 0);
        assertThat(bmc.solActive()).isFalse();
    }

    @Test
    void aConsoleIsOpenedAgainRightAfterItWasClosed() throws Exception {
        for (int i = 0; i < 5; i++) {
            opened(ipmi, new RecordedOpening()).channel().close();
        }

        assertAnswers(opened(ipmi, new RecordedOpening()));
        assertThat(bmc.sessions()).isEqualTo(1);
    }

    @Test
    void revokingClosesTheConsoleAndOnceMoreDoesNoHarm() throws Exception {
        RecordedOpening opening = new RecordedOpening();
        ConsoleStream stream = opened(ipmi, opening);

        ipmi.revoke(right(), opening.leases().get(0));

        assertThat(stream.channel().isOpen()).isFalse();
        assertThat(bmc.solActive()).isFalse();
        assertThat(bmc.sessions()).isZero();
        int asked = bmc.commands().size();
        ipmi.revoke(right(), opening.leases().get(0));
        assertThat(bmc.commands()).hasSize(asked);
    }

    @Test
    void afterACrashRevokingDeactivatesTheConsoleThatWasLeft() throws Exception {
        RecordedOpening opening = new RecordedOpening();
        IpmiAdapter crashed = started();
        opened(crashed, opening);
        assertThat(bmc.solActive()).isTrue();

        ipmi.revoke(right(), opening.leases().get(0));

        assertThat(bmc.solActive()).isFalse();
        ipmi.revoke(right(), opening.leases().get(0));
        assertAnswers(opened(ipmi, new RecordedOpening()));
        crashed.close();
    }

    @Test
    void afterACrashBeforeTheActivationNothingOfOthersIsTouched() throws Exception {
        IpmiAdapter somebodyElse = started();
        opened(somebodyElse, new RecordedOpening());

        ipmi.revoke(right(), Map.of("sol", "12345678", "process", "another"));

        assertThat(bmc.solActive()).isTrue();
        somebodyElse.close();
    }

    @Test
    void aConsoleOfOursWhoseEndTheBmcNeverConfirmedIsTakenOver() throws Exception {
        ConsoleStream lost = opened(ipmi, new RecordedOpening());
        bmc.behave(FakeBmc.Behaviour.SILENT);
        lost.channel().close().sync();
        assertThat(refusal(right()).kind()).isEqualTo(Kind.TIMEOUT);
        bmc.behave(FakeBmc.Behaviour.ANSWERS);
        assertThat(bmc.solActive()).isTrue();

        assertAnswers(opened(ipmi, new RecordedOpening()));
    }

    @Test
    void ofTwentyOpeningsAtOnceOneGetsTheConsoleAndNoSessionIsLeftOfTheOthers() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(20);
        List<ConsoleStream> streams = new ArrayList<>();
        List<Kind> refusals = new ArrayList<>();
        Callable<ConsoleStream> open = () -> opened(ipmi, new RecordedOpening());
        for (Future<ConsoleStream> future : pool.invokeAll(Collections.nCopies(20, open))) {
            try {
                streams.add(future.get());
            } catch (ExecutionException e) {
                refusals.add(((AdapterException) e.getCause()).kind());
            }
        }
        pool.shutdown();

        assertThat(streams).hasSize(1);
        assertThat(refusals).hasSize(19).containsOnly(Kind.BUSY);
        await().until(() -> bmc.sessions() == 1);
        assertAnswers(streams.get(0));
    }

    @Test
    void closingTheAdapterLogsOutEverywhere() throws Exception {
        ConsoleStream stream = opened(ipmi, new RecordedOpening());

        ipmi.close();

        assertThat(bmc.sessions()).isZero();
        assertThat(stream.channel().isOpen()).isFalse();
    }

    @Test
    void powerIsSwitchedAndReadWithOrWithoutAConsole() throws Exception {
        PowerControl power = ipmi.power().orElseThrow();
        assertThat(power.status(right())).isEqualTo(State.ON);
        await().until(() -> bmc.sessions() == 0);

        opened(ipmi, new RecordedOpening());
        power.perform(right(), Action.OFF);

        assertThat(bmc.isOn()).isFalse();
        assertThat(power.status(right())).isEqualTo(State.OFF);
        assertThat(bmc.sessions()).as("the console's session is shared").isEqualTo(1);
        power.perform(right(), Action.ON);
        assertThat(bmc.isOn()).isTrue();
        power.perform(right(), Action.SOFT_OFF);
        assertThat(bmc.isOn()).isFalse();
    }

    @Test
    void powerThatIsAsWantedIsLeftAloneAndAMachineThatIsOffCannotBeReset() throws Exception {
        PowerControl power = ipmi.power().orElseThrow();
        power.perform(right(), Action.ON);
        assertThat(bmc.commands()).noneMatch(command -> command.netFn() == 0 && command.command() == 2);
        power.perform(right(), Action.OFF);
        power.perform(right(), Action.OFF);

        for (Action action : List.of(Action.RESET, Action.CYCLE, Action.SOFT_OFF)) {
            AdapterException refusal = catchThrowableOfType(AdapterException.class, () -> power.perform(right(), action));
            assertThat(refusal.kind()).isEqualTo(Kind.POWERED_OFF);
        }
        assertThat(bmc.isOn()).isFalse();
    }

    @Test
    void aTemporaryUserMayLogInUntilItIsRevoked() throws Exception {
        RecordedOpening opening = new RecordedOpening();

        TemporaryUser user = ipmi.temporaryUser(right(), opening);

        assertThat(user.slot()).isEqualTo(2);
        Server asUser = entry(bmc.port(), user.password().reveal(), "username", user.name());
        ipmi.open(asUser, new RecordedOpening()).channel().close().sync();
        assertThat(opening.leases()).hasSize(1);
        assertThat(opening.leases().get(0).toString()).doesNotContain(user.password().reveal());

        ipmi.revoke(right(), opening.leases().get(0));

        assertThat(refusal(asUser).kind()).isEqualTo(Kind.REJECTED_CREDENTIALS);
        assertThat(bmc.user(2).enabled()).isFalse();
        assertThat(bmc.user(2).privilege()).isEqualTo(0x0F);
        assertThat(bmc.user(2).name()).isNotEqualTo(user.name());
        ipmi.revoke(right(), opening.leases().get(0));
        assertThat(ipmi.temporaryUser(right(), new RecordedOpening()).slot()).as("the slot is free again").isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"ip,' '", "ipport,0", "ipport,65536", "ipport,ipmi", "username,a-name-of-17-byte", "cipher,0", "cipher,2",
        "privlvl,root", "privlvl,OPERATOR", "timeout,0", "timeout,61"})
    void aWrongOptionIsNamedWithWhatToWriteInstead(String option, String value) {
        Optional<ServerRule.Problem> problem = ipmi.check(entry(623, PASSWORD, option, value));

        assertThat(problem).map(ServerRule.Problem::option).contains(option);
        assertThat(problem.orElseThrow().message()).contains("write");
    }

    @Test
    void aPasswordThatIpmiHasNoRoomForIsNamedButNotTold() {
        Optional<ServerRule.Problem> problem = ipmi.check(entry(623, "a-password-of-21-byte"));

        assertThat(problem).map(ServerRule.Problem::option).contains("password");
        assertThat(problem.orElseThrow().message()).doesNotContain("21-byte");
        assertThat(ipmi.check(entry(623, ""))).map(ServerRule.Problem::option).contains("password");
    }

    @ParameterizedTest
    @CsvSource({"cipher,auto", "cipher,3", "cipher,17", "privlvl,user", "privlvl,administrator", "timeout,60", "ipport,65535"})
    void aPossibleOptionIsAccepted(String option, String value) {
        assertThat(ipmi.check(entry(623, PASSWORD, option, value))).isEmpty();
    }

    @Test
    void noPasswordIsLoggedAtTrace() throws Exception {
        List<String> lines;
        String temporary;
        try (RecordedLog log = new RecordedLog("io.netty")) {
            RecordedOpening opening = new RecordedOpening();
            TemporaryUser user = ipmi.temporaryUser(right(), opening);
            temporary = user.password().reveal();
            LoggerFactory.getLogger("org.serverconsole.probe").trace("{}", user);
            ipmi.revoke(right(), opening.leases().get(0));
            opened(ipmi, opening).channel().close().sync();
            refusal(wrongPassword());
            refusal(silent());
            ipmi.power().orElseThrow().status(right());
            lines = log.lines();
        }

        assertThat(String.join("\n", lines)).contains("TemporaryUser[slot=2").doesNotContain(PASSWORD, temporary, "Xy3-another");
    }

    @Test
    void theAdapterIsFoundByItsType() throws Exception {
        Path services = Path.of("META-INF/services", ConsoleAdapter.class.getName());

        assertThat(Files.readAllLines(services)).contains(IpmiAdapter.class.getName());
    }
}
