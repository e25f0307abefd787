package org.serverconsole.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what kiosks are told. */
final class KioskConfigReader {

    private static final Pattern USER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}\\$?");

    private final PropertyReader properties;

    KioskConfigReader(PropertyReader properties) {
        this.properties = properties;
    }

    KioskConfig read() {
        return new KioskConfig(
                user(),
                !yes("console-kiosk-no-sandbox"),
                properties.number("console-kiosk-limit", KioskConfig.DEFAULT.most(), 1, 1000),
                properties.number("console-kiosk-warm", KioskConfig.DEFAULT.warm(), 0, 100),
                properties.number("console-kiosk-memory", KioskConfig.DEFAULT.memoryMegabytes(), 512, 1 << 16));
    }

    private Optional<String> user() {
        String value = properties.text("console-kiosk-user", "");
        if (!value.isEmpty() && !USER.matcher(value).matches()) {
            properties.problem("console-kiosk-user: found \"" + PropertyReader.shown(value) + "\", write the name of a user");
            return Optional.empty();
        }
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    private boolean yes(String name) {
        String value = properties.text(name, "false");
        if (!List.of("true", "false").contains(value)) {
            properties.problem(name + ": found \"" + PropertyReader.shown(value) + "\", write true or false");
        }
        return value.equals("true");
    }
}
