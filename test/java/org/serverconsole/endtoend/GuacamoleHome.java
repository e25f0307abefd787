package org.serverconsole.endtoend;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.parts.FreePort;

/** A GUACAMOLE_HOME with the extension in it, as an operator sets it up. */
final class GuacamoleHome {

    /** Low, so that tests are quick; what it costs is not tested here. */
    private static final int BCRYPT_COST = 6;

    /** Half of the processor time of one that only lives for a test goes into compiling what it will not run for long. */
    private static final String[] SHORT_LIVED = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"};

    private static final String LOGBACK = """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{30} %msg%n</pattern></encoder>
              </appender>
              <root level="LEVEL"><appender-ref ref="out"/></root>
            </configuration>
            """;

    private final Path folder;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> servers = new TreeMap<>();

    GuacamoleHome(Path folder) throws IOException {
        this.folder = folder;
        Path extensions = Files.createDirectories(folder.resolve("extensions"));
        Path jar = Path.of(System.getProperty("extension.jar", "target/guacamole-auth-console-1.0.0.jar"));
        Files.copy(jar, extensions.resolve("guacamole-auth-console.jar"));
        // All tests come from one address, and more often than customers do.
        properties.put("console-max-logins-per-minute", "100000");
        properties.put("console-max-sessions-per-customer", "100000");
        logAt("TRACE");
    }

    Path folder() {
        return folder;
    }

    void logAt(String level) throws IOException {
        Files.writeString(folder.resolve("logback.xml"), LOGBACK.replace("LEVEL", level));
    }

    GuacamoleHome property(String name, String value) {
        properties.put(name, value);
        return this;
    }

    /** Adds a server, or replaces it; a running Guacamole takes it up. */
    void server(String id, String pin, Map<String, Object> options) throws IOException {
        Map<String, Object> server = new TreeMap<>(options);
        server.put("pin", BCrypt.with(BCrypt.Version.VERSION_2B).hashToString(BCRYPT_COST, pin.toCharArray()));
        servers.put(id, server);
        Path written = Files.createTempFile(folder, "servers", ".json",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        new ObjectMapper().writeValue(written.toFile(), Map.of("servers", servers));
        Files.move(written, folder.resolve("servers.json"), StandardCopyOption.ATOMIC_MOVE);
    }

    GuacamoleProcess start(Host host) throws IOException {
        Files.writeString(folder.resolve("guacamole.properties"), properties.entrySet().stream()
                .map(property -> property.getKey() + ": " + property.getValue() + "\n").collect(Collectors.joining()));
        return GuacamoleProcess.start(folder, host.war(), FreePort.find(), SHORT_LIVED);
    }
}
