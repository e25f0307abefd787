package org.serverconsole.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.Secret;

class JsonInventoryTest {

    private static final String HASH = "$2b$12$abcdefghijklmnopqrstuuJ1iC5vZ8b3pQy0f7wS4kXr6dTnE2mGa";

    private static final ServerRule ANY = server -> Optional.empty();

    @TempDir
    private Path folder;

    private Path file;
    private CapturedLog log;

    @BeforeEach
    void capture() {
        file = folder.resolve("servers.json");
        log = new CapturedLog();
    }

    @AfterEach
    void release() {
        log.close();
    }

    @Test
    void aServerHasTheOptionsOfItsHostUnderItsOwn() throws Exception {
        Inventory inventory = inventory("""
                {
                  "hosts": { "ovirt-nl": { "type": "ovirt", "url": "https://engine/api", "timeout": 5,
                                           "username": "console@internal", "password": "of the host" } },
                  "servers": {
                    "14494": { "host": "ovirt-nl", "plug": "c0ffee", "label": "web-14494", "pin": "%s", "timeout": 7 },
                    "20110": { "type": "vnc", "ip": "10.10.0.14", "ipport": 5901, "ssl_insecure": true }
                  }
                }""".formatted(HASH));

        assertThat(inventory.find("14494")).contains(new Server("14494", "web-14494", "ovirt", Secret.of(HASH), Secret.of("of the host"),
                Map.of("url", "https://engine/api", "timeout", "7", "username", "console@internal", "plug", "c0ffee")));
        assertThat(inventory.find("20110")).contains(new Server("20110", "20110", "vnc", Secret.NONE, Secret.NONE,
                Map.of("ip", "10.10.0.14", "ipport", "5901", "ssl_insecure", "true")));
        assertThat(inventory.find("99999")).isEmpty();
    }

    @Test
    void serversWhoseCertificateIsNotVerifiedAreNamedEachTimeTheyAreRead() throws Exception {
        String insecure = """
                {"hosts": {"h": {"type": "ovirt", "ssl_insecure": true}},
                 "servers": {"1": {"host": "h"}, "2": {"host": "h", "ssl_insecure": "no"}, "3": {"type": "vnc", "ssl_insecure": 1}}}""";
        inventory(insecure);
        inventory(insecure);

        assertThat(log.lines(Level.WARN)).filteredOn(line -> line.contains("ssl_insecure")).hasSize(2)
                .allMatch(line -> line.contains("passwords: 1, 3; write"));
    }

    @Test
    void aServersOwnTypeAndPasswordBeatThoseOfItsHost() throws Exception {
        Inventory inventory = inventory("""
                {"hosts": {"h": {"type": "ovirt", "password": "of the host"}},
                 "servers": {"1": {"host": "h", "type": "vnc", "password": "its own"}}}""");

        assertThat(inventory.find("1")).hasValueSatisfying(server -> {
            assertThat(server.type()).isEqualTo("vnc");
            assertThat(server.password()).isEqualTo(Secret.of("its own"));
        });
    }

    @ParameterizedTest
    @CsvSource({"'tr0ub4dor', 'tr0ub4dor'", "'tr0ub4dor\n', 'tr0ub4dor'", "'tr0ub4dor\r\n', 'tr0ub4dor'",
        "'two\n\n', 'two\n'", "' blanks ', ' blanks '"})
    void aPasswordFileLosesOneLineBreakAtItsEnd(String content, String password) throws Exception {
        Files.writeString(folder.resolve("bmc-password"), content);

        Inventory inventory = inventory("{\"servers\": {\"1\": {\"type\": \"vnc\", \"password\": {\"file\": \"bmc-password\"}}}}");

        assertThat(inventory.find("1").orElseThrow().password()).isEqualTo(Secret.of(password));
    }

