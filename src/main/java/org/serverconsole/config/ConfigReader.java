package org.serverconsole.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads properties one by one and collects what is wrong with them, so that the operator sees all of it at once. */
final class ConfigReader {

    /** HS256 asks for a key as long as its hash (RFC 7518, 3.2). */
    private static final int SHORTEST_KEY = 32;

    private static final int LONGEST_SESSION = 7 * 86400;
    private static final int LONGEST_SHOWN = 200;
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");
    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://|(?i)(https?|file):");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:.*:)[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9]{1,15})?");

    private final Function<String, String> properties;
    private final Path home;
    private final List<String> problems = new ArrayList<>();
    private int sessionSeconds;

    ConfigReader(Function<String, String> properties, Path home) {
        this.properties = properties;
        this.home = home;
    }

    ConsoleConfig read() throws ConfigException {
        List<Secret> tokenKeys = tokenKeys();
        String tokenJwks = tokenJwks();
        if (isUnset("console-token-key") && isUnset("console-token-jwks")) {
            problems.add("neither console-token-key nor console-token-jwks is set: set one of them, so that the panel's"
                    + " session tokens can be verified (make a key with: java -jar <this jar> keygen)");
        }
        ConsoleConfig config = new ConsoleConfig(
                tokenKeys,
                tokenJwks,
                servers(),
                pinPolicy(),
                number("console-pin-attempts", 5, 1, 1000),
                seconds("console-pin-lockout", 900, 1, 7 * 86400),
                sessionDuration(),
                sessionLimit(),
                journal(),
                relayAddress(),
                isUnset("console-ca-file")
                        ? Optional.empty() : Optional.of(readable("console-ca-file", text("console-ca-file", ""))));
        if (!problems.isEmpty()) {
            throw new ConfigException("guacamole.properties: " + String.join("; ", problems));
        }
        return config;
    }

    private boolean isUnset(String name) {
        return text(name, "").isEmpty();
    }

    private String text(String name, String otherwise) {
        String value = properties.apply(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }

    private List<Secret> tokenKeys() {
        List<Secret> keys = new ArrayList<>();
        if (isUnset("console-token-key")) {
            return keys;
        }
        // -1: a comma too many is a mistake to be told, not an empty key to be skipped.
        for (String key : text("console-token-key", "").split("\\s*,\\s*", -1)) {
            try {
                int length = Base64.getDecoder().decode(key).length;
                if (length < SHORTEST_KEY) {
                    problems.add("console-token-key: a key is " + length + " bytes long, but at least " + SHORTEST_KEY
                            + " are needed (make one with: java -jar <this jar> keygen)");
                }
                keys.add(Secret.of(key));
            } catch (IllegalArgumentException e) {
                // Its message quotes the key, so it is not passed on.
                problems.add("console-token-key: not base64 (make a key with: java -jar <this jar> keygen)");
            }
        }
        if (keys.size() > 2) {
            problems.add("console-token-key: " + keys.size() + " keys, but only one, or two while one replaces the other");
        }
        return keys;
    }

    /** An https URL or the absolute path of a file. A URL may carry a password, so none is ever shown. */
    private String tokenJwks() {
        String value = text("console-token-jwks", "");
        if (value.isEmpty()) {
            return value;
        }
        if (!URL.matcher(value).lookingAt()) {
            return readable("console-token-jwks", value).toString();
        }
        try {
            URI url = new URI(value);
            if ("https".equalsIgnoreCase(url.getScheme()) && url.getHost() != null && url.getUserInfo() == null) {
                return value;
            }
        } catch (URISyntaxException e) {
            // Reported below, in the same words as a URL of another kind.
        }
        problems.add("console-token-jwks: found a URL that is not https://<host>/..., write such a URL or the path of a file");
        return "";
    }

    private Path servers() {
        String value = text("console-servers", "servers.json");
        if (URL.matcher(value).lookingAt()) {
            problems.add("console-servers: found a URL, write the path of a file");
            return home;
        }
        return path("console-servers", value);
    }

    private PinPolicy pinPolicy() {
        String value = text("console-pin", "required");
        for (PinPolicy policy : PinPolicy.values()) {
            if (policy.name().equalsIgnoreCase(value)) {
                return policy;
            }
        }
        problems.add("console-pin: found \"" + shown(value) + "\", write required, optional or off");
        return PinPolicy.REQUIRED;
    }

    private Duration seconds(String name, int otherwise, int least, int most) {
        return Duration.ofSeconds(number(name, otherwise, least, most));
    }

    private Duration sessionDuration() {
        sessionSeconds = number("console-session-duration", 7200, 1, LONGEST_SESSION);
        return Duration.ofSeconds(sessionSeconds);
    }

    /** Where only the duration is set, and above the limit's default, sessions are not to be extended. */
    private Duration sessionLimit() {
        return seconds("console-session-limit", Math.max(28800, sessionSeconds), sessionSeconds, LONGEST_SESSION);
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
        problems.add(name + ": found \"" + shown(value) + "\", write a whole number from " + least + " to " + most);
        return otherwise;
    }

    private String journal() {
        String url = text("console-journal", "jdbc:h2:file:" + home.resolve("console-journal").toAbsolutePath());
        if (!url.startsWith("jdbc:h2:")) {
            problems.add("console-journal: found a URL that does not start with jdbc:h2:, write jdbc:h2:file:<path>");
        }
        return url;
    }

    /** A name or address alone: its port is the relay's own. */
    private String relayAddress() {
        String value = text("console-relay-address", "127.0.0.1");
        if (!HOST_NAME.matcher(value).matches() && !IPV6.matcher(value).matches()) {
            problems.add("console-relay-address: found \"" + shown(value) + "\", write a host name or an IP address, without a port");
        }
        return value;
    }

    private Path path(String name, String value) {
        try {
            return home.resolve(value).toAbsolutePath();
        } catch (InvalidPathException e) {
            problems.add(name + ": \"" + shown(value) + "\" is not a file name");
            return home;
        }
    }

    private Path readable(String name, String value) {
        Path file = path(name, value);
        if (Files.isDirectory(file) || !Files.isReadable(file)) {
            problems.add(name + ": " + shown(file.toString()) + " is not a file that can be read");
        }
        return file;
    }

    /** A value as it can stand in a log line. */
    private static String shown(String value) {
        String line = UNPRINTABLE.matcher(value).replaceAll("?");
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }
}
