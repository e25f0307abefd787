package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.parts.Guacd;

/** A real guacd. */
class GuacdProbeIT {

    @TempDir
    private static Path folder;

    private static Guacd guacd;

    @BeforeAll
    static void start() throws IOException {
        guacd = Guacd.start(folder.resolve("guacd.log"));
    }

    @AfterAll
    static void stop() {
        guacd.close();
    }

    private static GuacdProbe probe() {
        return new GuacdProbe("127.0.0.1", guacd.port(), false, Duration.ofSeconds(5));
    }

    @Test
    void guacdIsAlive() {
        assertThatCode(() -> probe().requireLife()).doesNotThrowAnyException();
    }

    @Test
    void bothProtocolsOfOursAreThere() {
        assertThatCode(() -> probe().requireProtocol("vnc")).doesNotThrowAnyException();
        assertThatCode(() -> probe().requireProtocol("telnet")).doesNotThrowAnyException();
    }

    @Test
    void aProtocolThatIsNotInstalledIsMissed() {
        assertThatThrownBy(() -> new GuacdProbe("127.0.0.1", guacd.port(), false, Duration.ofSeconds(2)).requireProtocol("rdp"))
                .isInstanceOf(IOException.class).hasMessageContaining("answered nothing within 2 s when asked for rdp: install libguac-client-rdp");
    }
}