    @Test
    void aPasswordMayStandInTheEnvironment() throws Exception {
        Files.writeString(file, "{\"servers\": {\"1\": {\"type\": \"vnc\", \"password\": {\"env\": \"BMC_PASSWORD\"}}}}");

        Inventory inventory = Inventory.file(file, ANY, Map.of("BMC_PASSWORD", "tr0ub4dor"));

        assertThat(inventory.find("1").orElseThrow().password()).isEqualTo(Secret.of("tr0ub4dor"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"$2a$04$", "$2b$12$", "$2y$15$"})
    void aPinIsABcryptHash(String prefix) throws Exception {
        String hash = prefix + HASH.substring(7);

        Inventory inventory = inventory("{\"servers\": {\"1\": {\"type\": \"vnc\", \"pin\": \"" + hash + "\"}}}");

        assertThat(inventory.find("1").orElseThrow().pin()).isEqualTo(Secret.of(hash));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"0042\"", "4711", "\"\"", "true", "{\"file\": \"x\"}", "\"$2b$16$abcdefghijklmnopqrstuuJ1iC5vZ8b3pQy0f7wS4kXr6dTnE2mGa\"",
        "\"$2b$12$abcdefghijklmnopqrstuuJ1iC5vZ8b3pQy0f7wS4kXr6dTnE2mG\""})
    void aPinInClearIsRefusedWithTheCommandThatHashesIt(String pin) {
        assertRefused("{\"servers\": {\n\"1\": {\"type\": \"vnc\",\n\"pin\": " + pin + "}}}",
                "servers.json line 3: \"pin\" is not a bcrypt hash of cost 4 to 15; write the hash that java -jar <this jar> pin makes,"
                        + " in quotation marks, and never the PIN itself");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[]                                             | line 1: the inventory is a list",
        "{'hosts': {}}                                  | line 1: \"servers\" is missing",
        "{'servers': {}, 'x': 1}                        | line 1: \"x\" is not known here",
        "{'servers': {}, 'hosts': []}                   | line 1: \"hosts\" is a list",
        "{'servers': null}                              | line 1: \"servers\" is null",
        "{'servers': {'1': 7}}                          | line 1: the server is a number",
        "{'servers': {'a b': {'type': 'vnc'}}}          | line 1: a server's ID may have",
        "{'servers': {'': {'type': 'vnc'}}}             | line 1: a server's ID may have",
        "{'servers': {'1': {}}}                         | line 1: server \"1\" has no \"type\"",
        "{'servers': {'1': {'type': 5}}}                | line 1: \"type\" is a number",
        "{'servers': {'1': {'type': ' '}}}              | line 1: \"type\" is empty",
        "{'servers': {'1': {'type': 'v', 'ip': []}}}    | line 1: \"ip\" is a list",
        "{'servers': {'1': {'type': 'v', 'ip': null}}}  | line 1: \"ip\" is null",
        "{'servers': {'1': {'type': 'v', 'label': ''}}} | line 1: \"label\" cannot be shown",
        "{'servers': {'1': {'host': 'h'}}}              | line 1: server \"1\": no usable host of that name",
        "{'servers': {'1': {'host': 1}}}                | line 1: server \"1\": \"host\" is a number",
        "{'servers': {}, 'hosts': {'h': 1}}             | line 1: the host is a number",
        "{'servers': {}, 'hosts': {'h': {'pin': 'x'}}}  | line 1: \"pin\" has no place in a host",
        "{'servers': {}, 'hosts': {'h': {'host': 'h'}}} | line 1: \"host\" has no place in a host",
        "{'servers': {}, 'hosts': {'h': {'ip': []}}}    | line 1: \"ip\" is a list",
        "{'servers': {}} {}                             | line 1: there is more after the end",
        "{'servers': {'1': {'type': 'v', 'password': 5}}}                 | line 1: server \"1\": \"password\" cannot be used",
        "{'servers': {'1': {'type': 'v', 'password': ''}}}                | line 1: server \"1\": \"password\" is empty",
        "{'servers': {'1': {'type': 'v', 'password': {'env': 'UNSET'}}}}  | line 1: server \"1\": the environment variable of \"env\" is not set",
        "{'servers': {'1': {'type': 'v', 'password': {'file': 'none'}}}}  | line 1: server \"1\": the password file cannot be read (NoSuchFileException)",
        "{'servers': {'1': {'type': 'v', 'password': {'file': '\\u0000'}}}} | line 1: server \"1\": \"file\" is not a path",
        "{'servers': {'1': {'type': 'v', 'password': {'file': '/dev/zero'}}}} | line 1: server \"1\": the password file is longer than 4096 bytes",
    })
    void whatCannotBeUsedIsRefusedWithItsLine(String json, String message) {
        assertThatThrownBy(() -> inventory(json.replace('\'', '"')))
                .isInstanceOf(ConfigException.class).message().startsWith("servers.json " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{ 'servers': {# '1' : 5 # '2': 6 } }       | 3 | not JSON; look for",
        "{ 'servers': {# '1' : {'password': hunter2} } } | 2 | a word stands without quotation marks",
        "{ 'servers': {# '1' : {'pin': 0042} } }    | 2 | not a number in JSON",
        "{ 'servers': {# '1' : {'type': 'vnc# } } } | 2 | a line break or tab stands within",
        "{ 'servers': {# '1' : {'x': 'c:\\dir'} } } | 2 | a \\ stands before",
        "{ 'servers': {# '1' : {                    | 2 | the file ends too early",
        "{ 'servers': {},# }                        | 2 | not JSON; look for",
        "{ // comment# 'servers': {} }              | 1 | not JSON; look for",
    })
    void brokenJsonIsRefusedWithItsLineAndWithoutQuotingIt(String json, int line, String message) {
        assertThatThrownBy(() -> inventory(json.replace('\'', '"').replace('#', '\n')))
                .isInstanceOf(ConfigException.class).hasNoCause().message()
                .startsWith("servers.json line " + line + ": " + message).doesNotContain("hunter2");
    }

    @Test
    void anEmptyFileIsRefused() {
        assertRefused("", "servers.json line 1: the file is empty; write {\"servers\": {...}}");
    }

    @Test
    void whatIsNotUtf8IsRefusedWithItsLine() throws IOException {
        Files.write(file, "{\n\"sérvers\": {}}".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> Inventory.file(file, ANY, Map.of()))
                .hasMessage("servers.json line 2: not UTF-8; save the file as UTF-8");
    }

    @Test
    void bottomlessNestingIsRefused() {
        assertThatThrownBy(() -> inventory("{\"servers\":".repeat(100_000)))
                .isInstanceOf(ConfigException.class).message().startsWith("servers.json line 1: nested too deeply");
    }

    @Test
    void aNameThatStandsTwiceIsRefusedWithBothLines() {
        assertRefused("""
                {"servers": {
                  "1": {"type": "vnc"},
                  "1": {"type": "vnc"}}}""",
                "servers.json line 3: \"1\" stands here a second time, first on line 2; remove one of them");
    }

    @Test
    void aMissingFileIsRefusedByPropertyAndPath() {
        assertThatThrownBy(() -> Inventory.file(file, ANY, Map.of())).isInstanceOf(ConfigException.class)
                .hasMessage("console-servers: " + file + " does not exist; write one, or let console-servers name another file");
    }

    @Test
    void aFolderIsRefusedByPropertyAndPath() {
        assertThatThrownBy(() -> Inventory.file(folder, ANY, Map.of())).isInstanceOf(ConfigException.class)
                .message().startsWith("console-servers: " + folder + " cannot be read");
    }

    @Test
    void allProblemsAreToldAtOnceInTheOrderOfTheirLines() {
        assertRefused("""
                {
                  "servers": {
                    "1": {},
                    "2": {"type": "vnc", "pin": 1234},
                    "3": {"type": "vnc",
                          "ip": []}
                  },
                  "more": 1
                }""",
                "servers.json line 3: server \"1\" has no \"type\"; write one, or a \"host\" that has one\n"
                + "servers.json line 4: \"pin\" is not a bcrypt hash of cost 4 to 15; write the hash that java -jar <this jar> pin makes,"
                + " in quotation marks, and never the PIN itself\n"
                + "servers.json line 6: \"ip\" is a list; write text, a number, true or false, or leave it out\n"
                + "servers.json line 8: \"more\" is not known here; only \"hosts\" and \"servers\" are");
    }

    @Test
    void noMoreThanTwentyProblemsAreTold() {
        String servers = IntStream.range(0, 25).mapToObj(i -> "\"" + i + "\": {}").collect(Collectors.joining(",\n"));

        assertThatThrownBy(() -> inventory("{\"servers\": {" + servers + "}}")).message()
                .hasLineCount(21).endsWith("\nand 5 more");
    }

    @Test
    void theProblemOfAHostIsToldOnceForAllItsServers() {
        assertRefused("""
                {"hosts": {"h": {"type": "vnc",
                                 "password": {"env": "UNSET"}}},
                 "servers": {"1": {"host": "h"}, "2": {"host": "h"}}}""",
                "servers.json line 2: host \"h\": the environment variable of \"env\" is not set; set it, or name another");
    }

    @Test
    void whatTheRuleRefusesIsToldOnTheLineOfTheOptionOrElseOfTheServer() throws IOException {
        Files.writeString(file, """
                {"servers": {
                  "1": {"type": "vnc"},
                  "2": {"type": "vnc", "ip": "10.0.0.1",
                        "ipport": "many"}}}""");
        ServerRule rule = server -> server.option("ip").isEmpty()
                ? Optional.of(new ServerRule.Problem("ip", "is missing; write the address"))
                : Optional.of(new ServerRule.Problem("ipport", "is not a port; write 1 to 65535"));

        assertThatThrownBy(() -> Inventory.file(file, rule, Map.of())).hasMessage(
                "servers.json line 2: server \"1\", \"ip\": is missing; write the address\n"
                + "servers.json line 4: server \"2\", \"ipport\": is not a port; write 1 to 65535");
    }

    @Test
    void everyFaultOfAServerIsNamedAtOnceAndNoneTwice() throws Exception {
        Files.writeString(file, """
                {"servers": {"1": {"type": "vnc", "pin": "1234",
                  "ipport": [],
                  "timeout": "soon"}}}
                """);
        ServerRule rule = new ServerRule() {
            @Override
            public Optional<Problem> check(Server server) {
                return checkAll(server).stream().findFirst();
            }

            @Override
            public List<Problem> checkAll(Server server) {
                return List.of(new Problem("ip", "is missing"), new Problem("ipport", "is missing"),
                        new Problem("timeout", "is no number"));
            }
        };

        assertThatThrownBy(() -> Inventory.read(file, rule, Map.of(), warning -> { })).isInstanceOfSatisfying(ConfigException.class,
                refused -> assertThat(refused.problems()).hasSize(4)
                        .anySatisfy(problem -> assertThat(problem).startsWith("servers.json line 1: \"pin\" is not a bcrypt hash"))
                        .contains("servers.json line 1: server \"1\", \"ip\": is missing")
                        .anySatisfy(problem -> assertThat(problem).startsWith("servers.json line 2: \"ipport\" is a list"))
                        .contains("servers.json line 3: server \"1\", \"timeout\": is no number"));
    }

    @Test
    void ofAServerOfAnotherLocationNothingIsNeededButItsPin() throws Exception {
        Files.writeString(file, """
                {"hosts": {"us": {"location": "US", "type": "vnc", "password": {"env": "ONLY_SET_IN_US"}}},
                 "servers": {"1": {"host": "us", "pin": "%s"}, "2": {"location": "US", "label": "far away", "pin": "%s"},
                             "3": {"location": "NL", "type": "vnc", "password": "known here"}}}""".formatted(HASH, HASH));
        ServerRule needy = server -> Optional.of(new ServerRule.Problem("ip", "is missing"));

        assertThatThrownBy(() -> Inventory.file(file, needy.at("NL"), Map.of())).hasMessage(
                "servers.json line 3: server \"3\", \"ip\": is missing");
        Inventory inventory = Inventory.file(file, ANY.at("NL"), Map.of());
        assertThat(inventory.find("1").orElseThrow().password()).isEqualTo(Secret.NONE);
        assertThat(inventory.find("2")).contains(
                new Server("2", "far away", "", Secret.of(HASH), Secret.NONE, Map.of("location", "US")));
        assertThat(inventory.find("3").orElseThrow().password()).isEqualTo(Secret.of("known here"));
    }

    @Test
    void whereNodesHaveNoLocationEveryServerIsHere() throws IOException {
        Files.writeString(file, "{\"servers\": {\"1\": {\"location\": \"US\", \"pin\": \"" + HASH + "\"}}}");

        assertThatThrownBy(() -> Inventory.file(file, ANY.at(""), Map.of()))
                .hasMessageStartingWith("servers.json line 1: server \"1\" has no \"type\"");
    }

    @Test
    void aLocationThatIsNoneIsRefused() {
        assertRefused("{\"servers\": {\"1\": {\"type\": \"vnc\", \"location\": \"New York\"}}}",
                "servers.json line 1: \"location\" is none; write the console-location of the nodes that are near the server, up to"
                + " 32 letters, digits, - and _, in quotation marks");
    }

    @Test
    void aNewVersionOfTheFileIsReadAtTheNextLookUp() throws Exception {
        Inventory inventory = inventory("{\"servers\": {\"1\": {\"type\": \"vnc\"}}}");

        Files.writeString(file, "{\"servers\": {\"2\": {\"type\": \"ovirt\"}}}");

        assertThat(inventory.find("2")).isPresent();
        assertThat(inventory.find("1")).isEmpty();
    }

    @Test
    void aFileOfTheSameSizeAndTimeMovedInItsPlaceIsRead() throws Exception {
        Inventory inventory = inventory("{\"servers\": {\"1\": {\"type\": \"vnc\"}}}");
        Path other = folder.resolve("new.json");
        Files.writeString(other, "{\"servers\": {\"2\": {\"type\": \"vnc\"}}}");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));

        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(inventory.find("2")).isPresent();
    }

    @Test
    void aBrokenNewVersionIsRefusedOnceWithItsLineAndTheOldOneStays() throws Exception {
        Inventory inventory = inventory("{\"servers\": {\"1\": {\"type\": \"vnc\"}}}");

        Files.writeString(file, "{\"servers\":\n {\"1\": {}}}");

        assertThat(inventory.find("1")).isPresent();
        assertThat(inventory.find("1")).isPresent();
        assertThat(log.lines(Level.ERROR)).singleElement().asString()
                .contains(file.toString(), "servers.json line 2: server \"1\" has no \"type\"");
    }

    @Test
    void afterABrokenVersionTheNextGoodOneIsRead() throws Exception {
        Inventory inventory = inventory("{\"servers\": {\"1\": {\"type\": \"vnc\"}}}");
        Files.writeString(file, "{");
        inventory.find("1");

        Files.writeString(file, "{\"servers\": {\"2\": {\"type\": \"vnc\"}}}");

        assertThat(inventory.find("2")).isPresent();
    }

    @Test
    void aDeletedFileIsToldOnceAndTheOldInventoryStaysUntilItIsBack() throws Exception {
        Inventory inventory = inventory("{\"servers\": {\"1\": {\"type\": \"vnc\"}}}");

        Files.delete(file);

        assertThat(inventory.find("1")).isPresent();
        assertThat(inventory.find("1")).isPresent();
        assertThat(log.lines(Level.ERROR)).singleElement().asString().contains(file + " does not exist");
        Files.writeString(file, "{\"servers\": {\"2\": {\"type\": \"vnc\"}}}");
        assertThat(inventory.find("2")).isPresent();
    }

    @Test
    void whileOneThreadReadsANewVersionOthersGoOnWithTheOld() throws Exception {
        var reading = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Files.writeString(file, "{\"servers\": {\"1\": {\"type\": \"vnc\"}}}");
        Inventory inventory = Inventory.file(file, server -> {
            if (server.id().equals("2")) {
                reading.countDown();
                awaitOrFail(goOn);
            }
            return Optional.empty();
        }, Map.of());
        Files.writeString(file, "{\"servers\": {\"2\": {\"type\": \"vnc\"}}}");

        var reader = CompletableFuture.supplyAsync(() -> inventory.find("2"));
        awaitOrFail(reading);

        assertThat(inventory.find("1")).isPresent();
        goOn.countDown();
        assertThat(reader.get(10, TimeUnit.SECONDS)).isPresent();
    }

    @Test
    void whoAsksForAServerThatAnotherThreadIsJustReadingWaitsForIt() throws Exception {
        var reading = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Files.writeString(file, "{\"servers\": {\"1\": {\"type\": \"vnc\"}}}");
        Inventory inventory = Inventory.file(file, server -> {
            if (server.id().equals("2")) {
                reading.countDown();
                awaitOrFail(goOn);
            }
            return Optional.empty();
        }, Map.of());
        Files.writeString(file, "{\"servers\": {\"2\": {\"type\": \"vnc\"}}}");
        var reader = CompletableFuture.supplyAsync(() -> inventory.find("2"));
        awaitOrFail(reading);
        var found = new CompletableFuture<Optional<Server>>();

        var second = new Thread(() -> found.complete(inventory.find("2")));
        second.start();
        await().until(() -> found.isDone() || second.getState() == Thread.State.WAITING);
        goOn.countDown();

        assertThat(found.get(10, TimeUnit.SECONDS)).isPresent();
        assertThat(reader.get(10, TimeUnit.SECONDS)).isPresent();
    }

    @Test
    void filesThatEverybodyMayReadAreWarnedOf() throws Exception {
        Path password = Files.writeString(folder.resolve("bmc-password"), "tr0ub4dor");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(file, "{\"servers\": {\"1\": {\"type\": \"vnc\", \"password\": {\"file\": \"bmc-password\"}}}}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        Inventory.file(file, ANY, Map.of());

        assertThat(log.lines(Level.WARN)).singleElement().asString().contains(password + ", " + file);
    }

    @Test
    void filesOfTheOwnerAloneAreNotWarnedOf() throws Exception {
        Files.writeString(file, "{\"servers\": {}}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        Inventory.file(file, ANY, Map.of());

        assertThat(log.lines(Level.WARN)).isEmpty();
    }

    @Test
    void tenThousandServersAreFound() throws Exception {
        String servers = IntStream.range(0, 10_000)
                .mapToObj(i -> "\"" + i + "\": {\"host\": \"h\", \"plug\": \"vm-" + i + "\", \"pin\": \"" + HASH + "\"}")
                .collect(Collectors.joining(",\n"));

        Inventory inventory = inventory("{\"hosts\": {\"h\": {\"type\": \"ovirt\"}}, \"servers\": {" + servers + "}}");

        assertThat(inventory.find("9999")).hasValueSatisfying(server -> assertThat(server.option("plug")).contains("vm-9999"));
    }

    private Inventory inventory(String json) throws IOException, ConfigException {
        Files.writeString(file, json);
        return Inventory.file(file, ANY, Map.of());
    }

    private void assertRefused(String json, String message) {
        assertThatThrownBy(() -> inventory(json)).isInstanceOf(ConfigException.class).hasMessage(message);
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
