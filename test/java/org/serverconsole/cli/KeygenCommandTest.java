package org.serverconsole.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.ConsoleConfig;

class KeygenCommandTest {

    @Test
    void aKeyIs32BytesOfTheRandomSource() {
        CommandLineRun run = CommandLineRun.of("keygen");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).endsWith("=\n").hasLineCount(1);
        assertThat(Base64.getDecoder().decode(run.out().strip())).hasSize(32)
                .startsWith(0, 1, 2, 3).endsWith(28, 29, 30, 31);
    }

    @Test
    void theExtensionTakesTheKeyAsItIsPrinted(@TempDir Path home) throws Exception {
        Map<String, String> properties = Map.of("console-token-key", CommandLineRun.of("keygen").out());

        assertThat(ConsoleConfig.read(properties::get, home).tokenKeys()).hasSize(1);
    }
}
