package org.serverconsole.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say where Guacamole's settings are. */
final class Home {

    private static final String PROPERTIES = "guacamole.properties";

    @Option(names = "--home", paramLabel = "<folder>",
            description = "Guacamole's own folder. Without it: GUACAMOLE_HOME, ~/.guacamole or /etc/guacamole, whichever there is.")
    private Path home;

    @Option(names = "--properties", paramLabel = "<file>",
            description = "guacamole.properties, where it is not in that folder.")
    private Path properties;

    GuacamoleProperties read(Map<String, String> environment) throws CommandException {
        Path folder = Optional.ofNullable(home)
                .or(() -> Optional.ofNullable(properties).map(file -> file.toAbsolutePath().getParent()))
                .orElseGet(() -> usual(environment)).toAbsolutePath();
        Path file = Optional.ofNullable(properties).orElse(folder.resolve(PROPERTIES));
        return GuacamoleProperties.read(file, folder, environment);
    }

    private static Path usual(Map<String, String> environment) {
        Path own = Path.of(System.getProperty("user.home"), ".guacamole");
        return Optional.ofNullable(environment.get("GUACAMOLE_HOME")).map(Path::of)
                .orElseGet(() -> Files.isDirectory(own) ? own : Path.of("/etc/guacamole"));
    }
}
