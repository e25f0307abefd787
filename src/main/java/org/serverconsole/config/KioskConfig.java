package org.serverconsole.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * How browsers are run for the consoles of BMCs that have nothing but a web page.
 *
 * @param user {@code console-kiosk-user}: whom they run as where Guacamole runs as root, or empty
 * @param sandbox not {@code console-kiosk-no-sandbox}: whether Chromium's sandbox is on
 * @param most {@code console-kiosk-limit}: how many there may be at once, those kept ready not counted
 * @param warm {@code console-kiosk-warm}: how many are kept ready, once the first was needed
 * @param memoryMegabytes {@code console-kiosk-memory}: what each of a kiosk's processes may take
 */
public record KioskConfig(Optional<String> user, boolean sandbox, int most, int warm, int memoryMegabytes) {

    /** What holds where nothing is set. */
    public static final KioskConfig DEFAULT = new KioskConfig(Optional.empty(), true, 10, 1, 2048);

    /**
     * These alone, for those who look at settings of which others may be wrong.
     *
     * @return empty where one of them is wrong
     */
    public static Optional<KioskConfig> read(Function<String, String> properties, Path home) {
        PropertyReader reader = new PropertyReader(properties, home);
        KioskConfig config = new KioskConfigReader(reader).read();
        return reader.problems().isEmpty() ? Optional.of(config) : Optional.empty();
    }
}
