package org.serverconsole.cli;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeGuacd;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;

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
        assertThat(run("", "--help").out()).contains("link", "pin", "keygen", "check", "audit");
        assertThat(run("", "link", "--help").out()).contains("--server", "--customer", "--valid", "--key-file", "--url");
    }

    /** A logger in the root would take Guacamole's away from the extension. */
    @Test
    void theOnlyLoggerIsTheCommandLinesInAFolderOfItsOwn() throws Exception {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            List<String> names = jar.stream().map(JarEntry::getName).toList();

            assertThat(names).contains("command-line/org/slf4j/Logger.class");
            assertThat(names).noneMatch(name -> name.startsWith("org/slf4j/") || name.startsWith("ch/qos/logback/")
                    || name.startsWith("META-INF/services/org.slf4j") || name.endsWith(".jar"));
        }
    }

    @Test
    void theAuditIsReadFromTheJournalOfAGuacamoleThatIsNotRunning() throws Exception {
        settings("");
        try (Journal journal = Journal.open("jdbc:h2:file:" + folder.resolve("console-journal"))) {
            journal.audit(List.of(AuditEvent.at(Instant.parse("2026-03-01T03:00:00Z"), "login", "OK").server("14494")));
        }

        assertThat(run("", "audit", "--home", folder.toString())).isEqualTo(new CommandLineRun(0,
                "{\"at\":\"2026-03-01T03:00:00Z\",\"action\":\"login\",\"outcome\":\"OK\",\"server\":\"14494\"}\n", ""));
    }

    @Test
    void theJournalOfARunningGuacamoleIsNotDisturbed() throws Exception {
        settings("");
        try (Journal running = Journal.open("jdbc:h2:file:" + folder.resolve("console-journal"))) {
            assertThat(run("", "audit", "--home", folder.toString())).isEqualTo(new CommandLineRun(1, "", "audit: console-journal is"
                    + " in use, as by a Guacamole that is running: ask that one, with --url <its URL> --key-file <file with the"
                    + " operator's key>\n"));
            assertThat(run("", "check", "--home", folder.toString()).out())
                    .contains("console-journal is in use, as by a Guacamole that is running");
            assertThat(running.openLeases()).isEmpty();
        }
    }

    @Test
    void checkReachesGuacdAndEveryManagementSystem() throws Exception {
        try (FakeGuacd guacd = new FakeGuacd();
                FakeEngine engine = FakeEngine.start(folder);
                ScriptedRfbServer console = ScriptedRfbServer.playing(ScriptedRfbServer.console("s3cret!!"))) {
            engine.addVm("c0ffee00-0000-4000-8000-000000014494", "web", InetSocketAddress.createUnresolved("10.0.0.5", 5901),
                    (value, expiry) -> { });
            settings("guacd-port: " + guacd.port() + "\nconsole-ca-file: " + engine.caFile());
            servers("""
                    {"servers": {
                      "14494": {"type": "ovirt", "url": "%s", "username": "console@internal", "password": "%s", "plug": "web"},
                      "20110": {"type": "vnc", "ip": "127.0.0.1", "ipport": %d, "password": "s3cret!!"}}}
                    """.formatted(engine.url(), engine.password(), console.port()));

            CommandLineRun run = run("", "check", "--home", folder.toString(), "--reach");

            assertThat(run.out()).contains("ok       guacd: localhost:" + guacd.port() + " shows vnc",
                    "ok       14494 login: console@internal", "ok       14494 console: VM c0ffee00-0000-4000-8000-000000014494",
                    "ok       20110 console: 127.0.0.1:" + console.port() + " lets us in with the password",
                    "0 faults, 1 warnings");
            assertThat(run.err()).isEmpty();
            assertThat(run.code()).isZero();
        }
    }

    @Test
    void whatTheLogWarnsOfIsToldInOneLineOnStandardError() throws Exception {
        settings("console-servers: https://127.0.0.1:1/servers/{id}\n");

        assertThat(run("", "check", "--home", folder.toString(), "--server", "14494").err()).hasLineCount(1)
                .startsWith("WARN console-servers: the panel cannot be asked");
    }

    @Test
    void whatIsWarnedOfAtStartIsCountedAmongTheWarnings() throws Exception {
        settings("");
        servers("{\"servers\": {}}");
        Files.setPosixFilePermissions(folder.resolve("servers.json"), PosixFilePermissions.fromString("rw-r--r--"));

        CommandLineRun run = run("", "check", "--home", folder.toString());

        assertThat(run.out()).contains("warning  console-servers: readable by every user of this machine", ", 1 warnings");
        assertThat(run.err()).isEmpty();
    }

    private void settings(String more) throws IOException {
        Files.writeString(folder.resolve("guacamole.properties"),
                "console-token-key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\nconsole-pin: off\n" + more);
    }

    private void servers(String json) throws IOException {
        Files.setPosixFilePermissions(Files.writeString(folder.resolve("servers.json"), json),
                PosixFilePermissions.fromString("rw-------"));
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
