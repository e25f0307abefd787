package org.serverconsole.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads every property and tells all that is wrong with them at once. */
final class ConfigReader {

    private static final int LONGEST_SESSION = 7 * 86400;
    private static final List<String> HTTPS = List.of("https");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:.*:)[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9]{1,15})?");

    private final PropertyReader properties;
    private final Path home;
    private int sessionSeconds;

    ConfigReader(Function<String, String> properties, Path home) {
        this.properties = new PropertyReader(properties, home);
        this.home = home;
    }

    ConsoleConfig read() throws ConfigException {
        List<Secret> tokenKeys = properties.keys("console-token-key");
        String tokenJwks = tokenJwks();
        if (properties.isUnset("console-token-key") && properties.isUnset("console-token-jwks")
                && properties.isUnset("console-token-introspection-url")) {
            properties.problem("neither console-token-key nor console-token-jwks nor console-token-introspection-url is set:"
                    + " set one of them, so that the panel's session tokens can be verified"
                    + " (make a key with: java -jar <this jar> keygen)");
        }
        ConsoleConfig config = new ConsoleConfig(
                tokenKeys,
                tokenJwks,
                servers(),
                properties.choice("console-pin", PinPolicy.REQUIRED),
                properties.number("console-pin-attempts", 5, 1, 1000),
                properties.seconds("console-pin-lockout", 900, 1, 7 * 86400),
                sessionDuration(),
                sessionLimit(),
                journal(),
                relayAddress(),
                caFile(),
                new PanelConfigReader(properties).read(),
                new KioskConfigReader(properties).read(),
                new BrokerConfigReader(properties).read());
        if (!properties.problems().isEmpty()) {
            throw new ConfigException(
                    "guacamole.properties: " + String.join("; ", properties.problems()), properties.problems());
        }
        return config;
    }

    /** An https URL or the absolute path of a file. */
    private String tokenJwks() {
        String value = properties.text("console-token-jwks", "");
        if (value.isEmpty()) {
            return value;
        }
        if (PropertyReader.looksLikeUrl(value)) {
            return properties.url("console-token-jwks", value, HTTPS).map(Object::toString).orElse("");
        }
        return properties.readable("console-token-jwks", value).toString();
    }

    /** The absolute path of a file, or an https URL in which {@code {id}} stands for the server's ID. */
    private String servers() {
        String value = properties.text("console-servers", "servers.json");
        if (!PropertyReader.looksLikeUrl(value)) {
            return properties.path("console-servers", value).toString();
        }
        boolean https = properties.url("console-servers", value.replace("{id}", "id"), HTTPS).isPresent();
        if (https && !value.contains("{id}")) {
            properties.problem("console-servers: found a URL without {id}, write it where the server's ID belongs");
        }
        return value;
    }

    private Duration sessionDuration() {
        sessionSeconds = properties.number("console-session-duration", 7200, 1, LONGEST_SESSION);
        return Duration.ofSeconds(sessionSeconds);
    }

    /** Where only the duration is set, and above the limit's default, sessions are not to be extended. */
    private Duration sessionLimit() {
        return properties.seconds("console-session-limit", Math.max(28800, sessionSeconds), sessionSeconds, LONGEST_SESSION);
    }

    private String journal() {
        String url = properties.text("console-journal",
                "jdbc:h2:file:" + home.resolve("console-journal").toAbsolutePath());
        if (!url.startsWith("jdbc:h2:") && !url.startsWith("jdbc:postgresql:")) {
            properties.problem("console-journal: found a URL that does not start with jdbc:h2: or jdbc:postgresql:, write"
                    + " jdbc:h2:file:<path> or jdbc:postgresql://<host>/<database>");
        }
        return url;
    }

    /** A name or address alone: its port is the relay's own. */
    private String relayAddress() {
        String value = properties.text("console-relay-address", "127.0.0.1");
        if (!HOST_NAME.matcher(value).matches() && !IPV6.matcher(value).matches()) {
            properties.problem("console-relay-address: found \"" + PropertyReader.shown(value)
                    + "\", write a host name or an IP address, without a port");
        }
        return value;
    }

    private Optional<Path> caFile() {
        return properties.isUnset("console-ca-file") ? Optional.empty()
                : Optional.of(properties.readable("console-ca-file", properties.text("console-ca-file", "")));
    }
}
