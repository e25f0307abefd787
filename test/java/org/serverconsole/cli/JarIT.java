package org.serverconsole.cli;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The built jar, alone on the class path. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JarIT {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Path JAR = Path.of(System.getProperty("extension.jar"));

    @TempDir
    Path folder;

    @Test
    void aKeyFromKeygenSignsALink() throws Exception {
        CommandLineRun keygen = run("", "keygen");
        Path key = Files.writeString(folder.resolve("console.key"), keygen.out());

        CommandLineRun link = run("", "link", "--server", "14494", "--customer", "c-17", "--key-file", key.toString(),
                "--url", "http://127.0.0.1:8080/guacamole/");

        assertThat(keygen.code()).isZero();
        assertThat(link.code()).isZero();
        assertThat(link.err()).isEmpty();
        assertThat(link.out()).hasLineCount(1)
                .startsWith("http://127.0.0.1:8080/guacamole/app/ext/console/open.html#username=14494&password=");
        assertThat(SignedJWT.parse(link.out().strip().replaceFirst(".*&password=", ""))
                .verify(new MACVerifier(Base64.getDecoder().decode(keygen.out().strip())))).isTrue();
    }

    @Test
    void aPinFromAPipeIsHashed() throws Exception {
        CommandLineRun pin = run("0042\n", "pin");

        assertThat(pin.code()).isZero();
        assertThat(pin.err()).isEmpty();
        assertThat(verifies("0042", pin.out().strip())).isTrue();
    }

    @Test
    void aPinTypedAtATerminalIsNotShown() throws Exception {
        Process process = atATerminal("pin");
        try (Reader screen = process.inputReader(StandardCharsets.UTF_8)) {
            String shown = answer(process, screen, "PIN: ", "0042\n")
                    + answer(process, screen, "The same PIN again: ", "0042\n")
                    + rest(screen);

            assertThat(process.waitFor()).isZero();
            assertThat(shown).doesNotContain("0042");
            assertThat(verifies("0042", shown.substring(shown.indexOf("$2b$")).strip())).isTrue();
        } finally {
            end(process);
        }
    }

    @Test
    void aPinIsNotAskedForWhereItWouldBeShown() throws Exception {
        Process process = atATerminal("pin > " + folder.resolve("hash"));
        try (Reader screen = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(rest(screen).strip()).startsWith("pin: standard output is not a terminal, so what you type would be seen");
            assertThat(process.waitFor()).isEqualTo(1);
        } finally {
            end(process);
        }
    }

    @Test
    void itsVersionIsTheOneInItsName() throws Exception {
        assertThat(run("", "--version"))
                .isEqualTo(new CommandLineRun(0, JAR.getFileName().toString()
                        .replace("guacamole-auth-console-", "guacamole-auth-console ").replace(".jar", "\n"), ""));
    }

    @Test
    void helpIsForEveryCommand() throws Exception {
        assertThat(run("", "--help").out()).contains("link", "pin", "keygen");
        assertThat(run("", "link", "--help").out()).contains("--server", "--customer", "--valid", "--key-file", "--url");
    }

    @Test
    void aMistakeIsToldInOneLine() throws Exception {
        CommandLineRun run = run("", "link", "--server", "14494");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).startsWith("link: Missing required options: '--customer=<id>'");
    }

    private CommandLineRun run(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new CommandLineRun(process.waitFor(), out, Files.readString(err));
        } finally {
            end(process);
        }
    }

    /** Under util-linux's script, which gives it a terminal of its own. */
    private static Process atATerminal(String arguments) throws IOException {
        return new ProcessBuilder("script", "--quiet", "--return", "--command", JAVA + " -jar " + JAR + " " + arguments, "/dev/null")
                .redirectErrorStream(true).start();
    }

    /** Waits for the prompt, since what is typed before is shown by the terminal itself. */
    private static String answer(Process process, Reader screen, String prompt, String line) throws IOException {
        StringBuilder shown = new StringBuilder();
        while (shown.indexOf(prompt) < 0) {
            int next = screen.read();
            assertThat(next).as("the prompt \"%s\" after: %s", prompt, shown).isNotNegative();
            shown.append((char) next);
        }
        process.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return shown.toString();
    }

    private static String rest(Reader screen) throws IOException {
        StringBuilder shown = new StringBuilder();
        for (int next = screen.read(); next >= 0; next = screen.read()) {
            shown.append((char) next);
        }
        return shown.toString();
    }

    private static boolean verifies(String pin, String hash) {
        return BCrypt.verifyer(BCrypt.Version.VERSION_2B).verifyStrict(pin.toCharArray(), hash.toCharArray()).verified;
    }

    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
}
