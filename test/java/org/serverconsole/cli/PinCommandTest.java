package org.serverconsole.cli;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinCommandTest {

    @Test
    void theHashIsOfThePinWithItsLeadingZeros() {
        CommandLineRun run = CommandLineRun.reading("0042\n", "pin");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).matches("\\$2b\\$12\\$[./A-Za-z0-9]{53}\n");
        assertThat(verifies("0042", run)).isTrue();
        assertThat(verifies("42", run)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0042", "0042\n", "0042\r\n"})
    void theEndOfTheLineIsNotPartOfThePin(String input) {
        assertThat(verifies("0042", CommandLineRun.reading(input, "pin"))).isTrue();
    }

    @Test
    void aPinMayHaveUpTo72Bytes() {
        String longest = "é".repeat(35) + "42";

        CommandLineRun run = CommandLineRun.reading(longest, "pin");

        assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(72);
        assertThat(verifies(longest, run)).isTrue();
        assertThat(verifies(longest.substring(0, 36) + "3", run)).isFalse();
    }

    @Test
    void aPinOf73BytesIsRefusedForBcryptWouldNotLookAtItsEnd() {
        assertThat(CommandLineRun.reading("é".repeat(36) + "1\n", "pin")).isEqualTo(new CommandLineRun(1, "",
                "pin: the PIN is too long; write one of 1 to 72 bytes (as UTF-8)\n"));
    }

    @Test
    void aWrongFileIsNotReadToItsEnd() {
        assertThat(CommandLineRun.reading("x".repeat(1_000_000), "pin").err()).startsWith("pin: the PIN is too long;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n"})
    void anEmptyPinIsRefused(String input) {
        assertThat(CommandLineRun.reading(input, "pin")).isEqualTo(new CommandLineRun(1, "",
                "pin: the PIN is empty; write one of 1 to 72 bytes\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0042 \r\n", " 0042", "\u20030042\n"})
    void aBlankAroundThePinIsRefusedForNobodyWouldTypeIt(String input) {
        assertThat(CommandLineRun.reading(input, "pin")).isEqualTo(new CommandLineRun(1, "",
                "pin: the PIN begins or ends with a blank, which no customer would type; write it without\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0042\n0043\n", "0042\n\n", "00\u000742"})
    void moreThanOneLineIsRefused(String input) {
        assertThat(CommandLineRun.reading(input, "pin")).isEqualTo(new CommandLineRun(1, "",
                "pin: a line break or another control character is in the PIN; write the PIN alone, in one line\n"));
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        assertThat(CommandLineRun.reading("caf\u00e9".getBytes(StandardCharsets.ISO_8859_1), "pin"))
                .isEqualTo(new CommandLineRun(1, "", "pin: standard input is not UTF-8; write the PIN alone to it\n"));
    }

    @Test
    void atATerminalThePinIsTypedTwice() {
        assertThat(verifies("0042", CommandLineRun.typing(List.of("0042", "0042"), "pin"))).isTrue();
    }

    @Test
    void atATerminalTwoDifferentPinsAreRefused() {
        assertThat(CommandLineRun.typing(List.of("0042", "0043"), "pin")).isEqualTo(new CommandLineRun(1, "",
                "pin: the two PINs differ; start again and type the same one twice\n"));
    }

    @Test
    void atATerminalAPinThatCannotBeIsRefusedBeforeItIsAskedForAgain() {
        assertThat(CommandLineRun.typing(List.of("", "0042"), "pin").err()).startsWith("pin: the PIN is empty;");
    }

    @Test
    void aPinAmongTheArgumentsIsRefusedAndNotRepeated() {
        assertThat(CommandLineRun.of("pin", "0042")).isEqualTo(new CommandLineRun(2, "",
                "pin: takes options only, and no secret among its arguments; see pin --help\n"));
    }

    private static boolean verifies(String pin, CommandLineRun run) {
        return BCrypt.verifyer(BCrypt.Version.VERSION_2B)
                .verifyStrict(pin.toCharArray(), run.out().strip().toCharArray()).verified;
    }
}
