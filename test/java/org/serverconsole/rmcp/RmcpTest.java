package org.serverconsole.rmcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeBmc;
import org.serverconsole.fake.UnreliableNetwork;
import org.serverconsole.rmcp.RmcpException.Reason;

class RmcpTest extends RmcpFixture {

    private static final Duration SHORT = Duration.ofMillis(700);

    @Test
    void aSessionAnswersCommandsUntilItIsClosed() throws Exception {
        RmcpSession session = open();
        assertThat(session.command(DEADLINE, CHASSIS, STATUS)).startsWith(1);

        assertThat(session.close().get()).isTrue();

        assertThat(bmc.sessions()).isZero();
        RmcpException closed = catchThrowableOfType(RmcpException.class, () -> session.command(DEADLINE, CHASSIS, STATUS));
        assertThat(closed.reason()).isEqualTo(Reason.CLOSED);
        assertThat(session.close().get()).isTrue();
    }

    @Test
    void theStrongerSuiteIsUsedWhereTheBmcHasIt() throws Exception {
        assertThat(suiteWith(Set.of(3, 17))).isEqualTo(17);
        assertThat(suiteWith(Set.of(17))).isEqualTo(17);
        assertThat(suiteWith(Set.of(1, 2, 3))).isEqualTo(3);
    }

    private int suiteWith(Set<Integer> suites) throws Exception {
        try (FakeBmc other = fake(suites); UnreliableNetwork network = new UnreliableNetwork(other.address(), 0)) {
            List<byte[]> asked = new ArrayList<>();
            network.loseNext(packet -> {
                if (isOfType(packet, Datagram.OPEN_SESSION)) {
                    asked.add(packet);
                }
                return false;
            });
            rmcp.open(login(network.address()), DEADLINE).close().get();
            // The integrity algorithm: HMAC-SHA256-128 is 4.
            return asked.get(0)[16 + 20] == 4 ? 17 : 3;
        }
    }

    private static FakeBmc fake(Set<Integer> suites) throws Exception {
        FakeBmc other = FakeBmc.start(InetAddress.getLoopbackAddress(), suites, "");
        other.addUser(2, NAME, PASSWORD, Privilege.OPERATOR.level());
        return other;
    }

