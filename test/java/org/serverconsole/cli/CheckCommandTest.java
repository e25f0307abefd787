package org.serverconsole.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeBmc;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeGuacd;
import org.serverconsole.fake.FakeIdrac;
import org.serverconsole.fake.FakeOpenBmc;
import org.serverconsole.fake.FakePanel;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.fake.SwitchedConsole;
import org.serverconsole.journal.Journal;
import org.serverconsole.parts.FreePort;

class CheckCommandTest {

    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String PIN = "$2b$12$abcdefghijklmnopqrstuuIJ5TcXfR8U3ZnOYIqY0m8nJ6jOZ3Z5C";

    @TempDir
    private Path home;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FakeGuacd guacd;

    @BeforeEach
    void start() throws IOException {
        guacd = new FakeGuacd();
        opened.add(guacd);
        servers("{\"servers\": {}}");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : opened) {
            part.close();
        }
    }

    @Test
    void rightSettingsHaveNoFault() throws Exception {
        properties("console-token-key: " + KEY);
        servers("{\"servers\": {\"14494\": {\"type\": \"vnc\", \"ip\": \"127.0.0.1\", \"pin\": \"" + PIN + "\"}}}");

        CommandLineRun run = check();

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("""
                ok       guacamole.properties: %1$s/guacamole.properties is right
                ok       console-servers: 1 servers in %1$s/servers.json
                ok       guacd: localhost:%2$d shows vnc
                ok       guacd: localhost:%2$d shows telnet
                ok       console-journal: jdbc:h2:file:%1$s/console-journal is not there yet; Guacamole makes it when it starts
                0 faults, 0 warnings
                """.formatted(home, guacd.port()));
        assertThat(run.code()).isZero();
        try (Stream<Path> files = Files.list(home)) {
            assertThat(files).as("nothing is made").hasSize(2);
        }
    }

    @Test
    void serversOfOtherLocationsNeedABrokerThatCanBeReached() throws Exception {
        servers("{\"servers\": {\"30210\": {\"location\": \"US\", \"pin\": \"" + PIN + "\"}}}");
        properties("console-token-key: " + KEY + "\nconsole-location: NL\n");
        CommandLineRun without = check("--reach");
        properties("""
                console-token-key: %s
                console-location: NL
                console-public-url: https://nl.example/guacamole/
                console-broker: amqp://nl@127.0.0.1:1
                console-broker-password: mq-hunter2
                console-broker-key: enl4d3Z1dHNycXBvbm1sa2ppaGdmZWRjYmF6eXh3dnU=
                """.formatted(KEY));
        CommandLineRun unreachable = check();

        assertThat(without.out()).contains(
                "fault    console-broker: is not set, so that no console can be opened of the servers at US\n1 faults, 0 warnings");
        assertThat(unreachable.out()).contains(
                "fault    console-broker: amqp://nl@127.0.0.1:1 cannot be reached: Connection refused\n1 faults, 0 warnings")
                .doesNotContain("mq-hunter2");
        assertThat(unreachable.code()).isEqualTo(1);
    }

    @Test
    void thePasswordOfASharedJournalIsNotShown() throws Exception {
        properties("console-token-key: " + KEY
                + "\nconsole-journal: jdbc:postgresql://127.0.0.1:1/console?user=console&password=pg-hunter2\n");

        CommandLineRun run = check();

        assertThat(run.out()).contains("console-journal").doesNotContain("pg-hunter2");
        assertThat(run.err()).doesNotContain("pg-hunter2");
    }

    @Test
    void ofTenFaultsAllTenAreNamed() throws Exception {
        properties("""
                console-token-key: not/base64/at/all!
                console-token-jwks: missing.json
                console-pin: maybe
                console-session-duration: 0
                console-operator-key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8
                console-pin-attemps: 3
                guacd-port: 4822x
                """);
        servers("""
                {"servers": {
                  "14494": {"type": "vnc", "ip": "10.0.0.5", "pin": "0042"},
                  "20110": {"type": "idrak", "ip": "10.0.0.6"},
                  "30000": {"type": "vnc", "ip": "10.0.0.7",
                            "ipport": "vnc"}
                }}
                """);

        CommandLineRun run = check();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out().lines().filter(line -> line.startsWith("fault"))).satisfiesExactlyInAnyOrder(
                line -> assertThat(line).startsWith("fault    console-token-key: not base64"),
                line -> assertThat(line).startsWith("fault    console-token-jwks: ").contains("missing.json"),
                line -> assertThat(line).startsWith("fault    console-pin: found \"maybe\", write required or optional or off"),
                line -> assertThat(line).startsWith("fault    console-session-duration: found \"0\", write a whole number from 1 to "),
                line -> assertThat(line).startsWith("fault    console-operator-key: not the SHA-256 of a key"),
                line -> assertThat(line).startsWith("fault    console-pin-attemps: there is no such property"),
                line -> assertThat(line).startsWith("fault    guacd-port: found \"4822x\", write a whole number from 1 to 65535"),
                line -> assertThat(line).startsWith("fault    servers.json line 2: \"pin\" is not a bcrypt hash"),
                line -> assertThat(line).startsWith("fault    servers.json line 3: server \"20110\", \"type\": type \"idrak\" is not known"),
                line -> assertThat(line).startsWith("fault    servers.json line 5: server \"30000\", \"ipport\": found \"vnc\""));
        assertThat(run.out()).endsWith("10 faults, 0 warnings\n").doesNotContain("0042", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    }

    @Test
    void whatTheLogWarnsOfAtStartIsAWarning() throws Exception {
        properties("console-token-key: " + KEY + "\nconsole-pin: off");
        servers("{\"servers\": {\"1\": {\"type\": \"vnc\", \"ip\": \"10.0.0.5\", \"ssl_insecure\": true}}}");
        Files.setPosixFilePermissions(home.resolve("servers.json"), PosixFilePermissions.fromString("rw-r--r--"));

        CommandLineRun lines = check();
        JsonNode json = new ObjectMapper().readTree(check("--json").out());

        assertThat(lines.out()).endsWith("0 faults, 2 warnings\n").contains(
                "warning  console-servers: readable by every user of this machine, though passwords or PIN hashes are in it: "
                        + home.resolve("servers.json") + "; take the right away (chmod o-r)\n",
                "warning  console-servers: ssl_insecure: whoever sits between here and the management systems of these servers can"
                        + " read and use their passwords: 1; write \"tls\"");
        assertThat(lines.err()).isEmpty();
        assertThat(lines.code()).isZero();
        assertThat(json.path("warnings").asInt()).isEqualTo(2);
        assertThat(json.path("findings")).filteredOn(finding -> finding.path("outcome").asText().equals("warning")).hasSize(2);
    }

    @Test
    void anOptionThatATypeDoesNotHaveIsAWarning() throws Exception {
        properties("console-token-key: " + KEY + "\nconsole-pin: off");
        servers("{\"servers\": {\"1\": {\"type\": \"vnc\", \"ip\": \"10.0.0.5\", \"pasword\": \"hunter2\"}}}");

        CommandLineRun lines = check();
        JsonNode json = new ObjectMapper().readTree(check("--json").out());

        assertThat(lines.out()).contains("warning  servers.json line 1: server \"1\", \"pasword\": type \"vnc\" has no such option;"
                + " write one of ", "ok       console-servers: 1 servers").endsWith("0 faults, 1 warnings\n")
                .doesNotContain("hunter2");
        assertThat(lines.code()).isZero();
        assertThat(json.path("warnings").asInt()).isEqualTo(1);
    }

    @Test
    void ofNoTypeIsAnOptionUnknownThatItHas() throws Exception {
        properties("console-token-key: " + KEY + "\nconsole-pin: off");
        String bmc = "\"ip\": \"10.0.0.5\", \"ipport\": 443, \"username\": \"a\", \"password\": \"b\", \"timeout\": 20, \"label\": \"c\","
                + " \"location\": \"NL\", \"pin\": \"" + PIN + "\"";
        String web = bmc + ", \"tls\": \"sha256:" + "0f".repeat(32) + "\"";
        String page = web + ", \"account\": \"temporary\", \"ipmiport\": 623";
        servers("""
                {"servers": {
                  "1": {"type": "vnc", %2$s, "ssl": true, "path": "/websockify", "color-depth": 16},
                  "2": {"type": "ovirt", "url": "https://engine.example/ovirt-engine/api", "username": "a", "password": "b",
                        "plug": "c", "filter": true, "timeout": 20, "ssl_insecure": false},
                  "3": {"type": "idrac", %3$s, "mode": "html5", "plug": "c"},
                  "4": {"type": "openbmc", %2$s, "plug": "c"},
                  "5": {"type": "ipmi", %1$s, "cipher": 17, "privlvl": "operator"},
                  "6": {"type": "cimc", %3$s},
                  "7": {"type": "supermicro", %3$s, "plug": "c"},
                  "8": {"type": "ilo", %3$s, "plug": "c"},
                  "9": {"type": "xcc", %3$s, "plug": "c"},
                  "10": {"type": "kiosk", %3$s, "steps": "go /; show canvas"}
                }}
                """.formatted(bmc, web, page));

        assertThat(check().out()).contains("console-servers: 10 servers").contains(", 0 warnings\n");
        servers(Files.readString(home.resolve("servers.json")).replace("\"timeout\"", "\"timout\""));
        assertThat(check().out()).as("every type knows its options").contains(", 10 warnings\n");
    }

    @Test
    void whatThisMachineLacksForATypeOfTheInventoryIsAFault() throws Exception {
        properties("console-token-key: " + KEY + "\nconsole-kiosk-user: no-such-user");
        servers("{\"servers\": {\"50001\": {\"type\": \"cimc\", \"ip\": \"10.0.0.8\", \"username\": \"a\", \"password\": \"b\","
                + " \"pin\": \"" + PIN + "\"}}}");

        CommandLineRun run = check();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).containsPattern("fault +type cimc: .*(console-kiosk-user|install the package)");
    }

    @Test
    void aProgramIsToldTheSameInJson() throws Exception {
        properties("console-token-key: " + KEY + "\nconsole-pin: maybe");

        CommandLineRun run = check("--json");

        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(run.code()).isEqualTo(1);
        assertThat(report.path("faults").asInt()).isEqualTo(1);
        assertThat(report.path("findings").get(0)).isEqualTo(new ObjectMapper().readTree("""
                {"outcome": "fault", "subject": "console-pin", "detail": "found \\"maybe\\", write required or optional or off"}
                """));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "console-relay-address: no-such-host.invalid | console-relay-address: | cannot be resolved",
        "console-relay-address: 0.0.0.0              | console-relay-address: | write the address at which guacd reaches",
        "console-ca-file: servers.json               | console-ca-file:       | PEM",
        "console-token-jwks: servers.json            | console-token-jwks:    | the file is of no use"})
    void whatIsRightAsWrittenAndStillOfNoUseIsAFault(String property, String subject, String detail) throws Exception {
        properties("console-token-key: " + KEY + "\n" + property);

        assertThat(check().out().lines().filter(line -> line.startsWith("fault"))).singleElement().asString()
                .startsWith("fault    " + subject).contains(detail);
    }

    @Test
    void serversWithoutAPinThatIsRequiredAreNamedTogether() throws Exception {
        properties("console-token-key: " + KEY);
        servers("{\"servers\": {\"1\": {\"type\": \"vnc\", \"ip\": \"a\"}, \"2\": {\"type\": \"vnc\", \"ip\": \"a\"}}}");

        assertThat(check().out()).contains("fault    console-pin: a PIN is required", "consoles: 1, 2\n");
        properties("console-token-key: " + KEY + "\nconsole-pin: optional");
        assertThat(check().code()).isZero();
    }

    @Test
    void aGuacdThatIsNotThereIsAFault() throws Exception {
        int port = guacd.port();
        guacd.close();
        Files.writeString(home.resolve("guacamole.properties"), "console-token-key: " + KEY + "\nguacd-port: " + port);

        CommandLineRun run = check();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("fault    guacd: guacd cannot be reached at localhost:" + port);
    }

    @Test
    void aJournalThatIsThereIsReadAndLeftAlone() throws Exception {
        properties("console-token-key: " + KEY);
        try (Journal journal = Journal.open("jdbc:h2:file:" + home.resolve("console-journal"))) {
            journal.writeLease("key", "14494", "vnc", Map.of("console", "5"));
        }

        assertThat(check().out()).contains("console-journal can be read; 1 grants are left to be taken back");
    }

    @Test
    void aJournalThatIsNoneIsAFault() throws Exception {
        properties("console-token-key: " + KEY);
        Files.writeString(home.resolve("console-journal.mv.db"), "somebody's own file, and no database of H2's at all");

        CommandLineRun run = check();

        assertThat(run.out()).contains("fault    console-journal: ");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void managementSystemsAreReachedWhereThatIsAskedForAndToldInOneLineEach() throws Exception {
        FakeEngine engine = open(FakeEngine.start(home));
        engine.addVm("c0ffee00-0000-4000-8000-000000014494", "web", InetSocketAddress.createUnresolved("10.0.0.5", 5901),
                (value, expiry) -> { });
        ScriptedRfbServer console = open(ScriptedRfbServer.playing(ScriptedRfbServer.console("s3cret!!")));
        Path ca = Files.copy(engine.caFile(), home.resolve("ca.pem"));
        properties("console-token-key: " + KEY + "\nconsole-pin: off\nconsole-ca-file: " + ca.getFileName());
        servers("""
                {"servers": {
                  "14494": {"type": "ovirt", "url": "%s", "username": "console@internal", "password": "%s", "plug": "web"},
                  "20110": {"type": "vnc", "ip": "127.0.0.1", "ipport": %d, "password": "s3cret!!"},
                  "30000": {"type": "vnc", "ip": "127.0.0.1", "ipport": %d, "password": "wr0ng!!!"},
                  "40000": {"type": "vnc", "ip": "127.0.0.1", "ipport": %d}
                }}
                """.formatted(engine.url(), engine.password(), console.port(), console.port(), FreePort.find()));

        CommandLineRun run = check("--reach");

        assertThat(run.out().lines().filter(line -> line.matches("\\S+ +[0-9]{5} .*"))).satisfiesExactly(
                line -> assertThat(line).startsWith("warning  14494 certificate: CN=localhost, valid until "),
                line -> assertThat(line).isEqualTo("ok       14494 login: console@internal"),
                line -> assertThat(line).startsWith("ok       14494 console: VM c0ffee00-0000-4000-8000-000000014494 has a VNC console"),
                line -> assertThat(line).isEqualTo("ok       20110 console: 127.0.0.1:" + console.port() + " lets us in with the password"),
                line -> assertThat(line).startsWith("fault    30000 login: "),
                line -> assertThat(line).startsWith("fault    40000 connection: "));
        assertThat(run.out()).endsWith("2 faults, 1 warnings\n").doesNotContain(engine.password(), "s3cret!!", "wr0ng!!!");
        assertThat(run.code()).isEqualTo(1);
        assertThat(engine.logins()).as("logged out").isZero();
    }

    @Test
    void bmcsOfEveryKindAreReachedAndLeftAsTheyWere() throws Exception {
        Certificate certificate = Certificate.make(home);
        SwitchedConsole screen = open(new SwitchedConsole());
        ScriptedRfbServer kvm = open(ScriptedRfbServer.playing(ScriptedRfbServer.openConsole()));
        FakeIdrac idrac = open(FakeIdrac.start(certificate, 0, FakeIdrac.Firmware.IDRAC9, screen.port(), screen));
        FakeOpenBmc openBmc = open(FakeOpenBmc.start(certificate, 0, kvm.port()));
        FakeBmc bmc = open(FakeBmc.start());
        bmc.addUser(3, "oper", "OperPass1234", 3);
        properties("console-token-key: " + KEY + "\nconsole-pin: off\nconsole-ca-file: " + certificate.pem());
        servers("""
                {"servers": {
                  "20111": {"type": "idrac", "ip": "127.0.0.1", "ipport": %d, "username": "console", "password": "%s"},
                  "30001": {"type": "ipmi", "ip": "127.0.0.1", "ipport": %d, "username": "oper", "password": "OperPass1234"},
                  "40001": {"type": "openbmc", "ip": "127.0.0.1", "ipport": %d, "username": "console", "password": "%s"}
                }}
                """.formatted(idrac.port(), idrac.password(), bmc.port(), openBmc.port(), openBmc.password()));

        CommandLineRun run = check("--reach");

        assertThat(run.out().lines().filter(line -> line.matches("\\S+ +[0-9]{5} .*"))).satisfiesExactly(
                line -> assertThat(line).startsWith("warning  20111 certificate: CN=localhost, valid until "),
                line -> assertThat(line).isEqualTo("ok       20111 login: console"),
                line -> assertThat(line).isEqualTo("ok       20111 licence: it has a VNC server"),
                line -> assertThat(line).startsWith("ok       20111 console: its VNC server, at port " + screen.port() + ", is off"),
                line -> assertThat(line).isEqualTo("ok       30001 login: oper, as operator"),
                line -> assertThat(line).isEqualTo("ok       30001 console: Serial over LAN is enabled"),
                line -> assertThat(line).startsWith("warning  40001 certificate: "),
                line -> assertThat(line).isEqualTo("ok       40001 login: console"),
                line -> assertThat(line).isEqualTo("ok       40001 console: its KVM lets us in"));
        assertThat(run.out()).doesNotContain(idrac.password(), openBmc.password(), "OperPass1234");
        assertThat(run.code()).isZero();
        assertThat(idrac.sessions()).as("left behind at the iDRAC").isZero();
        assertThat(openBmc.sessions()).as("left behind at the OpenBMC").isZero();
        await().until(() -> openBmc.viewers() == 0);
        assertThat(screen.accepted()).isZero();
    }

    @Test
    void oneServerIsReachedByItsId() throws Exception {
        ScriptedRfbServer console = open(ScriptedRfbServer.playing(ScriptedRfbServer.console("s3cret!!")));
        properties("console-token-key: " + KEY + "\nconsole-pin: off");
        servers("""
                {"servers": {
                  "20110": {"type": "vnc", "ip": "127.0.0.1", "ipport": %d, "password": "s3cret!!"},
                  "40000": {"type": "vnc", "ip": "127.0.0.1", "ipport": %d}
                }}
                """.formatted(console.port(), FreePort.find()));

        assertThat(check("--server", "20110").code()).isZero();
        assertThat(check("--server", "40000").code()).isEqualTo(1);
        assertThat(check("--server", "50000").out()).contains("fault    --server: the inventory has no usable server of that ID");
        assertThat(check().code()).as("none is reached unless asked for").isZero();
    }

    @Test
    void aServerThatOnlyThePanelKnowsIsAskedForByItsId() throws Exception {
        ScriptedRfbServer console = open(ScriptedRfbServer.playing(ScriptedRfbServer.console("s3cret!!")));
        Certificate certificate = Certificate.make(home);
        FakePanel panel = open(new FakePanel(certificate, FakePanel.Answer.with(200,
                "{\"type\": \"vnc\", \"ip\": \"127.0.0.1\", \"ipport\": " + console.port() + ", \"password\": \"s3cret!!\"}")));
        properties("console-token-key: " + KEY + "\nconsole-ca-file: " + certificate.pem() + "\nconsole-servers: "
                + panel.url("/servers/{id}"));

        CommandLineRun run = check("--server", "20110");

        assertThat(run.out()).contains("unknown  console-servers: the panel is asked for each server by itself; name one with --server",
                "ok       20110 console: 127.0.0.1:" + console.port() + " lets us in with the password");
        assertThat(run.code()).isZero();
        panel.answer(FakePanel.Answer.with(404, ""));
        assertThat(check("--server", "20110").code()).isEqualTo(1);
    }

    @Test
    void aPanelThatDoesNotSayWhatAServerIsIsAFault() throws Exception {
        properties("console-token-key: " + KEY + "\nconsole-servers: https://127.0.0.1:1/servers/{id}");

        CommandLineRun run = check("--server", "20110");

        assertThat(run.out()).contains("fault    console-servers: the panel has not said what server 20110 is\n");
        assertThat(run.err()).doesNotContain("should not be");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void settingsThatAreNotThereAreToldInOneLine() {
        CommandLineRun run = CommandLineRun.of("check", "--home", home.resolve("nowhere").toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).startsWith("check: ").contains("nowhere/guacamole.properties cannot be read", "--home");
    }

    @Test
    void guacamolesHomeAndItsVariablesAreThoseOfTheEnvironment() throws Exception {
        Files.writeString(home.resolve("key"), KEY);
        properties("enable-environment-properties: true");

        CommandLineRun run = CommandLineRun.with(Map.of("GUACAMOLE_HOME", home.toString(), "CONSOLE_PIN", "off",
                "CONSOLE_TOKEN_KEY_FILE", home.resolve("key").toString()), "check");

        assertThat(run.out()).contains("guacamole.properties is right");
        assertThat(run.code()).isZero();
    }

    private CommandLineRun check(String... options) {
        List<String> arguments = new ArrayList<>(List.of("check", "--home", home.toString()));
        arguments.addAll(List.of(options));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    /** With a guacd that is there, unless they say another. */
    private void properties(String lines) throws IOException {
        String all = lines.contains("guacd-port") ? lines : lines + "\nguacd-port: " + guacd.port() + "\n";
        Files.writeString(home.resolve("guacamole.properties"), all);
    }

    private void servers(String json) throws IOException {
        Path file = Files.writeString(home.resolve("servers.json"), json);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private <T extends AutoCloseable> T open(T part) {
        opened.add(part);
        return part;
    }
}
