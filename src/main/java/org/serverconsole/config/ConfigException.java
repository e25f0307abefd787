package org.serverconsole.config;

/**
 * A setting or an inventory entry that cannot be used. The message is for the operator: it names the property or the
 * line, says what was found and what to write instead, and contains no secret.
 */
public class ConfigException extends Exception {

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
