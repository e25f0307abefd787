package org.serverconsole.adapter.idrac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Finding.Subject;
import org.serverconsole.adapter.Opening.Step;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.fake.FakeIdrac;
import org.serverconsole.fake.RecordedLog;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.SwitchedConsole;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rfb.RfbConnector;

@Timeout(30)
class IdracAdapterTest {

    private static final Map<String, String> FOUND =
            Map.of("Enable", "Disabled", "Timeout", "300", "SSLEncryptionBitLength", "Auto Negotiate");

    @TempDir
    private static Path workDir;
    private static Certificate certificate;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final IdracAdapter adapter = new IdracAdapter(clock);
    private final RecordedOpening opening = new RecordedOpening();
    private SwitchedConsole console;
    private FakeIdrac fake;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = Certificate.make(workDir);
    }

    @BeforeEach
    void start() throws IOException {
        console = new SwitchedConsole();
        fake = fake(FakeIdrac.Firmware.IDRAC9);
        start(adapter);
    }

    private void start(IdracAdapter adapter) {
        adapter.start(new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(), Optional.of(certificate.pem())));
    }

    private FakeIdrac fake(FakeIdrac.Firmware firmware) {
        return FakeIdrac.start(certificate, 0, firmware, console.port(), console);
    }

    @AfterEach
    void stop() throws IOException {
        adapter.close();
        fake.close();
        console.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    @Test
    void theVncServerIsSwitchedOnWithARandomPasswordOfEightCharacters() throws Exception {
        ConsoleStream stream = adapter.open(server(), opening);

        assertThat(stream.channel().isActive()).isTrue();
        assertThat(stream.parameters()).isEqualTo(Map.of("color-depth", "16", "encodings", "raw copyrect"));
        assertThat(opening.steps()).containsExactly(Step.ASKING_VENDOR, Step.CONNECTING_CONSOLE);
        assertThat(fake.passwords()).singleElement().asString().matches("[A-Za-z0-9]{8}");
        assertThat(fake.attribute("Enable")).isEqualTo("Enabled");
        assertThat(fake.attribute("Timeout")).isEqualTo(10799);
        assertThat(fake.attribute("SSLEncryptionBitLength")).isEqualTo("Disabled");
    }

    @Test
    void whatWasFoundIsJournalledBeforeItIsChangedWithoutAnySecret() {
        opening.crashOnLease();

        catchThrowableOfType(RecordedOpening.Crash.class, () -> adapter.open(server(), opening));

        assertThat(opening.leases()).containsExactly(FOUND);
        assertThat(fake.asked()).noneMatch(asked -> asked.startsWith("PATCH"));
    }

    @Test
    void revokingRestoresWhatWasFoundUnderAnotherPassword() throws Exception {
        adapter.open(server(), opening);

        adapter.revoke(server(), FOUND);

        assertThat(fake.attribute("Enable")).isEqualTo("Disabled");
        assertThat(fake.attribute("Timeout")).isEqualTo(300);
        assertThat(fake.attribute("SSLEncryptionBitLength")).isEqualTo("Auto Negotiate");
        assertThat(fake.passwords()).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aVncServerThatWasOnStaysOnUnderAPasswordNobodyKnows() throws Exception {
        fake.attribute("Enable", "Enabled");
        adapter.open(server(), opening);

        adapter.revoke(server(), opening.leases().get(0));

        assertThat(fake.attribute("Enable")).isEqualTo("Enabled");
        assertThat(fake.passwords()).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void viewersThatAreLeftAfterRevokingAreToldToTheLog() throws Exception {
        adapter.open(server(), opening);
        List<String> logged;
        try (RecordedLog log = new RecordedLog("jdk")) {
            fake.forgetRequests();
            adapter.revoke(server(), opening.leases().get(0));
            fake.attribute("ActiveSessions", 1);
            adapter.revoke(server(), opening.leases().get(0));
            logged = log.lines();
        }

        assertThat(logged).filteredOn(line -> line.contains("viewers")).singleElement().asString()
                .contains("1 viewers are still counted now that access to server 20111 has been taken back");
        assertThat(fake.requests()).extracting(FakeIdrac.Request::method)
                .as("looked at after it was restored").endsWith("GET", "PATCH", "GET");
    }

    @ParameterizedTest
    @EnumSource(FakeIdrac.Firmware.class)
    void everyFirmwareIsSpokenTo(FakeIdrac.Firmware firmware) throws Exception {
        try (FakeIdrac other = fake(firmware)) {
            Server server = entry(other, Map.of());

            assertThat(adapter.open(server, opening).channel().isActive()).isTrue();
            adapter.revoke(server, opening.leases().get(0));

            assertThat(other.attribute("Enable")).isEqualTo("Disabled");
        }
    }

    @Test
    void aSecondStreamOfASessionHasItsOwnPasswordAndTheSameLease() throws Exception {
        adapter.open(server(), opening);
        adapter.open(server(), opening);

        assertThat(opening.leases()).containsExactly(FOUND, FOUND);
        assertThat(fake.passwords()).hasSize(2).doesNotHaveDuplicates();
        assertThat(fake.mostSessions()).isEqualTo(1);
    }

    @Test
    void anAnswerThatLagsIsNotMistakenForTheStateToRestore() throws Exception {
        adapter.open(server(), opening);
        // From here on the iDRAC tells what was so before the next change: enabled.
        fake.lagging(true);
        adapter.revoke(server(), opening.leases().get(0));
        clock.advance(Duration.ofSeconds(29));

        adapter.open(server(), opening);
        adapter.revoke(server(), opening.leases().get(1));

        assertThat(opening.leases()).containsExactly(FOUND, FOUND);
        assertThat(fake.attribute("Enable")).isEqualTo("Disabled");
    }

    @Test
    void whatAnOperatorChangesBetweenSessionsIsRestored() throws Exception {
        adapter.open(server(), opening);
        adapter.revoke(server(), opening.leases().get(0));
        clock.advance(Duration.ofMinutes(2));
        fake.attribute("Enable", "Enabled");
        fake.attribute("Timeout", 600);

        adapter.open(server(), opening);
        adapter.revoke(server(), opening.leases().get(1));

        assertThat(fake.attribute("Enable")).isEqualTo("Enabled");
        assertThat(fake.attribute("Timeout")).isEqualTo(600);
    }

    @Test
    void theNextNodeDoesNotMistakeAnAnswerThatLagsForTheStateToRestore() throws Exception {
        fake.attribute("Enable", "Enabled");
        adapter.open(server(), opening);
        fake.lagging(true);
        adapter.revoke(server(), opening.leases().get(0));
        RecordedOpening there = new RecordedOpening();
        fake.forgetRequests();

        try (IdracAdapter next = next()) {
            FutureTask<ConsoleStream> opened = new FutureTask<>(() -> next.open(server(), there));
            new Thread(opened).start();
            await().until(() -> attributesAsked() >= 2 || opened.isDone());
            assertThat(there.leases()).isEmpty();
            fake.lagging(false);

            assertThat(opened.get().channel().isActive()).isTrue();
            assertThat(there.leases()).isEqualTo(opening.leases());
        }
    }

    @Test
    void settingsOfAConsoleThatNoJournalKnowsOfDoNotKeepAnybodyOut() throws Exception {
        adapter.open(server(), opening);
        RecordedOpening there = new RecordedOpening();
        Server server = server("timeout", "3");
        List<String> logged;

        try (IdracAdapter next = next(); RecordedLog log = new RecordedLog("jdk")) {
            assertThat(next.open(server, there).channel().isActive()).isTrue();
            next.revoke(server, there.leases().get(0));
            logged = log.lines();
        }

        assertThat(fake.attribute("Enable")).isEqualTo("Disabled");
        assertThat(fake.attribute("Timeout")).isEqualTo(300);
        assertThat(logged).anyMatch(line -> line.contains("it will be off when the console session has ended"));
    }

    @Test
    void whatACrashLeftIsUndoneAndNotWaitedFor() throws Exception {
        fake.attribute("Enable", "Enabled");
        adapter.open(server(), opening);

        try (IdracAdapter next = next()) {
            fake.lagging(true);
            next.revoke(server(), opening.leases().get(0));
            fake.forgetRequests();
            next.open(server(), opening);

            assertThat(attributesAsked()).isEqualTo(1);
            assertThat(opening.leases().get(1)).isEqualTo(opening.leases().get(0)).containsEntry("Enable", "Enabled");
        }
    }

    @Test
    void ofTwoLeasesTheOneOfAVncServerThatWasOffHolds() throws Exception {
        Map<String, String> on = new HashMap<>(FOUND);
        on.put("Enable", "Enabled");

        adapter.revoke(server(), FOUND);
        adapter.revoke(server(), on);

        assertThat(fake.attribute("Enable")).isEqualTo("Disabled");
    }

    private IdracAdapter next() {
        IdracAdapter next = new IdracAdapter(clock);
        start(next);
        return next;
    }

    private long attributesAsked() {
        return fake.asked().stream().filter(asked -> asked.startsWith("GET") && asked.contains("Attributes")).count();
    }

    @Test
    void aVncServerThatIsSlowToComeUpIsWaitedFor() throws Exception {
        console.absent(2);

        assertThat(adapter.open(server(), opening).channel().isActive()).isTrue();
        assertThat(console.accepted()).isEqualTo(3);
    }

    @Test
    void aPasswordThatIsTakenAMomentLaterIsTriedAgain() throws Exception {
        console.refusing(2);

        assertThat(adapter.open(server(), opening).channel().isActive()).isTrue();
    }

    @Test
    void aPasswordThatIsNeverTakenIsNotTriedForEver() {
        console.refusing(100);

        assertThat(refusal(server())).hasMessageContaining("refuses the password").extracting(AdapterException::kind)
                .isEqualTo(Kind.PROTOCOL);
        assertThat(console.accepted()).isEqualTo(3);
    }

    @Test
    void aVncServerThatNeverComesUpIsUnreachableWithinTheDeadline() {
        console.absent(1000);

        assertThat(refusal(server("timeout", "2")).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Enable", "Password", "Timeout", "SSLEncryptionBitLength"})
    void aPartThatFailsIsAFailureAlthoughTheAnswerIsA200(String part) {
        fake.failingPart(Optional.of("VNCServer.1." + part));

        assertThat(refusal(server())).hasMessageContaining("Unable to modify the attribute VNCServer.1." + part)
                .extracting(AdapterException::kind).isEqualTo(Kind.PROTOCOL);
        assertThat(console.accepted()).isZero();
    }

    @Test
    void aRestoreThatFailsInPartIsTriedAgainLater() throws Exception {
        adapter.open(server(), opening);
        fake.failingPart(Optional.of("VNCServer.1.Enable"));

        assertThat(catchThrowableOfType(AdapterException.class, () -> adapter.revoke(server(), FOUND))).isNotNull();
        fake.failingPart(Optional.empty());
        adapter.revoke(server(), FOUND);

        assertThat(fake.attribute("Enable")).isEqualTo("Disabled");
    }

    @Test
    void withoutLicenceTheConsoleIsUnsupportedAndNothingIsJournalled() {
        fake.licensed(false);

        assertThat(refusal(server())).hasMessageContaining("Enterprise licence").extracting(AdapterException::kind)
                .isEqualTo(Kind.UNSUPPORTED);
        assertThat(opening.leases()).isEmpty();
    }

    @Test
    void anOperatorIsToldOfCertificateLoginLicenceAndConsoleAndNothingIsChanged() throws Exception {
        List<Finding> found = new ArrayList<>();

        adapter.probe(server(), found::add);

        assertThat(found).extracting(Finding::subject)
                .containsExactly(Subject.CERTIFICATE, Subject.LOGIN, Subject.LICENCE, Subject.CONSOLE);
        assertThat(found).last().isEqualTo(Finding.ok(
                Subject.CONSOLE, "its VNC server, at port " + console.port() + ", is off and has 0 viewers"));
        assertThat(fake.asked()).noneMatch(asked -> asked.startsWith("PATCH"));
    }

    @Test
    void anOperatorIsToldThatTheLicenceIsMissing() throws Exception {
        fake.licensed(false);
        List<Finding> found = new ArrayList<>();

        adapter.probe(server(), found::add);

        assertThat(found).last().isEqualTo(Finding.fault(
                Subject.LICENCE, "the iDRAC has no VNC server: that needs an Enterprise licence"));
    }

    @Test
    void aConnectionThatBreaksInTheChangeIsAFailureThatTheLeaseUndoes() throws Exception {
        fake.hangingUp(request -> request.method().equals("PATCH"));
        assertThat(refusal(server()).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(fake.attribute("Enable")).isEqualTo("Enabled");
        fake.hangingUp(request -> false);

        adapter.revoke(server(), opening.leases().get(0));

        assertThat(fake.attribute("Enable")).isEqualTo("Disabled");
    }

    @Test
    void theMachineIsSwitchedThroughTheSameSession() throws Exception {
        adapter.open(server(), opening);

        PowerControl power = adapter.power().orElseThrow();
        assertThat(power.status(server())).isEqualTo(PowerControl.State.ON);
        power.perform(server(), PowerControl.Action.CYCLE);

        assertThat(fake.resets()).containsExactly("PowerCycle");
        assertThat(fake.mostSessions()).isEqualTo(1);
    }

    @Test
    void serversOfOneBmcAreAskedInTurnAndThoseOfAnotherAreNot() {
        Server one = new Server("1", "1", "idrac", Secret.NONE, Secret.of("a"), server().options());
        Server two = new Server("2", "2", "idrac", Secret.NONE, Secret.of("b"), server("username", "other").options());

        assertThat(adapter.turn(one)).isEqualTo(adapter.turn(two)).isEqualTo("idrac 127.0.0.1:" + fake.port());
        assertThat(adapter.managementSystem(one)).isEqualTo(adapter.managementSystem(two));
        assertThat(adapter.turn(server("ip", "10.0.0.1"))).isNotEqualTo(adapter.turn(one));
    }

    @Test
    void anotherModeIsRefusedByTheInventory() {
        assertThat(adapter.check(server("mode", "vnc"))).isEmpty();
        assertThat(adapter.check(server("mode", "html5"))).isEmpty();
        assertThat(adapter.check(server("mode", "java"))).map(ServerRule.Problem::option).contains("mode");
        assertThat(adapter.check(server("mode", "java")).orElseThrow().message()).contains("write \"vnc\"");
        assertThat(adapter.check(server("tls", "sha256:1"))).map(ServerRule.Problem::option).contains("tls");
    }

    @Test
    void noSecretIsLoggedAtTrace() throws Exception {
        List<String> logged;
        try (RecordedLog log = new RecordedLog("jdk")) {
            console.refusing(1);
            adapter.open(server(), opening);
            fake.forgetSessions();
            adapter.revoke(server(), FOUND);
            fake.failingPart(Optional.of("VNCServer.1.Password"));
            refusal(server());
            refusal(server("password", "not-the-password"));
            adapter.close();
            logged = log.lines();
        }
        assertThat(logged).anyMatch(line -> line.contains("logging in again"))
                .anyMatch(line -> line.contains("its VNC server is not up yet"));
        assertThat(String.join("\n", logged)).doesNotContain(fake.secrets()).doesNotContain("not-the-password");
    }

    private AdapterException refusal(Server server) {
        AdapterException refusal = catchThrowableOfType(AdapterException.class, () -> adapter.open(server, opening));
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
                "username", FakeIdrac.USERNAME));
        options.putAll(changes);
        String password = Optional.ofNullable(options.remove("password")).orElse(fake.password());
        return new Server("20111", "20111", "idrac", Secret.NONE, Secret.of(password), options);
    }
}
