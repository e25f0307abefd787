package org.serverconsole.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.Secret;

/** Passwords that stand in files of their own are replaced there, and the inventory's file is not touched for it. */
class PasswordFilesTest {

    @TempDir
    private Path folder;

    @Test
    void aPasswordThatIsReplacedInItsFileIsReadAnewAndWhileThatFileIsGoneTheOldOneStays() throws Exception {
        Path password = Files.writeString(folder.resolve("bmc-password"), "tr0ub4dor");
        Path file = Files.writeString(folder.resolve("servers.json"),
                "{\"servers\": {\"1\": {\"type\": \"vnc\", \"password\": {\"file\": \"bmc-password\"}}}}");
        try (CapturedLog log = new CapturedLog()) {
            Inventory inventory = Inventory.file(file, server -> Optional.empty(), Map.of());

            Files.delete(password);
            await().untilAsserted(() -> {
                assertThat(inventory.find("1")).map(Server::password).contains(Secret.of("tr0ub4dor"));
                assertThat(log.lines(Level.ERROR)).singleElement().asString().contains("the password file cannot be read");
            });
            Files.writeString(password, "c0rrect horse");

            await().until(() -> inventory.find("1").orElseThrow().password().equals(Secret.of("c0rrect horse")));
            assertThat(log.lines(Level.ERROR)).hasSize(1);
        }
    }
}
