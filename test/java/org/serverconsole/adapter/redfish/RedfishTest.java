package org.serverconsole.adapter.redfish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeIdrac;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

@Timeout(30)
class RedfishTest {

    private static final String SYSTEM = "/redfish/v1/Systems/System.Embedded.1";
    private static final String ATTRIBUTES = "/redfish/v1/Managers/iDRAC.Embedded.1/Attributes";

    @TempDir
    private static Path workDir;
    private static Certificate certificate;
    private FakeIdrac fake;
    private RedfishBmcs bmcs;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = Certificate.make(workDir);
    }

    @BeforeEach
    void start() {
        fake = fake(FakeIdrac.Firmware.IDRAC9);
        bmcs = new RedfishBmcs(Optional.of(fake.caFile()));
    }

    @AfterEach
    void stop() {
        bmcs.close();
        fake.close();
    }

    @Test
    void manyTurnsTakeOneLoginAndTheEndLogsOut() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(powerState(server())).isEqualTo("On");
        }
        assertThat(fake.asked()).containsExactly("POST /redfish/v1/SessionService/Sessions", "GET " + SYSTEM, "GET " + SYSTEM,
                "GET " + SYSTEM);

        bmcs.close();

        assertThat(fake.sessions()).isZero();
    }

    @Test
    void olderFirmwareIsLoggedInWhereItHasItsSessions() throws Exception {
        try (FakeIdrac old = fake(FakeIdrac.Firmware.IDRAC9_OLD);
                RedfishBmcs others = new RedfishBmcs(Optional.of(old.caFile()))) {
            assertThat(powerState(others, entry(old, Map.of()))).isEqualTo("On");
            assertThat(old.sessions()).isEqualTo(1);
        }
    }

    @Test
    void anIdleSessionIsEnded() throws Exception {
        try (RedfishBmcs hasty = new RedfishBmcs(Optional.of(fake.caFile()), Duration.ofMillis(50))) {
            powerState(hasty, server());

            await().until(() -> fake.sessions() == 0);
            assertThat(powerState(hasty, server())).isEqualTo("On");
        }
    }

    @Test
    void aSessionThatIsHeldIsNotEndedUntilItIsLetGo() throws Exception {
        try (RedfishBmcs hasty = new RedfishBmcs(Optional.of(fake.caFile()), Duration.ofMillis(1))) {
            Runnable release;
            try (Turn turn = turn(hasty, server())) {
                release = turn.hold();
                turn.get(SYSTEM);
            }
            // As long as an idle one takes to be ended, shown by another account's.
            powerState(hasty, server("ipport", Integer.toString(fake.port()), "timeout", "29"));
            await().until(() -> fake.sessions() == 1);
            assertThat(fake.asked()).filteredOn(asked -> asked.startsWith("DELETE")).hasSize(1)
                    .allMatch(asked -> asked.endsWith("/2"));

            release.run();

            await().until(() -> fake.sessions() == 0);
        }
    }

    @Test
    void aSessionIsEndedByItsPathWhoeverBeganIt() throws Exception {
        String first;
        try (Turn turn = turn(bmcs, server())) {
            first = turn.session();
        }
        try (RedfishBmcs next = new RedfishBmcs(Optional.of(fake.caFile())); Turn turn = turn(next, server())) {
            assertThat(turn.session()).isNotEqualTo(first);
            turn.endSession(first);
            turn.endSession(first);
            assertThat(fake.sessions()).isEqualTo(1);
            turn.endSession(turn.session());
            assertThat(fake.sessions()).isZero();
        }
    }

    @Test
    void aForgottenSessionIsRenewedAndTheQuestionAskedAgain() throws Exception {
        powerState(server());
        fake.forgetSessions();

        assertThat(powerState(server())).isEqualTo("On");
        assertThat(fake.sessions()).isEqualTo(1);
    }

    @Test
    void aConnectionTheBmcHasClosedWhileIdleIsReplaced() throws Exception {
        powerState(server());
        fake.hangUp();

        assertThat(powerState(server())).isEqualTo("On");
    }

    @Test
    void twentyAtOnceShareOneSessionAndTakeTurns() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService customers = Executors.newFixedThreadPool(20);
        try {
            List<Future<String>> states = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                states.add(customers.submit(() -> {
                    try (Turn turn = turn(bmcs, server())) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        String state = turn.get(SYSTEM).path("PowerState").asText();
                        inside.decrementAndGet();
                        return state;
                    }
                }));
            }
            for (Future<String> state : states) {
                assertThat(state.get()).isEqualTo("On");
            }
        } finally {
            customers.shutdownNow();
        }
        assertThat(most).hasValue(1);
        assertThat(fake.mostSessions()).isEqualTo(1);
    }

    @Test
    void aTurnThatDoesNotComeIsBusy() throws Exception {
        FutureTask<AdapterException> other = new FutureTask<>(() -> catchThrowableOfType(AdapterException.class,
                () -> bmcs.of(server()).turn(Deadline.in(Duration.ofMillis(1))).close()));
        try (Turn turn = turn(bmcs, server())) {
            new Thread(other).start();

            assertThat(other.get().kind()).isEqualTo(Kind.BUSY);
        }
    }

    @Test
    void aBmcWithoutSessionsLeftIsBusyAndSaysSo() {
        fake.sessionLimit(0);

        assertThat(refusal(server())).hasMessageContaining("The maximum number of user sessions is reached")
                .extracting(AdapterException::kind).isEqualTo(Kind.BUSY);
    }

    @Test
    void aWrongPasswordIsRejectedCredentialsAndNotRepeatedInTheMessage() {
        assertThat(refusal(server("password", "not-the-password"))).hasMessageContaining("is not accepted")
                .hasMessageNotContaining("not-the-password")
                .extracting(AdapterException::kind).isEqualTo(Kind.REJECTED_CREDENTIALS);
    }

    @Test
    void aSilentBmcIsATimeoutAndNoDeadEnd() throws Exception {
        fake.silent(request -> true);
        assertThat(refusal(server("timeout", "1")).kind()).isEqualTo(Kind.TIMEOUT);
        fake.silent(request -> false);

        assertThat(powerState(server("timeout", "1"))).isEqualTo("On");
        assertThat(fake.connections()).isLessThanOrEqualTo(2);
    }

    @Test
    void anInterruptEndsTheWaiting() throws Exception {
        fake.silent(request -> true);
        FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
            try {
                powerState(server());
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        Thread caller = new Thread(interrupted);
        caller.start();
        await().until(() -> !fake.requests().isEmpty());

        caller.interrupt();

        assertThat(interrupted.get()).isTrue();
        await().until(() -> fake.connections() == 0);
    }

    /** A customer who reloads his page while the BMC is being asked. */
    @Test
    void aLoginThatIsAnsweredWhenNobodyWaitsForItIsEnded() throws Exception {
        fake.vendorLatency(Duration.ofSeconds(1));
        FutureTask<String> login = new FutureTask<>(() -> powerState(server()));
        Thread caller = new Thread(login);
        caller.start();
        await().until(() -> fake.sessions() == 1);

        caller.interrupt();

        assertThatThrownBy(login::get).hasCauseInstanceOf(InterruptedException.class);
        await().until(() -> fake.sessions() == 0);
    }

    @Test
    void aLoginThatIsAnsweredAfterTheDeadlineIsEnded() {
        fake.vendorLatency(Duration.ofSeconds(2));

        assertThat(refusal(server("timeout", "1")).kind()).isEqualTo(Kind.TIMEOUT);

        assertThat(fake.mostSessions()).isEqualTo(1);
        await().until(() -> fake.sessions() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RFB 003.008\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nno!",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "HTTP/1.1 two\r\n\r\n"})
    void whatIsNoRedfishIsAProtocolError(String answer) {
        fake.garbage(Optional.of(answer.getBytes(StandardCharsets.US_ASCII)));

        assertThat(refusal(server()).kind()).isEqualTo(Kind.PROTOCOL);
    }

    @Test
    void anAnswerWithoutEndIsGivenUp() {
        byte[] answer = ("HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n" + "x".repeat(2 << 20))
                .getBytes(StandardCharsets.US_ASCII);
        fake.garbage(Optional.of(answer));

        assertThat(refusal(server())).hasMessageContaining("no Redfish").extracting(AdapterException::kind)
                .isEqualTo(Kind.PROTOCOL);
        await().until(() -> fake.connections() == 0);
    }

    @Test
    void whereNothingListensTheBmcIsUnreachable() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        assertThat(refusal(server("ipport", Integer.toString(free))).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(refusal(server("ip", "no-such-host.invalid")).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void aCertificateThatIsNotTrustedIsDescribedAndOnePinnedIsAccepted() throws Exception {
        try (RedfishBmcs strict = new RedfishBmcs(Optional.empty())) {
            AdapterException refusal = catchThrowableOfType(AdapterException.class, () -> powerState(strict, server()));
            assertThat(refusal.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(refusal).hasMessageContaining("\"tls\": \"sha256:").hasMessageContaining("subject CN=localhost");
            assertThat(fake.requests()).isEmpty();

            assertThat(powerState(strict, server("tls", "sha256:" + fake.certificate().fingerprint()))).isEqualTo("On");
            assertThat(powerState(strict, server("ssl_insecure", "yes"))).isEqualTo("On");
            // The one before it must not do for this one.
            assertThat(catchThrowableOfType(AdapterException.class, () -> powerState(strict, server())).kind())
                    .isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void fiftyBmcsDoNotTakeAThreadEach() throws Exception {
        long before = threads();
        try (RedfishBmcs many = new RedfishBmcs(Optional.of(fake.caFile()))) {
            fake.sessionLimit(50);
            for (int i = 11; i <= 60; i++) {
                powerState(many, server("timeout", Integer.toString(i)));
            }
            assertThat(fake.sessions()).isEqualTo(50);
            assertThat(threads() - before).isLessThanOrEqualTo(20);
        }
    }

    @Test
    void a200WithAnErrorIsAFailureInTheBmcsWordsWithoutSecrets() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("Attributes").put("VNCServer.1.Password", "much-too-long");

        AdapterException refusal = catchThrowableOfType(AdapterException.class, () -> {
            try (Turn turn = turn(bmcs, server())) {
                turn.patch(ATTRIBUTES, body, Secret.of("much-too-long"));
            }
        });

        assertThat(refusal.kind()).isEqualTo(Kind.PROTOCOL);
        assertThat(refusal).hasMessageContaining("Unable to modify the attribute VNCServer.1.Password with ....")
                .hasMessageNotContaining("much-too-long");
    }

    @Test
    void whatIsNotThereIsEmptyWhereOneLooksForIt() throws Exception {
        try (Turn turn = turn(bmcs, server())) {
            assertThat(turn.find("/redfish/v1/Nowhere")).isEmpty();
            assertThat(turn.find(SYSTEM)).isPresent();
        }
    }

    @ParameterizedTest
    @CsvSource({"ip,''", "ip,https://bmc", "ip,bmc:443x", "ip,bmc_1", "ip,'10.0.0.1/../'", "username,''", "password,''", "ipport,0", "ipport,65536",
        "timeout,61", "timeout,ten", "tls,sha256:12", "ssl_insecure,perhaps"})
    void anEntryThatCannotWorkNamesItsOption(String option, String value) {
        Optional<ServerRule.Problem> problem = BmcAccess.problem(server(option, value));

        assertThat(problem).map(ServerRule.Problem::option).contains(option);
        assertThat(problem.orElseThrow().message()).contains("write");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bmc.example", "10.10.0.14", "fd00::14", "BMC-1"})
    void anAddressOfAnyKindIsAccepted(String ip) {
        assertThat(BmcAccess.problem(server("ip", ip))).isEmpty();
        assertThat(BmcAccess.of(server("ip", ip), Optional.empty()).uri("/redfish/v1").getPort()).isEqualTo(fake.port());
    }

    private static FakeIdrac fake(FakeIdrac.Firmware firmware) {
        return FakeIdrac.start(certificate, 0, firmware, 5901, (enabled, password) -> { });
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("HttpClient") || thread.getName().equals("redfish")).count();
    }

    private static Turn turn(RedfishBmcs bmcs, Server server) throws Exception {
        Redfish bmc = bmcs.of(server);
        return bmc.turn(Deadline.in(bmc.access().timeout()));
    }

    private String powerState(Server server) throws Exception {
        return powerState(bmcs, server);
    }

    private static String powerState(RedfishBmcs bmcs, Server server) throws Exception {
        try (Turn turn = turn(bmcs, server)) {
            return turn.get(SYSTEM).path("PowerState").asText();
        }
    }

    private AdapterException refusal(Server server) {
        return refusal(() -> powerState(server));
    }

    private AdapterException refusal(ThrowingCallable call) {
        AdapterException refusal = catchThrowableOfType(AdapterException.class, call);
        assertThat(refusal).as("refused").isNotNull();
        assertThat(refusal.getMessage()).hasLineCount(1).doesNotContain(fake.secrets());
        return refusal;
    }

    private Server server(String... changes) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < changes.length; i += 2) {
            options.put(changes[i], changes[i + 1]);
        }
        return entry(fake, options);
    }

    private static Server entry(FakeIdrac fake, Map<String, String> changes) {
        Map<String, String> options = new HashMap<>(Map.of("ip", "127.0.0.1", "ipport", Integer.toString(fake.port()),
                "username", FakeIdrac.USERNAME, "timeout", "10"));
        options.putAll(changes);
        String password = Optional.ofNullable(options.remove("password")).orElse(fake.password());
        return new Server("20111", "20111", "idrac", Secret.NONE, Secret.of(password), options);
    }
}
