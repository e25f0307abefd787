package org.serverconsole.adapter.vnc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleAdapterContract;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.RfbException;
import org.serverconsole.rfb.RfbTarget;
import org.serverconsole.rfb.Transport;

class VncAdapterTest extends ConsoleAdapterContract {

    @TempDir
    private Path certificates;

    private final List<ScriptedRfbServer> consoles = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (ScriptedRfbServer console : consoles) {
            console.close();
        }
    }

    @Override
    protected ConsoleAdapter newAdapter() {
        return new VncAdapter();
    }

    @Override
    protected Server right() throws IOException {
        return entry("s3cret!!", serve(ScriptedRfbServer.console("s3cret!!")), Map.of());
    }

    @Override
    protected Server wrongPassword() throws IOException {
        return entry("another1", serve(ScriptedRfbServer.console("s3cret!!")), Map.of());
    }

    @Override
    protected Server dead() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return entry("s3cret!!", free.getLocalPort(), Map.of());
        }
    }

    @Override
    protected Server silent() throws IOException {
        return entry("s3cret!!", serve(viewer -> { }), Map.of("timeout", "1"));
    }

    @Override
    protected Server busy() throws IOException {
        return entry("s3cret!!", serve(viewer -> viewer.say("RFB 003.008\n").say(0).sayText("Too many connections").hangUp()),
                Map.of());
    }

    @Override
    protected Server garbage() throws IOException {
        return entry("s3cret!!", serve(viewer -> viewer.say("HTTP/1.1 400 Bad Request\r\n\r\n").hangUp()), Map.of());
    }

    @Override
    protected Optional<Server> untrusted() throws Exception {
        ScriptedRfbServer console = ScriptedRfbServer.playing(Certificate.make(certificates), ScriptedRfbServer.console("s3cret!!"));
        consoles.add(console);
        return Optional.of(entry("s3cret!!", console.port(), Map.of("ssl", "1")));
    }

    @Override
    protected List<Server> twenty() throws IOException {
        return Collections.nCopies(20, right());
    }

    @Override
    protected boolean granted() {
        return false;
    }

    @Override
    protected int sessions() {
        return 0;
    }

    @Override
    protected List<String> requiredOptions() {
        return List.of("ip");
    }

    @Override
    protected int openConnections() {
        return consoles.stream().mapToInt(ScriptedRfbServer::connected).sum();
    }

    private int serve(ScriptedRfbServer.Script script) throws IOException {
        ScriptedRfbServer console = ScriptedRfbServer.playing(script);
        consoles.add(console);
        return console.port();
    }

    private static Server entry(String password, int port, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(more);
        options.put("ip", "127.0.0.1");
        options.put("ipport", Integer.toString(port));
        return server("vnc", password, options);
    }

    @Test
    void everyFaultOfAnEntryIsNamedAtOnce() {
        List<ServerRule.Problem> problems = new VncAdapter().checkAll(
                server("vnc", "", Map.of("ipport", "0", "timeout", "never", "color-depth", "3")));

        assertThat(problems).extracting(ServerRule.Problem::option).containsExactly("ip", "ipport", "timeout", "color-depth");
    }

    @ParameterizedTest
    @CsvSource({"ip,''", "ip,' '", "ipport,0", "ipport,65536", "ipport,-1", "ipport,vnc", "ipport,''", "ipport,99999999999",
        "timeout,0", "timeout,61", "timeout,10s", "color-depth,15", "color-depth,true", "ssl,maybe", "path,websockify",
        "path,'/a b'", "path,'/x?token=a b'", "path,'/x#y'", "path,''", "tls,sha256:1234", "ssl_insecure,maybe"})
    void aWrongOptionIsNamedWithWhatToWriteInstead(String option, String value) {
        Map<String, String> options = new HashMap<>(Map.of("ip", "127.0.0.1"));
        options.put(option, value);

        Optional<ServerRule.Problem> problem = new VncAdapter().check(server("vnc", "", options));

        assertThat(problem).map(ServerRule.Problem::option).contains(option);
        assertThat(problem.orElseThrow().message()).contains("write");
    }

    @ParameterizedTest
    @CsvSource({"ipport,1", "ipport,65535", "timeout,1", "timeout,60", "color-depth,8", "color-depth,16", "color-depth,24",
        "color-depth,32", "plug,whatever", "ssl,on", "ssl,false", "path,/websockify", "path,/x?token=a%20b", "ssl_insecure,true"})
    void aPossibleOptionIsAccepted(String option, String value) {
        assertThat(new VncAdapter().check(server("vnc", "", Map.of("ip", "bmc.example", option, value)))).isEmpty();
    }

    @Test
    void whereNothingElseIsWrittenThePortIs5900AndTheTimeout10Seconds() throws Exception {
        RecordedConnector connector = new RecordedConnector();

        opened(connector, Map.of("ip", "bmc.example"));

        assertThat(connector.asked).isEqualTo("bmc.example 5900 s3cret!! PT10S");
    }

    @Test
    void whatIsWrittenIsUsed() throws Exception {
        RecordedConnector connector = new RecordedConnector();

        opened(connector, Map.of("ip", "::1", "ipport", "5907", "timeout", "3"));

        assertThat(connector.asked).isEqualTo("::1 5907 s3cret!! PT3S");
    }

    @Test
    void withNothingWrittenVeNCryptsCertificatesAreVerifiedIfThereAreAny() throws Exception {
        RfbTarget target = asked(Map.of());

        assertThat(target.transport()).isEqualTo(new Transport.Tcp());
        assertThat(target.trust().orElseThrow().checkHostName()).isTrue();
        assertThat(target.certificateRequired()).isFalse();
        assertThat(target.passwordToAnyone()).isFalse();
        assertThat(target.username()).isEmpty();
    }

    @Test
    void whoNamesACertificateGetsThatOneOrNoConsole() throws Exception {
        RfbTarget target = asked(Map.of("tls", "sha256:" + "0f".repeat(32)));

        assertThat(target.certificateRequired()).isTrue();
        assertThat(target.trust().orElseThrow().checkHostName()).isFalse();
    }

    @Test
    void whoTrustsAnyCertificateNeedsNone() throws Exception {
        RfbTarget target = asked(Map.of("ssl_insecure", "true", "username", "console"));

        assertThat(target.certificateRequired()).isFalse();
        assertThat(target.trust().orElseThrow().checkHostName()).isFalse();
        assertThat(target.username()).isEqualTo("console");
    }

    @Test
    void tlsAndWebSocketsAreUsedWhereTheyAreWritten() throws Exception {
        assertThat(asked(Map.of("ssl", "1")).transport()).isEqualTo(new Transport.Tls());
        assertThat(asked(Map.of("path", "/websockify")).transport()).isEqualTo(Transport.WebSocket.at("/websockify", false));
        assertThat(asked(Map.of("path", "/w?token=x", "ssl", "yes")).transport())
                .isEqualTo(Transport.WebSocket.at("/w", true).withQuery(Secret.of("token=x")));
    }

    private static RfbTarget asked(Map<String, String> options) throws Exception {
        RecordedConnector connector = new RecordedConnector();
        Map<String, String> all = new HashMap<>(options);
        all.put("ip", "bmc.example");
        opened(connector, all);
        return connector.target;
    }

    @Test
    void guacdIsToldToUseTight() throws Exception {
        assertThat(opened(new RecordedConnector(), Map.of("ip", "bmc.example")).parameters())
                .containsExactly(Map.entry("encodings", "tight zrle ultra copyrect hextile zlib corre rre raw"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "16"})
    void guacdIsToldTheColorDepthOfTheEntry(String depth) throws Exception {
        assertThat(opened(new RecordedConnector(), Map.of("ip", "bmc.example", "color-depth", depth)).parameters())
                .containsEntry("color-depth", depth);
    }

    @ParameterizedTest
    @EnumSource(RfbException.Reason.class)
    void everyFailureOfTheHandshakeIsTold(RfbException.Reason reason) {
        RfbConnector failing = (target, deadline) -> {
            throw new RfbException(reason, "what it said");
        };

        AdapterException failure = catchThrowableOfType(AdapterException.class, () -> opened(failing, Map.of("ip", "bmc.example")));

        String kind = switch (reason) {
            case REJECTED_PASSWORD -> "REJECTED_CREDENTIALS";
            case UNSUPPORTED_SECURITY -> "UNSUPPORTED";
            default -> reason.name();
        };
        assertThat(failure.kind().name()).isEqualTo(kind);
        assertThat(failure).hasMessage("what it said");
    }

    private static ConsoleStream opened(RfbConnector connector, Map<String, String> options) throws Exception {
        VncAdapter adapter = new VncAdapter();
        adapter.start(new AdapterEnvironment(connector, new SecureRandom(), Optional.empty()));
        return adapter.open(server("vnc", "s3cret!!", options), new RecordedOpening());
    }

    /** Remembers what it was asked for, and gives a channel that leads nowhere. */
    private static final class RecordedConnector implements RfbConnector {

        private String asked = "";
        private RfbTarget target = RfbTarget.at("nobody", 1);

        @Override
        public Channel connect(RfbTarget target, Duration deadline) {
            this.target = target;
            asked = target.host() + " " + target.port() + " " + target.password().reveal() + " " + deadline;
            return new EmbeddedChannel();
        }
    }
}
