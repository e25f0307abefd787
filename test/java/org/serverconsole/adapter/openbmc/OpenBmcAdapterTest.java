package org.serverconsole.adapter.openbmc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
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
import org.serverconsole.fake.FakeOpenBmc;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.RecordedLog;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rfb.RfbConnector;

@Timeout(30)
class OpenBmcAdapterTest {

    private static final int MANY = 1 << 20;

    @TempDir
    private static Path workDir;
    private static Certificate certificate;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final OpenBmcAdapter adapter = new OpenBmcAdapter();
    private final RecordedOpening opening = new RecordedOpening();
    private final CompletableFuture<byte[]> heard = new CompletableFuture<>();
    private final byte[] picture = new byte[MANY];
    private ScriptedRfbServer console;
    private FakeOpenBmc fake;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = Certificate.make(workDir);
    }

    @BeforeEach
    void start() throws IOException {
        new Random(3).nextBytes(picture);
        console = ScriptedRfbServer.playing(viewer -> {
            ScriptedRfbServer.openConsole().play(viewer);
            heard.complete(viewer.hear(MANY));
            viewer.say(picture);
        });
        fake = FakeOpenBmc.start(certificate, 0, console.port());
        adapter.start(new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(), Optional.of(certificate.pem())));
    }

    @AfterEach
    void stop() throws IOException {
        adapter.close();
        fake.close();
        console.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    @Test
    void theLeaseIsTheSessionAndHasNoToken() throws Exception {
        ConsoleStream stream = adapter.open(server(), opening);

        assertThat(stream.protocol()).isEqualTo(ConsoleStream.Protocol.RFB);
        assertThat(opening.steps()).containsExactly(Step.ASKING_VENDOR, Step.CONNECTING_CONSOLE);
        assertThat(opening.leases()).containsExactly(Map.of("session", "/redfish/v1/SessionService/Sessions/1"));
        assertThat(fake.secrets()).noneMatch(secret -> opening.leases().toString().contains(secret));
    }

    @Test
    void atTheEndBothTheKvmAndTheSessionAreClosed() throws Exception {
        Channel channel = adapter.open(server(), opening).channel();
        assertThat(fake.viewers()).isEqualTo(1);

        channel.close().sync();
        adapter.revoke(server(), opening.leases().get(0));

        await().until(() -> fake.viewers() == 0 && console.connected() == 0);
        assertThat(fake.sessions()).isZero();
    }

    @Test
    void aSessionMayEndBeforeItsKvm() throws Exception {
        Channel channel = adapter.open(server(), opening).channel();

        adapter.revoke(server(), opening.leases().get(0));

        assertThat(fake.sessions()).isZero();
        assertThat(channel.isActive()).isTrue();
        channel.close().sync();
        await().until(() -> fake.viewers() == 0);
    }

    @Test
    void whatIsSentInOnePieceNeverOverrunsTheBmcsBuffer() throws Exception {
        Channel channel = adapter.open(server(), opening).channel();
        byte[] typed = new byte[MANY];
        new Random(2).nextBytes(typed);

        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        channel.writeAndFlush(Unpooled.wrappedBuffer(typed));

        assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo(typed);
        assertThat(fake.overruns()).isZero();
    }

    @Test
    void whatComesInPiecesOfFramesIsPutTogetherAndPingsAreAnswered() throws Exception {
        Channel channel = adapter.open(server(), opening).channel();
        Received received = Received.from(channel);

        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1 + MANY]));

        int init = ScriptedRfbServer.serverInit().length;
        await().until(() -> received.bytes().length == init + MANY);
        assertThat(received.bytes()).endsWith(picture);
        await().until(() -> fake.pongs() > 0);
    }

    @Test
    void theFifthViewerIsBusy() throws Exception {
        List<Channel> four = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            four.add(adapter.open(server(), opening).channel());
        }

        assertThat(refusal(server())).hasMessageContaining("Max sessions are already connected")
                .extracting(AdapterException::kind).isEqualTo(Kind.BUSY);

        four.get(0).close().sync();
        await().ignoreException(AdapterException.class).until(() -> adapter.open(server(), opening).channel().isActive());
        assertThat(fake.mostSessions()).isEqualTo(1);
    }

    @Test
    void anOperatorIsToldOfCertificateLoginAndKvmWhichIsLeftAtOnce() throws Exception {
        List<Finding> found = new ArrayList<>();

        adapter.probe(server(), found::add);

        assertThat(found).extracting(Finding::subject).containsExactly(Subject.CERTIFICATE, Subject.LOGIN, Subject.CONSOLE);
        assertThat(found).last().isEqualTo(Finding.ok(Subject.CONSOLE, "its KVM lets us in"));
        await().until(() -> fake.viewers() == 0);
    }

    @Test
    void anOperatorIsToldThatAllPlacesAtTheKvmAreTaken() throws Exception {
        for (int i = 0; i < 4; i++) {
            adapter.open(server(), opening);
        }

        AdapterException busy = catchThrowableOfType(AdapterException.class, () -> adapter.probe(server(), finding -> { }));

        assertThat(Finding.of(busy).subject()).isEqualTo(Subject.CONSOLE);
        assertThat(busy.kind()).isEqualTo(Kind.BUSY);
    }

    @Test
    void aForgottenSessionIsRenewedAndItsSuccessorJournalled() throws Exception {
        adapter.open(server(), opening).channel().close().sync();
        fake.forgetSessions();

        adapter.open(server(), opening).channel().close().sync();

        assertThat(opening.leases()).last().isEqualTo(Map.of("session", "/redfish/v1/SessionService/Sessions/2"));
    }

    @Test
    void aBmcWhoseRfbServerIsGoneIsUnreachable() throws Exception {
        console.close();

        assertThat(refusal(server()).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void theMachineIsSwitchedAsTheActionInfoSays() throws Exception {
        PowerControl power = adapter.power().orElseThrow();

        power.perform(server(), PowerControl.Action.SOFT_OFF);
        assertThat(power.status(server())).isEqualTo(PowerControl.State.OFF);
        power.perform(server(), PowerControl.Action.ON);

        assertThat(fake.resets()).containsExactly("GracefulShutdown", "On");
    }

    @Test
    void anEntryIsCheckedAsThatOfAnyBmc() {
        assertThat(adapter.check(server("tls", "sha256:1"))).map(ServerRule.Problem::option).contains("tls");
        assertThat(adapter.check(server("ip", ""))).map(ServerRule.Problem::option).contains("ip");
    }

    @Test
    void noSecretIsLoggedAtTrace() throws Exception {
        List<String> logged;
        try (RecordedLog log = new RecordedLog("jdk")) {
            adapter.open(server(), opening).channel().close().sync();
            fake.forgetSessions();
            adapter.open(server(), opening).channel().close().sync();
            adapter.revoke(server(), opening.leases().get(1));
            refusal(server("password", "not-the-password"));
            adapter.close();
            logged = log.lines();
        }
        assertThat(logged).anyMatch(line -> line.contains("logging in again"));
        assertThat(String.join("\n", logged)).doesNotContain(fake.secrets()).doesNotContain("not-the-password");
    }

    private AdapterException refusal(Server server) {
        AdapterException refusal = catchThrowableOfType(AdapterException.class, () -> adapter.open(server, opening));
        assertThat(refusal).as("refused").isNotNull();
        assertThat(refusal.getMessage()).hasLineCount(1).doesNotContain(fake.secrets());
        return refusal;
    }

    private Server server(String... changes) {
        Map<String, String> options = new HashMap<>(Map.of("ip", "127.0.0.1",
                "ipport", Integer.toString(fake.port()), "username", FakeOpenBmc.USERNAME));
        for (int i = 0; i < changes.length; i += 2) {
            options.put(changes[i], changes[i + 1]);
        }
        String password = Optional.ofNullable(options.remove("password")).orElse(fake.password());
        return new Server("40001", "40001", "openbmc", Secret.NONE, Secret.of(password), options);
    }
}
