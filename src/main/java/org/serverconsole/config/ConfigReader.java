package org.serverconsole.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Reads properties one by one and collects what is wrong with them, so that the operator sees all of it at once. */
final class ConfigReader {

    /** HS256 asks for a key as long as its hash (RFC 7518, 3.2). */
    private static final int SHORTEST_KEY = 32;

    private final Function<String, String> properties;
    private final Path home;
    private final List<String> problems = new ArrayList<>();

    ConfigReader(Function<String, String> properties, Path home) {
        this.properties = properties;
        this.home = home;
    }

    ConsoleConfig read() throws ConfigException {
        List<Secret> tokenKeys = tokenKeys();
        String tokenJwks = text("console-token-jwks", "");
        if (tokenKeys.isEmpty() && tokenJwks.isEmpty() && problems.isEmpty()) {
            problems.add("neither console-token-key nor console-token-jwks is set: set one of them, so that the panel's"
                    + " session tokens can be verified (make a key with: java -jar <this jar> keygen)");
        }
        if (!tokenJwks.isEmpty() && !tokenJwks.startsWith("https://")) {
            readable("console-token-jwks", Optional.of(path("console-token-jwks", tokenJwks)));
        }
        Optional<Path> caFile = properties.apply("console-ca-file") == null
                ? Optional.empty() : Optional.of(path("console-ca-file", text("console-ca-file", "")));
        readable("console-ca-file", caFile);
        ConsoleConfig config = new ConsoleConfig(
                tokenKeys,
                tokenJwks.isEmpty() || tokenJwks.startsWith("https://")
                        ? tokenJwks : path("console-token-jwks", tokenJwks).toString(),
                path("console-servers", text("console-servers", "servers.json")),
                pinPolicy(),
                number("console-pin-attempts", 5, 1, 1000),
                seconds("console-pin-lockout", 900, 1, 7 * 86400),
                seconds("console-session-duration", 7200, 1, 7 * 86400),
                journal(),
                text("console-relay-address", "127.0.0.1"),
                caFile);
        if (!problems.isEmpty()) {
            throw new ConfigException("guacamole.properties: " + String.join("; ", problems));
        }
        return config;
    }

    private String text(String name, String otherwise) {
        String value = properties.apply(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }

    private List<Secret> tokenKeys() {
        List<Secret> keys = new ArrayList<>();
        String value = text("console-token-key", "");
        for (String key : value.isEmpty() ? new String[0] : value.split("\\s*,\\s*")) {
            try {
                int length = Base64.getDecoder().decode(key).length;
                if (length < SHORTEST_KEY) {
                    problems.add("console-token-key: a key is " + length + " bytes long, but at least " + SHORTEST_KEY
                            + " are needed (make one with: java -jar <this jar> keygen)");
                }
                keys.add(Secret.of(key));
            } catch (IllegalArgumentException e) {
                problems.add("console-token-key: not base64 (make a key with: java -jar <this jar> keygen)");
            }
        }
        if (keys.size() > 2) {
            problems.add("console-token-key: " + keys.size() + " keys, but only one, or two while one replaces the other");
        }
        return keys;
    }

    private PinPolicy pinPolicy() {
        String value = text("console-pin", "required");
        for (PinPolicy policy : PinPolicy.values()) {
            if (policy.name().toLowerCase(Locale.ROOT).equals(value)) {
                return policy;
            }
        }
        problems.add("console-pin: found \"" + value + "\", write required, optional or off");
        return PinPolicy.REQUIRED;
    }

    private Duration seconds(String name, int otherwise, int least, int most) {
        return Duration.ofSeconds(number(name, otherwise, least, most));
    }

    private int number(String name, int otherwise, int least, int most) {
        String value = text(name, Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, in the same words as a number out of range.
        }
        problems.add(name + ": found \"" + value + "\", write a whole number from " + least + " to " + most);
        return otherwise;
    }

    private String journal() {
        String url = text("console-journal", "jdbc:h2:file:" + home.resolve("console-journal").toAbsolutePath());
        if (!url.startsWith("jdbc:h2:")) {
            problems.add("console-journal: found a URL that does not start with jdbc:h2:, write jdbc:h2:file:<path>");
        }
        return url;
    }

    private Path path(String name, String value) {
        try {
            return home.resolve(value).toAbsolutePath();
        } catch (InvalidPathException e) {
            problems.add(name + ": \"" + value + "\" is not a file name");
            return home;
        }
    }

    private void readable(String name, Optional<Path> file) {
        if (file.isPresent() && !Files.isReadable(file.get())) {
            problems.add(name + ": " + file.get() + " cannot be read");
        }
    }
}
