package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.serverconsole.host.GuacamoleProcess;

/** What an operator reads who has set something up wrongly; Guacamole itself starts all the same. */
@Timeout(120)
class SettingsIT {

    private static final String KEY = "console-token-key";
    private static final String SHORT_KEY = Base64.getEncoder().encodeToString("sixteen bytes ok".getBytes());

    @TempDir
    private Path folder;

    /** Something that is wrong: a property or a file, and what the log must say of it. */
    private enum Wrong {
        NO_KEY("neither console-token-key nor console-token-jwks") {
            @Override
            void make(GuacamoleHome home) {
                home.property(KEY, "");
            }
        },
        SHORT_KEY_("console-token-key: a key is 16 bytes long, but at least 32 are needed") {
            @Override
            void make(GuacamoleHome home) {
                home.property(KEY, SHORT_KEY);
            }
        },
        BAD_DURATION("console-session-duration: found \"two hours\"") {
            @Override
            void make(GuacamoleHome home) {
                home.property("console-session-duration", "two hours");
            }
        },
        NO_INVENTORY("console-servers") {
            @Override
            void make(GuacamoleHome home) throws IOException {
                Files.delete(home.folder().resolve("servers.json"));
            }
        },
        BROKEN_INVENTORY("servers.json line 3: ") {
            @Override
            void make(GuacamoleHome home) throws IOException {
                Files.writeString(home.folder().resolve("servers.json"), "{\n\"servers\": {\n\"1\" {\n}}}");
            }
        },
        UNKNOWN_TYPE("type \"vmc\" is not known, write one of ") {
            @Override
            void make(GuacamoleHome home) throws IOException {
                home.server("1", "1234", Map.of("type", "vmc", "ip", "127.0.0.1"));
            }
        };

        private final String said;

        Wrong(String said) {
            this.said = said;
        }

        abstract void make(GuacamoleHome home) throws IOException;
    }

    /** All in the mini host; in Guacamole itself those that fail in different places. */
    static Stream<Arguments> everyWrong() {
        return Stream.concat(
                Stream.of(Wrong.values()).map(wrong -> Arguments.of(wrong, Host.MINI)),
                Stream.of(Wrong.NO_KEY, Wrong.UNKNOWN_TYPE).map(wrong -> Arguments.of(wrong, Host.WAR)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWrong")
    void theLogNamesWhatIsWrongAndGuacamoleStarts(Wrong wrong, Host host) throws Exception {
        String key = House.newKey();
        GuacamoleHome home = new GuacamoleHome(folder).property(KEY, key);
        home.server("1", "1234", Map.of("type", "vnc", "ip", "127.0.0.1", "password", "s3cret.!"));
        wrong.make(home);

        try (GuacamoleProcess guacamole = home.start(host)) {
            assertThat(guacamole.log()).contains(wrong.said).doesNotContain(key, SHORT_KEY, "s3cret.!");
            HttpURLConnection login = (HttpURLConnection) guacamole.url().resolve("api/tokens").toURL().openConnection();
            login.setDoOutput(true);
            login.getOutputStream().write("username=ann&password=right".getBytes());
            assertThat(login.getResponseCode()).isEqualTo(403);
        }
    }
}
