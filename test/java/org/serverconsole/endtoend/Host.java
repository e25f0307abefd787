package org.serverconsole.endtoend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.host.StandInJar;

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

    /**
     * Puts extensions beside ours into a folder: those of Guacamole that many operators have, where this machine has them;
     * in the mini host one that admits ann.
     */
    void addOthers(Path extensions) throws IOException {
        if (this == MINI) {
            StandInJar.write(extensions.resolve("stand-in.jar"));
            return;
        }
        Path cache = Path.of(System.getenv("HOME"), ".cache/guacamole");
        for (String name : List.of("auth-ban", "auth-json")) {
            Path jar = cache.resolve("guacamole-" + name + "-1.6.0.jar");
            if (Files.isReadable(jar)) {
                Files.copy(jar, extensions.resolve(jar.getFileName()));
            }
        }
    }
}
