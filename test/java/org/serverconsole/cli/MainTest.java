package org.serverconsole.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    /** A command as a document has it, up to the end of its line or of the code. */
    private static final Pattern WRITTEN = Pattern.compile("java -jar \\S+ (link|pin|keygen|check|audit)([^`\n]*)");
    private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

    @Test
    void withoutACommandItSaysWhichThereAre() {
        assertThat(CommandLineRun.of()).isEqualTo(new CommandLineRun(2, "", "write one of link, pin, keygen, check, audit, or --help\n"));
    }

    @Test
    void ofAnUnknownCommandItSaysWhichThereAre() {
        assertThat(CommandLineRun.of("lnk"))
                .isEqualTo(new CommandLineRun(2, "", "write one of link, pin, keygen, check, audit, or --help\n"));
    }

    @Test
    void anUnknownOptionIsNamedWithoutItsValue() {
        assertThat(CommandLineRun.of("keygen", "--key=hunter2"))
                .isEqualTo(new CommandLineRun(2, "", "keygen: there is no option --key; see keygen --help\n"));
    }

    @Test
    void helpNamesEveryCommand() {
        CommandLineRun run = CommandLineRun.of("--help");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("  link ", "  pin ", "  keygen ", "  check ", "  audit ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "pin", "keygen", "check", "audit"})
    void everyCommandHasHelpThatFitsATerminal(String command) {
        CommandLineRun run = CommandLineRun.of(command, "--help");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: java -jar guacamole-auth-console.jar " + command);
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/operations.md"})
    void theDocumentsNameOnlyOptionsThatThereAre(String document) throws IOException {
        List<MatchResult> lines = WRITTEN.matcher(Files.readString(Path.of(document))).results().toList();

        assertThat(lines).isNotEmpty().allSatisfy(line -> {
            String help = CommandLineRun.of(line.group(1), "--help").out();
            assertThat(OPTION.matcher(line.group(2)).results().map(MatchResult::group)).allSatisfy(
                    option -> assertThat(help).contains(option));
        });
    }

    @Test
    void anArgumentThatNamesAFileIsNotReplacedByItsContent() {
        assertThat(CommandLineRun.of("@/etc/hostname").code()).isEqualTo(2);
    }

    @Test
    void whatCannotBePrintedIsNotASuccess() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        Shell shell = new Shell(InputStream.nullInputStream(), new PrintStream(full, true), new PrintStream(OutputStream.nullOutputStream()),
                Map.of(), Optional.empty(), Clock.systemUTC(), new SecureRandom());

        assertThat(Main.run(shell, "keygen")).isEqualTo(1);
    }
}
