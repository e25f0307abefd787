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

    /** The bytes 0 to 31; their hash is sha256sum's. */
    @Test
    void anOperatorsKeyComesWithItsHash() {
        assertThat(CommandLineRun.of("keygen", "--operator")).isEqualTo(new CommandLineRun(0, """
                AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8
                ea866a757e4c38babfa8127cbe9a409d3e1f93a00ff1488ff735fcf917afffd0
                """, ""));
    }

    @Test
    void theExtensionTakesAnOperatorsHashAsItIsPrinted(@TempDir Path home) throws Exception {
        Map<String, String> properties = Map.of(
                "console-token-key", CommandLineRun.of("keygen").out(),
                "console-operator-key", CommandLineRun.of("keygen", "--operator").out().lines().toList().get(1));

        assertThat(ConsoleConfig.read(properties::get, home).panel().operatorKey()).isPresent();
    }
}