    @Test
    void aBmcThatProtectsNothingIsUnsupported() throws Exception {
        try (FakeBmc other = fake(Set.of(0, 1, 2))) {
            RmcpException refusal = refusal(login(other.address()), DEADLINE);

            assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED);
            assertThat(refusal).hasMessageContaining("[0, 1, 2]");
        }
    }

    @Test
    void aSuiteThatTheBmcLacksIsUnsupportedWhereNoOtherMayBeUsed() throws Exception {
        try (FakeBmc other = fake(Set.of(3))) {
            BmcLogin strict = new BmcLogin(other.address(), NAME, Secret.of(PASSWORD), Privilege.OPERATOR,
                    Optional.of(CipherSuite.SUITE_17));

            assertThat(refusal(strict, DEADLINE).reason()).isEqualTo(Reason.UNSUPPORTED);
        }
    }

    @Test
    void whoMayNotIsRejectedAndLeavesNoSession() {
        assertThat(refusal(with(NAME, "another", Privilege.OPERATOR), DEADLINE).reason()).isEqualTo(Reason.REJECTED);
        assertThat(refusal(with("nobody", PASSWORD, Privilege.OPERATOR), DEADLINE).reason()).isEqualTo(Reason.REJECTED);
        assertThat(refusal(with(NAME, PASSWORD, Privilege.ADMINISTRATOR), DEADLINE).reason()).isEqualTo(Reason.REJECTED);
        await().until(() -> bmc.sessions() == 0);
    }

    private BmcLogin with(String name, String password, Privilege privilege) {
        return new BmcLogin(bmc.address(), name, Secret.of(password), privilege, Optional.empty());
    }

    @Test
    void aSilentBmcIsATimeoutAndOneThatTalksNonsenseIsNot() {
        bmc.behave(FakeBmc.Behaviour.SILENT);
        assertThat(refusal(login(bmc.address()), SHORT).reason()).isEqualTo(Reason.TIMEOUT);

        bmc.behave(FakeBmc.Behaviour.GARBAGE);
        assertThat(refusal(login(bmc.address()), SHORT).reason()).isEqualTo(Reason.PROTOCOL);
        assertThat(rmcp.malformed()).isPositive();
    }

    @Test
    void aBmcWithoutRoomForASessionIsBusy() throws Exception {
        bmc.mostSessions(1);
        open();

        assertThat(refusal(login(bmc.address()), DEADLINE).reason()).isEqualTo(Reason.BUSY);
    }

    @ParameterizedTest
    @ValueSource(ints = {Datagram.OPEN_SESSION, Datagram.OPEN_SESSION_RESPONSE, Datagram.RAKP_1, Datagram.RAKP_2, Datagram.RAKP_3,
        Datagram.RAKP_4, Datagram.IPMI})
    void aLoginSurvivesTheLossOfAnyMessage(int type) throws Exception {
        try (UnreliableNetwork network = new UnreliableNetwork(bmc.address(), 0)) {
            network.loseNext(packet -> isOfType(packet, type));

            RmcpSession session = rmcp.open(login(network.address()), DEADLINE);

            assertThat(network.lost()).isEqualTo(1);
            assertThat(session.command(DEADLINE, CHASSIS, STATUS)).startsWith(1);
        }
    }

    @Test
    void aSessionTheBmcOpenedWhileItsAnswerWasLostIsClosed() throws Exception {
        try (UnreliableNetwork network = new UnreliableNetwork(bmc.address(), 0)) {
            network.loseNext(packet -> isOfType(packet, Datagram.RAKP_4));

            rmcp.open(login(network.address()), DEADLINE);

            await().until(() -> bmc.sessions() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Datagram.RAKP_2, Datagram.RAKP_4})
    void aForgedMessageOfTheLoginIsDropped(int type) throws Exception {
        try (UnreliableNetwork network = new UnreliableNetwork(bmc.address(), 0)) {
            network.forgeNext(packet -> isOfType(packet, type));

            RmcpSession session = rmcp.open(login(network.address()), DEADLINE);

            assertThat(network.forged()).isEqualTo(1);
            assertThat(session.command(DEADLINE, CHASSIS, STATUS)).startsWith(1);
        }
    }

    @Test
    void anAnswerWithAForgedAuthenticationCodeIsDroppedAndCounted() throws Exception {
        try (UnreliableNetwork network = new UnreliableNetwork(bmc.address(), 0)) {
            RmcpSession session = rmcp.open(login(network.address()), DEADLINE);
            network.forgeNext(packet -> isOfType(packet, Datagram.IPMI) && isToConsole(packet, session));
            network.loseNext(packet -> isOfType(packet, Datagram.IPMI) && isToConsole(packet, session));

            // The genuine answer is lost as well: if the forgery were accepted, nothing would be asked a second time.
            assertThat(session.command(DEADLINE, CHASSIS, STATUS)).startsWith(1);

            assertThat(rmcp.forged()).isEqualTo(1);
            assertThat(bmc.commands()).filteredOn(command -> command.netFn() == CHASSIS).hasSize(2);
        }
    }

    private static boolean isToConsole(byte[] packet, RmcpSession session) {
        return Datagram.read(packet).orElseThrow().sessionId() == session.consoleId();
    }

    @Test
    void anAnswerThatComesTwiceAnswersOneQuestion() throws Exception {
        try (UnreliableNetwork network = new UnreliableNetwork(bmc.address(), 7)) {
            RmcpSession session = rmcp.open(login(network.address()), DEADLINE);
            network.lose(0, 1, 0);

            for (int i = 0; i < 70; i++) {
                assertThat(session.command(DEADLINE, CHASSIS, STATUS)).startsWith(1);
            }
        }
    }

    @Test
    void aBmcThatIsBusyIsAskedAgain() throws Exception {
        RmcpSession session = open();
        bmc.busyFor(3);

        assertThat(session.command(DEADLINE, CHASSIS, STATUS)).startsWith(1);
    }

    @Test
    void whatTheBmcRefusesIsToldWithItsCompletionCode() throws Exception {
        RmcpSession session = open();

        RmcpException refusal = catchThrowableOfType(RmcpException.class, () -> session.command(DEADLINE, 0x06, 0x44, (byte) 0x0E, (byte) 1));

        assertThat(refusal.completionCode()).hasValue(0xD4);
        assertThat(refusal.reason()).isEqualTo(Reason.REJECTED);
    }

    @Test
    void aCommandWithoutAnAnswerEndsAtItsDeadlineAndTheNextOneIsSent() throws Exception {
        RmcpSession session = open();
        bmc.behave(FakeBmc.Behaviour.SILENT);
        CompletableFuture<byte[]> lost = session.request(SHORT, CHASSIS, STATUS);
        CompletableFuture<byte[]> next = session.request(DEADLINE, CHASSIS, STATUS);

        assertThatThrownBy(lost::get).cause().isInstanceOfSatisfying(RmcpException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
        bmc.behave(FakeBmc.Behaviour.ANSWERS);

        assertThat(next.get()).startsWith(1);
    }

    @Test
    void anInterruptGivesTheLoginUp() throws Exception {
        bmc.behave(FakeBmc.Behaviour.SILENT);
        CompletableFuture<RmcpSession> login = rmcp.login(login(bmc.address()), DEADLINE);
        await().until(() -> bmc.askers() == 1);

        login.cancel(false);

        await().until(() -> bmc.askers() == 0);
    }

    @Test
    void aBmcOfIpv6IsReachedThroughTheSameSocket() throws Exception {
        try (FakeBmc six = FakeBmc.start(InetAddress.getByName("::1"), Set.of(3, 17), "")) {
            six.addUser(2, NAME, PASSWORD, Privilege.OPERATOR.level());

            assertThat(rmcp.open(login(six.address()), DEADLINE).command(DEADLINE, CHASSIS, STATUS)).startsWith(1);
            assertThat(open().command(DEADLINE, CHASSIS, STATUS)).startsWith(1);
        }
    }

    @Test
    void anIdleSessionIsKeptAliveAndASilentBmcNoticed() throws Exception {
        use(RmcpTiming.STANDARD.faster(60));
        bmc.idleLimit(Duration.ofSeconds(1));
        RmcpSession session = open();
        int before = bmc.commands().size();
        await().until(() -> bmc.commands().size() >= before + 6);
        assertThat(bmc.sessions()).isEqualTo(1);

        bmc.forgetSessions();

        await().untilAsserted(() -> assertThat(catchThrowableOfType(RmcpException.class,
                () -> session.command(Duration.ofMillis(100), CHASSIS, STATUS)).reason()).isEqualTo(Reason.CLOSED));
    }

    @Test
    void twoHundredBmcsShareOneSocketAndOneThread() throws Exception {
        List<FakeBmc> bmcs = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                bmcs.add(fake(Set.of(3, 17)));
            }
            open();
            int threads = Thread.activeCount();

            List<CompletableFuture<RmcpSession>> logins = bmcs.stream()
                    .map(each -> rmcp.login(login(each.address()), Duration.ofSeconds(30))).toList();
            for (CompletableFuture<RmcpSession> login : logins) {
                assertThat(login.get().command(DEADLINE, CHASSIS, STATUS)).startsWith(1);
            }

            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
            // A request that was repeated may have left another, which gets no further.
            assertThat(bmcs).allMatch(each -> each.loggedIn() == 1);
            Set<SocketAddress> sockets = new HashSet<>();
            bmcs.forEach(each -> sockets.addAll(each.peers()));
            assertThat(sockets).hasSize(1);
        } finally {
            bmcs.forEach(FakeBmc::close);
        }
    }
}
