package org.serverconsole.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Every setting of the extension, read once and valid.
 *
 * @param tokenKeys {@code console-token-key}: HMAC keys shared with the panel, base64, at least 32 bytes each; empty where
 *     only public keys are used, two while one replaces the other
 * @param tokenJwks {@code console-token-jwks}: file or https URL of the panel's public keys, or empty
 * @param servers {@code console-servers}: the absolute path of the inventory file, or an https URL in which {@code {id}}
 *     stands for the server's ID
 * @param pin {@code console-pin}
 * @param pinAttempts {@code console-pin-attempts}: wrong PINs until a lock
 * @param pinLockout {@code console-pin-lockout}: how long the first lock lasts
 * @param sessionDuration {@code console-session-duration}: how long a console session lasts
 * @param sessionLimit {@code console-session-limit}: how far extensions may reach, counted from the start
 * @param journal {@code console-journal}: JDBC URL
 * @param relayAddress {@code console-relay-address}: the relay's address as guacd reaches it
 * @param caFile {@code console-ca-file}: PEM of the authorities that signed the engines' and BMCs' certificates, or empty
 * @param panel what panels and operators use
 * @param kiosk what browsers for BMCs are told
 * @param broker {@code console-broker...}: how other locations are reached, or empty where they are not
 */
public record ConsoleConfig(
        List<Secret> tokenKeys,
        String tokenJwks,
        String servers,
        PinPolicy pin,
        int pinAttempts,
        Duration pinLockout,
        Duration sessionDuration,
        Duration sessionLimit,
        String journal,
        String relayAddress,
        Optional<Path> caFile,
        PanelConfig panel,
        KioskConfig kiosk,
        Optional<BrokerConfig> broker) {

    public ConsoleConfig {
        tokenKeys = List.copyOf(tokenKeys);
    }

    /**
     * Reads and validates all properties.
     *
     * @param properties from a property's name to its value, or null where it is not set
     * @param home GUACAMOLE_HOME, against which relative paths are resolved
     * @throws ConfigException naming each property that is missing or wrong, all of them at once
     */
    public static ConsoleConfig read(Function<String, String> properties, Path home) throws ConfigException {
        return new ConfigReader(properties, home).read();
    }
}
