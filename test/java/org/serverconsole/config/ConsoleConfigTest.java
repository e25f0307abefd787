package org.serverconsole.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleConfigTest {

    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String OLD_KEY = "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI=";

    private static final String BROKER_KEY = "enl4d3Z1dHNycXBvbm1sa2ppaGdmZWRjYmF6eXh3dnU=";

    @TempDir
    private Path home;

    @Test
    void everyDefault() throws ConfigException {
        assertThat(ConsoleConfig.read(Map.of("console-token-key", KEY)::get, home)).isEqualTo(new ConsoleConfig(
                List.of(Secret.of(KEY)),
                "",
                home.resolve("servers.json").toString(),
                PinPolicy.REQUIRED,
                5,
                Duration.ofSeconds(900),
                Duration.ofSeconds(7200),
                Duration.ofSeconds(28800),
                "jdbc:h2:file:" + home.resolve("console-journal"),
                "127.0.0.1",
                Optional.empty(),
                new PanelConfig(Optional.empty(), Secret.NONE, Duration.ofSeconds(60), LoginPage.CONSOLE, Optional.empty(),
                        Optional.empty(), Optional.empty(), "", Optional.empty(), List.of(), new PanelConfig.Limits(1000, 10, 30)),
                new KioskConfig(Optional.empty(), true, 10, 1, 2048),
                Optional.empty()));
    }

    @Test
    void everyPropertySet() throws ConfigException, IOException {
        Files.writeString(home.resolve("keys.json"), "{\"keys\": []}");
        Files.writeString(home.resolve("ca.pem"), "");

        assertThat(read(Map.ofEntries(
                Map.entry("console-token-key", KEY + "," + OLD_KEY),
                Map.entry("console-token-jwks", "keys.json"),
                Map.entry("console-servers", "/srv/servers.json"),
                Map.entry("console-pin", "optional"),
                Map.entry("console-pin-attempts", "3"),
                Map.entry("console-pin-lockout", "60"),
                Map.entry("console-session-duration", "15"),
                Map.entry("console-session-limit", "45"),
                Map.entry("console-journal", "jdbc:h2:file:/srv/journal"),
                Map.entry("console-relay-address", "guacamole"),
                Map.entry("console-token-introspection-url", "https://panel.example/introspect"),
                Map.entry("console-panel-key", "bearer"),
                Map.entry("console-ticket-lifetime", "90"),
                Map.entry("console-page", "guacamole"),
                Map.entry("console-public-url", "https://nl1.example/guacamole"),
                Map.entry("console-return-url", "https://panel.example/"),
                Map.entry("console-operator-key", "ABCDEF0123456789".repeat(4)),
                Map.entry("console-location", "NL"),
                Map.entry("console-broker", "amqps://nl@mq.example/consoles"),
                Map.entry("console-broker-password", "mq-password"),
                Map.entry("console-broker-key", BROKER_KEY),
                Map.entry("console-recording-path", "/var/lib/recordings"),
                Map.entry("console-keys", "Ctrl-Alt-Backspace, Alt-F2"),
                Map.entry("console-kiosk-user", "kiosk"),
                Map.entry("console-kiosk-no-sandbox", "true"),
                Map.entry("console-kiosk-limit", "3"),
                Map.entry("console-kiosk-warm", "0"),
                Map.entry("console-kiosk-memory", "1024"),
                Map.entry("console-max-sessions", "50"),
                Map.entry("console-max-sessions-per-customer", "5"),
                Map.entry("console-max-logins-per-minute", "7"),
                Map.entry("console-ca-file", "ca.pem")))).isEqualTo(new ConsoleConfig(
                List.of(Secret.of(KEY), Secret.of(OLD_KEY)),
                home.resolve("keys.json").toString(),
                "/srv/servers.json",
                PinPolicy.OPTIONAL,
                3,
                Duration.ofSeconds(60),
                Duration.ofSeconds(15),
                Duration.ofSeconds(45),
                "jdbc:h2:file:/srv/journal",
                "guacamole",
                Optional.of(home.resolve("ca.pem")),
                new PanelConfig(Optional.of(URI.create("https://panel.example/introspect")), Secret.of("bearer"),
                        Duration.ofSeconds(90), LoginPage.GUACAMOLE, Optional.of(URI.create("https://nl1.example/guacamole/")),
                        Optional.of(URI.create("https://panel.example/")), Optional.of("abcdef0123456789".repeat(4)), "NL",
                        Optional.of(Path.of("/var/lib/recordings")),
                        List.of(new KeyChord("Ctrl-Alt-Backspace", List.of(0xFFE3, 0xFFE9, 0xFF08)), new KeyChord("Alt-F2", List.of(0xFFE9, 0xFFBF))), new PanelConfig.Limits(50, 5, 7)),
                new KioskConfig(Optional.of("kiosk"), false, 3, 0, 1024),
                Optional.of(new BrokerConfig("mq.example", 5671, true, "consoles", "nl", Secret.of("mq-password"),
                        List.of(Secret.of(BROKER_KEY))))));
    }

    @Test
    void keysAreSingleCharactersAndNamesInEitherCase() throws ConfigException {
        assertThat(read(Map.of("console-token-key", KEY, "console-keys", "ctrl-ALT-F24, Alt-SysRq-H,Win-1")).panel().keys())
                .extracting(KeyChord::keysyms)
                .containsExactly(List.of(0xFFE3, 0xFFE9, 0xFFD5), List.of(0xFFE9, 0xFF61, 0x68), List.of(0xFFEB, 0x31));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ctrl-Alt-Backspce", "Ctrl--X", "Ctrl-Alt,", "Ctrl Alt", "F25", "-"})
    void keysThatNobodyKnowsAreToldByProperty(String keys) {
        assertThatThrownBy(() -> read(Map.of("console-token-key", KEY, "console-keys", keys)))
                .isInstanceOf(ConfigException.class).hasMessageContaining("console-keys").hasMessageContaining("backspace");
    }

    @Test
    void aBlankPropertyIsAsGoodAsNone() throws ConfigException {
        Map<String, String> blank = new HashMap<>();
        for (String name : List.of("console-token-jwks", "console-servers", "console-pin", "console-pin-attempts", "console-pin-lockout",
                "console-session-duration", "console-session-limit", "console-journal", "console-relay-address", "console-ca-file")) {
            blank.put(name, " \n");
        }
        blank.put("console-token-key", KEY);

        assertThat(read(blank)).isEqualTo(read(Map.of("console-token-key", KEY)));
    }

    @Test
    void theLineBreakAtTheEndOfASecretFileIsNoPartOfIt() throws ConfigException {
        assertThat(read(Map.of("console-token-key", KEY + " ,\n" + OLD_KEY + "\n")).tokenKeys())
                .containsExactly(Secret.of(KEY), Secret.of(OLD_KEY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "OFF", "Off", " off "})
    void theCaseOfAPolicyDoesNotMatter(String value) throws ConfigException {
        assertThat(read(Map.of("console-token-key", KEY, "console-pin", value)).pin()).isEqualTo(PinPolicy.OFF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://panel.example/keys", "HTTPS://panel.example:8443/keys?v=1"})
    void publicKeysMayBeBehindHttps(String url) throws ConfigException {
        assertThat(read(Map.of("console-token-jwks", url)).tokenJwks()).isEqualTo(url);
    }

    @Test
    void aSharedKeyAloneOrPublicKeysAloneAreEnough() throws ConfigException {
        assertThat(read(Map.of("console-token-jwks", "https://panel.example/keys")).tokenKeys()).isEmpty();
        assertThat(read(Map.of("console-token-key", KEY)).tokenJwks()).isEmpty();
    }

    @Test
    void withoutAnyKeyTheExtensionSaysSo() {
        assertThatThrownBy(() -> read(Map.of())).isInstanceOf(ConfigException.class).hasMessage(
                "guacamole.properties: neither console-token-key nor console-token-jwks nor"
                + " console-token-introspection-url is set: set one of them, so that the panel's"
                + " session tokens can be verified (make a key with: java -jar <this jar> keygen)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "console-token-key        | c2hvcnQ=                      | a key is 5 bytes long, but at least 32 are needed",
        "console-token-key        | not base64!                   | not base64",
        "console-token-key        | ,                             | a key is 0 bytes long",
        "console-token-jwks       | http://panel.example/keys     | not a URL of the form https://<host>/...",
        "console-token-jwks       | file:///etc/keys.json         | not a URL of the form https://<host>/...",
        "console-token-jwks       | https://                      | not a URL of the form https://<host>/...",
        "console-token-jwks       | https:panel.example           | not a URL of the form https://<host>/...",
        "console-token-jwks       | https://me:pw@panel.example/  | not a URL of the form https://<host>/...",
        "console-token-jwks       | none.json                     | none.json is not a file that can be read",
        "console-token-jwks       | .                             | is not a file that can be read",
        "console-servers          | https://panel.example/servers | found a URL without {id}",
        "console-servers          | http://panel.example/{id}     | not a URL of the form https://<host>/...",
        "console-servers          | file:///servers/{id}          | not a URL of the form https://<host>/...",
        "console-token-introspection-url | http://panel.example/ | not a URL of the form https://<host>/...",
        "console-public-url       | nl1.example                   | not a URL of the form http://<host>/... or https://<host>/...",
        "console-public-url       | https://nl1.example/#/        | not a URL of the form",
        "console-return-url       | javascript:alert(1)           | not a URL of the form",
        "console-page             | novnc                         | found \"novnc\", write console or guacamole",
        "console-ticket-lifetime  | 5                             | found \"5\", write a whole number from 10 to 3600",
        "console-session-limit    | 60                            | found \"60\", write a whole number from 7200 to 604800",
        "console-operator-key     | hunter2                       | not the SHA-256 of a key in hex",
        "console-location         | New York                      | found \"New York\", write up to 32 letters",
        "console-recording-path   | recordings                    | found \"recordings\", write an absolute path",
        "console-max-sessions     | 0                             | found \"0\", write a whole number from 1 to 100000",
        "console-pin              | sometimes                     | found \"sometimes\", write required or optional or off",
        "console-pin-attempts     | 0                             | found \"0\", write a whole number from 1 to 1000",
        "console-pin-attempts     | five                          | found \"five\", write a whole number from 1 to 1000",
        "console-pin-lockout      | -1                            | found \"-1\", write a whole number from 1 to 604800",
        "console-pin-lockout      | 15m                           | found \"15m\", write a whole number from 1 to 604800",
        "console-session-duration | 7200.5                        | found \"7200.5\", write a whole number from 1 to 604800",
        "console-session-duration | 99999999999                   | found \"99999999999\", write a whole number from 1 to 604800",
        "console-journal          | /var/lib/journal              | found a URL that does not start with jdbc:h2:",
        "console-journal          | jdbc:mysql://u:hunter2@db/x   | found a URL that does not start with jdbc:h2:",
        "console-relay-address    | guacamole:4822                | found \"guacamole:4822\", write a host name or an IP address, without a port",
        "console-relay-address    | not a host                    | found \"not a host\", write a host name",
        "console-ca-file          | none.pem                      | none.pem is not a file that can be read",
        "console-ca-file          | .                             | is not a file that can be read",
    })
    void aRefusedValueNamesItsProperty(String name, String value, String message) {
        Map<String, String> properties = new HashMap<>(Map.of("console-token-key", KEY));
        properties.put(name, value);

        assertThatThrownBy(() -> read(properties)).isInstanceOf(ConfigException.class).hasNoCause().message()
                .startsWith("guacamole.properties: " + name + ": ").contains(message).doesNotContain("hunter2", "me:pw");
    }

    @ParameterizedTest
    @ValueSource(strings = {"console-token-jwks", "console-servers", "console-ca-file"})
    void whatIsNoFileNameIsRefused(String name) {
        assertThatThrownBy(() -> read(Map.of("console-token-key", KEY, name, "a\0b"))).isInstanceOf(ConfigException.class)
                .message().contains(name + ": \"a?b\" is not a file name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "guacamole", "node_1.example", "::1", "fe80::1%eth0", "2001:db8::10.0.0.1"})
    void theRelayMayHaveANameOrAnAddress(String address) throws ConfigException {
        assertThat(read(Map.of("console-token-key", KEY, "console-relay-address", address)).relayAddress()).isEqualTo(address);
    }

    @Test
    void theInventoryMayBeBehindHttps() throws ConfigException {
        String url = "https://panel.example/servers/{id}?v=1";

        assertThat(read(Map.of("console-token-key", KEY, "console-servers", url)).servers()).isEqualTo(url);
    }

    @Test
    void introspectionAloneIsEnough() throws ConfigException {
        assertThat(read(Map.of("console-token-introspection-url", "https://panel.example/")).tokenKeys()).isEmpty();
    }

    @Test
    void aLongSessionWithoutALimitIsNotToBeExtended() throws ConfigException {
        assertThat(read(Map.of("console-token-key", KEY, "console-session-duration", "86400")).sessionLimit())
                .isEqualTo(Duration.ofDays(1));
    }

    @Test
    void threeKeysAreTooMany() {
        assertThatThrownBy(() -> read(Map.of("console-token-key", KEY + "," + KEY + "," + OLD_KEY))).isInstanceOf(ConfigException.class)
                .hasMessage("guacamole.properties: console-token-key: 3 keys, but only one, or two while one replaces the other");
    }

    @Test
    void allProblemsAreToldAtOnceAndTheKeyIsNot() {
        ConfigException refusal = catchThrowableOfType(ConfigException.class, () -> read(Map.of(
                "console-token-key", KEY + ",c2hvcnQ=", "console-pin", "x", "console-pin-attempts", "x", "console-pin-lockout", "x",
                "console-session-duration", "x", "console-journal", "x", "console-relay-address", "x y", "console-ca-file", "none")));

        assertThat(Arrays.stream(refusal.getMessage().substring("guacamole.properties: ".length()).split("; "))
                .map(problem -> problem.substring(0, problem.indexOf(':')))).containsExactly(
                "console-token-key", "console-pin", "console-pin-attempts", "console-pin-lockout", "console-session-duration",
                "console-journal", "console-relay-address", "console-ca-file");
        assertThat(refusal.getMessage()).doesNotContain(KEY, "c2hvcnQ=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2\nhash of it", "hunter2\u2013", "hunter2\u0000"})
    void aPanelKeyThatNoHeaderCarriesIsRefusedAndNotShown(String key) {
        assertThatThrownBy(() -> read(Map.of("console-token-key", KEY, "console-panel-key", key + "x"))).isInstanceOf(ConfigException.class)
                .message().startsWith("guacamole.properties: console-panel-key: ").doesNotContain("hunter2");
    }

    @Test
    void aConfigPrintsNoKey() throws ConfigException {
        assertThat(read(Map.of("console-token-key", KEY)).toString()).doesNotContain(KEY);
    }

    private ConsoleConfig read(Map<String, String> properties) throws ConfigException {
        return ConsoleConfig.read(properties::get, home);
    }
}
