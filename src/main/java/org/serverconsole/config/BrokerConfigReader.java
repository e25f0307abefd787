package org.serverconsole.config;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads how other locations are reached. */
final class BrokerConfigReader {

    private static final String URL = "console-broker";
    private static final String PASSWORD = "console-broker-password";
    private static final String PASSWORD_FILE = "console-broker-password-file";
    private static final String KEY = "console-broker-key";
    private static final String FORM = "amqps://<user>@<host>[:<port>][/<virtual host>]";

    /** AMQP's ports as IANA has them. */
    private static final int AMQP_PORT = 5672;
    private static final int AMQPS_PORT = 5671;

    private static final Pattern LOOPBACK = Pattern.compile("(?i)localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

    private final PropertyReader properties;

    BrokerConfigReader(PropertyReader properties) {
        this.properties = properties;
    }

    Optional<BrokerConfig> read() {
        if (properties.isUnset(URL)) {
            List.of(PASSWORD, PASSWORD_FILE, KEY).stream().filter(name -> !properties.isUnset(name)).forEach(name ->
                    properties.problem(name + ": is set, but " + URL + " is not; write " + FORM + " there, or take this out"));
            return Optional.empty();
        }
        needed("console-location", "the name of this node's location, such as NL");
        needed("console-public-url", "this Guacamole's URL as customers reach it, which other locations are given");
        List<Secret> keys = keys();
        Secret password = password();
        return url().map(url -> new BrokerConfig(
                url.getHost().replaceAll("[\\[\\]]", ""),
                url.getPort() >= 0 ? url.getPort() : isTls(url) ? AMQPS_PORT : AMQP_PORT,
                isTls(url), virtualHost(url), url.getUserInfo(), password, keys));
    }

    private void needed(String name, String what) {
        if (properties.isUnset(name)) {
            properties.problem(name + ": is needed where " + URL + " is set; write " + what);
        }
    }

    private List<Secret> keys() {
        needed(KEY, "the key that all locations share (make one with: java -jar <this jar> keygen)");
        List<Secret> keys = properties.keys(KEY);
        List<String> panels = List.of(properties.text("console-token-key", "").split("\\s*,\\s*"));
        if (keys.stream().anyMatch(key -> panels.contains(key.reveal()))) {
            properties.problem(KEY + ": is a key of console-token-key, which the panel has too; make another one with:"
                    + " java -jar <this jar> keygen");
        }
        return keys;
    }

    private Secret password() {
        if (properties.isUnset(PASSWORD) == properties.isUnset(PASSWORD_FILE)) {
            properties.problem((properties.isUnset(PASSWORD) ? "neither " + PASSWORD + " nor " : "both " + PASSWORD + " and ")
                    + PASSWORD_FILE + " is set: set one of them");
            return Secret.NONE;
        }
        if (!properties.isUnset(PASSWORD)) {
            return Secret.of(properties.text(PASSWORD, ""));
        }
        try {
            String text = Files.readString(properties.readable(PASSWORD_FILE, properties.text(PASSWORD_FILE, ""))).strip();
            if (text.isEmpty()) {
                properties.problem(PASSWORD_FILE + ": the file is empty; write the password into it");
            }
            return Secret.of(text);
        } catch (IOException e) {
            // That it cannot be read has been told.
            return Secret.NONE;
        }
    }

    private static boolean isTls(URI url) {
        return url.getScheme().equalsIgnoreCase("amqps");
    }

    /** What was found may hold a password, so it is not shown. */
    private Optional<URI> url() {
        try {
            URI url = new URI(properties.text(URL, ""));
            if (!isBroker(url)) {
                properties.problem(URL + ": not a URL of the form " + FORM + ", without a password: that belongs into " + PASSWORD
                        + " or " + PASSWORD_FILE);
            } else if (!isTls(url) && !LOOPBACK.matcher(url.getHost()).matches()) {
                properties.problem(URL + ": amqp:// is for this machine alone, since everybody on the way could read the login"
                        + " URLs; write amqps://");
            } else {
                return Optional.of(url);
            }
        } catch (URISyntaxException e) {
            properties.problem(URL + ": not a URL of the form " + FORM);
        }
        return Optional.empty();
    }

    private static boolean isBroker(URI url) {
        return url.getScheme() != null && url.getScheme().toLowerCase(Locale.ROOT).matches("amqps?") && url.getHost() != null
                && url.getUserInfo() != null && !url.getUserInfo().isEmpty() && !url.getUserInfo().contains(":")
                && url.getRawQuery() == null && url.getRawFragment() == null && url.getPath().lastIndexOf('/') <= 0;
    }

    private static String virtualHost(URI url) {
        String path = url.getPath();
        return path.length() <= 1 ? "/" : path.substring(1);
    }
}
