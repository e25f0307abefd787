package org.serverconsole.endtoend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.serverconsole.host.GuacamoleProcess;

/** What the extension runs in. */
enum Host {
    /** The mini host of these tests, which is always there. */
    MINI,
    /** Guacamole's real web application, where this machine has it. */
    WAR;

    /** The web application to start; the test that asks is skipped where it is not on this machine. */
    Optional<Path> war() {
        if (this == MINI) {
            return Optional.empty();
        }
        Optional<Path> war = GuacamoleProcess.installedWar();
        assumeTrue(war.isPresent(), "no Guacamole web application: neither GUACAMOLE_WAR nor ~/.cache/guacamole/guacamole-1.6.0.war");
        return war;
    }
}
