package org.serverconsole.config;

import java.util.List;

/**
 * A setting or an inventory entry that cannot be used. The message is for the operator: it names the property or the
 * line, says what was found and what to write instead, and contains no secret.
 */
public class ConfigException extends Exception {

    private final List<String> problems;

    public ConfigException(String message) {
        super(message);
        problems = List.of(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
        problems = List.of(message);
    }

    /**
     * @param message all of them, or as many as can be read at once
     */
    public ConfigException(String message, List<String> problems) {
        super(message);
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong, each in one line. */
    public List<String> problems() {
        return problems;
    }
}
