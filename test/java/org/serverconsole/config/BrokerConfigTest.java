package org.serverconsole.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerConfigTest {

    private static final String TOKEN_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String KEY = "enl4d3Z1dHNycXBvbm1sa2ppaGdmZWRjYmF6eXh3dnU=";

    @TempDir
    private Path home;

    private final Map<String, String> properties = new HashMap<>(Map.of(
            "console-token-key", TOKEN_KEY, "console-location", "NL", "console-public-url", "https://nl1.example/guacamole/",
            "console-broker", "amqps://nl@mq.example", "console-broker-password", "hunter2", "console-broker-key", KEY));

    @Test
    void theRestOfTheUrlIsAmqpsOwn() throws ConfigException {
        assertThat(read()).isEqualTo(
                new BrokerConfig("mq.example", 5671, true, "/", "nl", Secret.of("hunter2"), List.of(Secret.of(KEY))));
        assertThat(read()).hasToString("amqps://nl@mq.example:5671");
    }

    @Test
    void thePasswordMayBeInAFile() throws Exception {
        Files.writeString(home.resolve("mq"), "of the file\n");
        properties.remove("console-broker-password");
        properties.put("console-broker-password-file", "mq");

        assertThat(read().password()).isEqualTo(Secret.of("of the file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"amqp://nl@127.0.0.1", "amqp://nl@localhost:5672/", "amqp://nl@[::1]/v"})
    void withoutTlsItMayBeOnThisMachine(String url) throws ConfigException {
        properties.put("console-broker", url);

        assertThat(read().tls()).isFalse();
        assertThat(read().port()).isEqualTo(5672);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "console-broker               | amqp://nl@mq.example       | amqp:// is for this machine alone",
        "console-broker               | amqp://nl@127.evil.example | amqp:// is for this machine alone",
        "console-broker               | amqps://mq.example         | not a URL of the form amqps://<user>@<host>",
        "console-broker               | amqps://nl:hunter2@mq      | not a URL of the form amqps://<user>@<host>",
        "console-broker               | https://nl@mq.example      | not a URL of the form amqps://<user>@<host>",
        "console-broker               | amqps://nl@mq/a/b          | not a URL of the form amqps://<user>@<host>",
        "console-broker               | mq.example                 | not a URL of the form amqps://<user>@<host>",
        "console-broker-password-file | mq                         | both console-broker-password and",
        "console-broker-password      | -                          | neither console-broker-password nor",
        "console-broker-key           | -                          | is needed where console-broker is set",
        "console-broker-key           | c2hvcnQ=                   | a key is 5 bytes long",
        "console-broker-key           | MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= | is a key of console-token-key",
        "console-location             | -                          | is needed where console-broker is set",
        "console-public-url           | -                          | is needed where console-broker is set",
        "console-broker               | -                          | is not; write amqps://",
    })
    void whatIsWrongIsToldByPropertyAndNoPasswordIs(String name, String value, String message) {
        properties.put(name, value);

        assertThatThrownBy(this::read).isInstanceOf(ConfigException.class).message()
                .contains(name, message).doesNotContain("hunter2");
    }

    @Test
    void whereNothingIsSaidOfABrokerThereIsNone() throws ConfigException {
        properties.keySet().removeIf(name -> name.startsWith("console-broker"));

        assertThat(ConsoleConfig.read(properties::get, home).broker()).isEmpty();
    }

    private BrokerConfig read() throws ConfigException {
        return ConsoleConfig.read(properties::get, home).broker().orElseThrow();
    }
}
