package org.serverconsole.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what panels and operators use. */
final class PanelConfigReader {

    private static final List<String> WEB = List.of("http", "https");
    private static final Pattern LOCATION = Pattern.compile("[A-Za-z0-9_-]{0,32}");
    private static final Pattern HEADER = Pattern.compile("[\\x20-\\x7e]*");
    private static final Pattern SHA256 = Pattern.compile("(?i)[0-9a-f]{64}");

    private final PropertyReader properties;

    PanelConfigReader(PropertyReader properties) {
        this.properties = properties;
    }

    PanelConfig read() {
        return new PanelConfig(
                properties.url("console-token-introspection-url", List.of("https")),
                panelKey(),
                properties.seconds("console-ticket-lifetime", 60, 10, 3600),
                properties.choice("console-page", LoginPage.CONSOLE),
                properties.url("console-public-url", WEB).map(PanelConfigReader::endingInSlash),
                properties.url("console-return-url", WEB),
                operatorKey(),
                location(),
                recordingPath(),
                keys(),
                new PanelConfig.Limits(
                        properties.number("console-max-sessions", 1000, 1, 100_000),
                        properties.number("console-max-sessions-per-customer", 10, 1, 100_000),
                        properties.number("console-max-logins-per-minute", 30, 1, 100_000)));
    }

    /** What a header takes. What it does not take would be quoted, key and all, in an exception for every call. */
    private Secret panelKey() {
        String value = properties.text("console-panel-key", "");
        if (!HEADER.matcher(value).matches()) {
            properties.problem("console-panel-key: a line break, a control character or one beyond ASCII is in it, which no header"
                    + " can carry; write the key alone, in one line");
            return Secret.NONE;
        }
        return Secret.of(value);
    }

    private static URI endingInSlash(URI url) {
        return url.getPath().endsWith("/") ? url : URI.create(url + "/");
    }

    /** What was found may be the key itself, so it is not shown. */
    private Optional<String> operatorKey() {
        String value = properties.text("console-operator-key", "");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!SHA256.matcher(value).matches()) {
            properties.problem("console-operator-key: not the SHA-256 of a key in hex, 64 digits (make a key and its hash with:"
                    + " java -jar <this jar> keygen --operator)");
        }
        return Optional.of(value.toLowerCase(Locale.ROOT));
    }

    private String location() {
        String value = properties.text("console-location", "");
        if (!LOCATION.matcher(value).matches()) {
            properties.problem("console-location: found \"" + PropertyReader.shown(value)
                    + "\", write up to 32 letters, digits, - and _");
        }
        return value;
    }

    private List<KeyChord> keys() {
        List<KeyChord> keys = new ArrayList<>();
        String value = properties.text("console-keys", "");
        for (String chord : value.isEmpty() ? new String[0] : value.split("\\s*,\\s*", -1)) {
            KeyChord.parse(chord).ifPresentOrElse(keys::add, () -> properties.problem("console-keys: found \""
                    + PropertyReader.shown(chord) + "\", write key combinations such as Ctrl-Alt-Backspace, Alt-F2, of single"
                    + " characters and " + KeyChord.knownNames()));
        }
        return keys;
    }

    private Optional<Path> recordingPath() {
        String value = properties.text("console-recording-path", "");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!value.startsWith("/")) {
            properties.problem("console-recording-path: found \"" + PropertyReader.shown(value)
                    + "\", write an absolute path of the machine guacd runs on");
        }
        return Optional.of(properties.path("console-recording-path", value));
    }
}
