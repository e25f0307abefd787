package org.serverconsole.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads properties of common kinds one by one and collects what is wrong with them, each by its name. */
final class PropertyReader {

    /** HS256 asks for a key as long as its hash (RFC 7518, 3.2). */
    private static final int SHORTEST_KEY = 32;

    private static final int LONGEST_SHOWN = 200;
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");
    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://|(?i)(https?|file):");

    private final Function<String, String> properties;
    private final Path home;
    private final List<String> problems = new ArrayList<>();

    /**
     * @param properties from a property's name to its value, or null where it is not set
     * @param home against which relative paths are resolved
     */
    PropertyReader(Function<String, String> properties, Path home) {
        this.properties = properties;
        this.home = home;
    }

    void problem(String problem) {
        problems.add(problem);
    }

    List<String> problems() {
        return problems;
    }

    boolean isUnset(String name) {
        return text(name, "").isEmpty();
    }

    String text(String name, String otherwise) {
        String value = properties.apply(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }

    int number(String name, int otherwise, int least, int most) {
        String value = text(name, Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, in the same words as a number out of range.
        }
        problem(name + ": found \"" + shown(value) + "\", write a whole number from " + least + " to " + most);
        return otherwise;
    }

    Duration seconds(String name, int otherwise, int least, int most) {
        return Duration.ofSeconds(number(name, otherwise, least, most));
    }

    <E extends Enum<E>> E choice(String name, E otherwise) {
        String value = text(name, otherwise.name());
        List<E> choices = Arrays.asList(otherwise.getDeclaringClass().getEnumConstants());
        Optional<E> found = choices.stream().filter(choice -> choice.name().equalsIgnoreCase(value)).findAny();
        if (found.isEmpty()) {
            problem(name + ": found \"" + shown(value) + "\", write " + choices.stream()
                    .map(choice -> choice.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(" or ")));
        }
        return found.orElse(otherwise);
    }

    /** HMAC keys in base64: one, or two while one replaces the other; none where the property is not set. */
    List<Secret> keys(String name) {
        List<Secret> keys = new ArrayList<>();
        if (isUnset(name)) {
            return keys;
        }
        // -1: a comma too many is a mistake to be told, not an empty key to be skipped.
        for (String key : text(name, "").split("\\s*,\\s*", -1)) {
            try {
                int length = Base64.getDecoder().decode(key).length;
                if (length < SHORTEST_KEY) {
                    problem(name + ": a key is " + length + " bytes long, but at least " + SHORTEST_KEY
                            + " are needed (make one with: java -jar <this jar> keygen)");
                }
                keys.add(Secret.of(key));
            } catch (IllegalArgumentException e) {
                // Its message quotes the key, so it is not passed on.
                problem(name + ": not base64 (make a key with: java -jar <this jar> keygen)");
            }
        }
        if (keys.size() > 2) {
            problem(name + ": " + keys.size() + " keys, but only one, or two while one replaces the other");
        }
        return keys;
    }

    static boolean looksLikeUrl(String value) {
        return URL.matcher(value).lookingAt();
    }

    /**
     * A URL of a host, without a password in it. It may carry one all the same, so none is ever shown.
     *
     * @param schemes those that will do
     */
    Optional<URI> url(String name, List<String> schemes) {
        String value = text(name, "");
        return value.isEmpty() ? Optional.empty() : url(name, value, schemes);
    }

    Optional<URI> url(String name, String value, List<String> schemes) {
        try {
            URI url = new URI(value);
            if (url.getScheme() != null && schemes.contains(url.getScheme().toLowerCase(Locale.ROOT))
                    && url.getHost() != null && url.getUserInfo() == null && url.getFragment() == null) {
                return Optional.of(url);
            }
        } catch (URISyntaxException e) {
            // Reported below, in the same words as a URL of another kind.
        }
        problem(name + ": not a URL of the form " + schemes.stream().map(scheme -> scheme + "://<host>/...")
                .collect(Collectors.joining(" or ")) + ", without a password");
        return Optional.empty();
    }

    Path path(String name, String value) {
        try {
            return home.resolve(value).toAbsolutePath();
        } catch (InvalidPathException e) {
            problem(name + ": \"" + shown(value) + "\" is not a file name");
            return home;
        }
    }

    Path readable(String name, String value) {
        Path file = path(name, value);
        if (Files.isDirectory(file) || !Files.isReadable(file)) {
            problem(name + ": " + shown(file.toString()) + " is not a file that can be read");
        }
        return file;
    }

    /** A value as it can stand in a log line. */
    static String shown(String value) {
        String line = UNPRINTABLE.matcher(value).replaceAll("?");
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }
}
