package org.serverconsole.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * guacamole.properties as Guacamole 1.6 reads it: the file, and where that says {@code enable-environment-properties: true},
 * for what is not in it, variables such as {@code CONSOLE_TOKEN_KEY} and {@code CONSOLE_TOKEN_KEY_FILE}.
 */
record GuacamoleProperties(Path file, Path home, Properties values, Map<String, String> environment) {

    private static final String FROM_ENVIRONMENT = "enable-environment-properties";

    /**
     * @param home GUACAMOLE_HOME
     */
    static GuacamoleProperties read(Path file, Path home, Map<String, String> environment) throws CommandException {
        Properties values = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            values.load(in);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be read (" + e.getClass().getSimpleName()
                    + "); write --home with Guacamole's own folder, and run this as the user that Guacamole runs as", e);
        } catch (IllegalArgumentException e) {
            throw new CommandException(file + " has a \\u without four hex digits; write two backslashes for one", e);
        }
        return new GuacamoleProperties(file, home, values, environment);
    }

    /** The value, or null where it is not set, as {@link org.serverconsole.config.ConsoleConfig#read} asks for it. */
    String get(String name) {
        return find(name).orElse(null);
    }

    Optional<String> find(String name) {
        String value = values.getProperty(name);
        return value != null ? Optional.of(value) : variable(name);
    }

    Set<String> names() {
        return values.stringPropertyNames();
    }

    private Optional<String> variable(String name) {
        if (!"true".equals(values.getProperty(FROM_ENVIRONMENT))) {
            return Optional.empty();
        }
        String variable = name.replace('-', '_').toUpperCase(Locale.ROOT);
        return Optional.ofNullable(environment.get(variable))
                .or(() -> Optional.ofNullable(environment.get(variable + "_FILE")).flatMap(GuacamoleProperties::content));
    }

    private static Optional<String> content(String name) {
        try {
            return Optional.of(Files.readString(Path.of(name)));
        } catch (IOException e) {
            // To Guacamole, too, it is not set then, and whoever needs it says so.
            return Optional.empty();
        }
    }
}
