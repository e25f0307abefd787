package org.serverconsole.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A misspelt option is used for nothing, and nobody would know why. */
class UnknownOptionsTest {

    /** Of two types, of which the second takes whatever there is. */
    private static final ServerRule RULE = new ServerRule() {
        @Override
        public Optional<Problem> check(Server server) {
            return server.option("ip").isPresent() ? Optional.empty() : Optional.of(new Problem("ip", "is missing"));
        }

        @Override
        public Set<String> options(String type) {
            return type.equals("bmc") ? Set.of("ip", "ipport", "username", "timeout", "tls", "ssl_insecure", "color-depth") : Set.of();
        }
    };

    private static final String NAMES = "write one of color-depth, host, ip, ipport, label, location, password, pin, ssl_insecure, timeout,"
            + " tls, type, username, or take it out";

    @TempDir
    private Path folder;

    @Test
    void aMisspeltOptionIsWarnedOfWithItsLineItsServerAndTheNamesThereAre() throws Exception {
        assertThat(warnings("""
                {"servers": {"1": {"type": "bmc", "ip": "10.0.0.1", "location": "NL", "label": "one",
                                   "pasword": "hunter2"}}}"""))
                .containsExactly("servers.json line 2: server \"1\", \"pasword\": type \"bmc\" has no such option; "
                        + NAMES);
    }

    @Test
    void whatMayBeASecretInThePlaceOfANameIsNotShown() throws Exception {
        assertThat(warnings(server("\"hunter2 and more\": 1"))).singleElement().asString()
                .startsWith("servers.json line 1: server \"1\", a name: ").doesNotContain("hunter2");
    }

    @Test
    void anOptionOfAHostIsWarnedOfOnceForAllItsServers() throws Exception {
        assertThat(warnings("""
                {"hosts": {"h": {"type": "bmc", "ip": "10.0.0.1",
                                 "usrname": "console"}},
                 "servers": {"1": {"host": "h"}, "2": {"host": "h"}}}"""))
                .containsExactly("servers.json line 2: host of server \"1\", \"usrname\": type \"bmc\" has no such option; "
                        + NAMES);
    }

    @Test
    void theSameOptionOfManyServersIsOneWarning() throws Exception {
        String servers = IntStream.range(0, 1000).mapToObj(i -> "\"" + i + "\": {\"type\": \"bmc\", \"ip\": \"a\", \"note\": " + i + "}")
                .collect(Collectors.joining(",\n"));

        assertThat(warnings("{\"servers\": {" + servers + "}}")).containsExactly("servers.json line 1: server \"0\", \"note\": type \"bmc\""
                + " has no such option; " + NAMES + " (it stands in 999 more places)");
    }

    @Test
    void noMoreThanTwentyOptionsAreNamed() throws Exception {
        String options = IntStream.range(100, 125).mapToObj(i -> "\"note" + i + "\": 1").collect(Collectors.joining(", "));

        assertThat(warnings(server(options))).hasSize(21).last().isEqualTo("options that their types do not have: 5 more");
    }

    @Test
    void ofATypeThatTakesEverythingAndOfAnotherLocationNothingIsUnknown() throws Exception {
        String json = """
                {"servers": {"1": {"type": "any", "ip": "a", "pasword": "x"},
                             "2": {"type": "bmc", "ip": "a", "location": "US", "pasword": "x"}}}""";
        List<String> warnings = new ArrayList<>();

        Inventory.read(write(json), RULE.at("NL"), Map.of(), warnings::add);

        assertThat(warnings).isEmpty();
        Inventory.read(write(json), RULE.at("US"), Map.of(), warnings::add);
        assertThat(warnings).singleElement().asString().contains("line 2: server \"2\"");
    }

    @Test
    void theLogWarnsAtStartAndOfEveryNewVersionAndTheServersAreThere() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            Inventory inventory = Inventory.file(write(server("\"pasword\": \"hunter2\"")), RULE, Map.of());
            assertThat(inventory.find("1")).isPresent();
            assertThat(log.lines(Level.WARN)).singleElement().asString().contains("line 1: server \"1\", \"pasword\"");

            write(server("\"pasword\": \"hunter2\", \"timout\": 5"));

            assertThat(inventory.find("1").orElseThrow().option("timout")).contains("5");
            assertThat(log.lines(Level.WARN)).hasSize(3).last().asString().contains("\"timout\"");
            assertThat(log.lines()).noneMatch(line -> line.contains("hunter2"));
        }
    }

    @Test
    void whereAnOptionIsMissingTheMisspeltOneIsToldAllTheSame() throws Exception {
        List<String> warnings = new ArrayList<>();

        assertThatThrownBy(() -> Inventory.read(write("{\"servers\": {\"1\": {\"type\": \"bmc\", \"ipp\": \"a\"}}}"), RULE, Map.of(),
                warnings::add)).hasMessageContaining("\"ip\": is missing");
        assertThat(warnings).singleElement().asString().contains("\"ipp\"", NAMES);
    }

    private static String server(String more) {
        return "{\"servers\": {\"1\": {\"type\": \"bmc\", \"ip\": \"10.0.0.1\", " + more + "}}}";
    }

    private List<String> warnings(String json) throws Exception {
        List<String> warnings = new ArrayList<>();
        Inventory.read(write(json), RULE, Map.of(), warnings::add);
        return warnings;
    }

    private Path write(String json) throws Exception {
        Path file = Files.writeString(folder.resolve("servers.json"), json);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
