package org.serverconsole.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Sets up a GUACAMOLE_HOME as an operator does. */
final class DemoHome {

    private static final String LOG = """
            <configuration>
              <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n</pattern></encoder>
              </appender>
              <root level="INFO"><appender-ref ref="console"/></root>
            </configuration>
            """;

    private DemoHome() { }

    /** @param servers the entries of the inventory by the server's ID */
    static Path write(Path home, Path jar, Map<String, String> properties, Map<String, Object> servers) throws IOException {
        Files.createDirectory(home);
        Files.copy(jar, Files.createDirectory(home.resolve("extensions")).resolve(jar.getFileName()));
        Files.writeString(home.resolve("logback.xml"), LOG);
        Files.writeString(home.resolve("guacamole.properties"), properties.entrySet().stream()
                .map(property -> property.getKey() + ": " + property.getValue() + "\n").collect(Collectors.joining()));
        new ObjectMapper().writeValue(home.resolve("servers.json").toFile(), Map.of("servers", servers));
        return home;
    }

    /** For {@code console-ca-file}: all of these in one file, where there are any. */
    static Optional<Path> authorities(Path folder, List<Path> pems) throws IOException {
        if (pems.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder all = new StringBuilder();
        for (Path pem : pems) {
            all.append(Files.readString(pem));
        }
        return Optional.of(Files.writeString(folder.resolve("authorities.pem"), all));
    }
}
