package org.serverconsole.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.ConfigException;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;

class AuditCommandTest {

    private static final String TOKEN_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    @TempDir
    private Path home;

    @BeforeEach
    void place() throws IOException {
        Files.writeString(home.resolve("guacamole.properties"), "console-token-key: " + TOKEN_KEY);
    }

    /** Of a Guacamole that is not running. */
    @Nested
    class FromTheJournal {

        @BeforeEach
        void write() throws ConfigException {
            try (Journal journal = Journal.open(url())) {
                journal.audit(List.of(
                        event(Duration.ofHours(30), "login", "14494", "c-17"),
                        event(Duration.ofHours(3), "reboot", "20110", "c-17"),
                        event(Duration.ofHours(2), "login", "14494", "c-18"),
                        event(Duration.ofMinutes(5), "end", "14494", "c-18")));
            }
        }

        @Test
        void everyEventIsOneLineOfJsonOldestFirst() {
            CommandLineRun run = audit();

            assertThat(run.err()).isEmpty();
            assertThat(run.code()).isZero();
            assertThat(run.out()).hasLineCount(4).startsWith(
                    "{\"at\":\"2026-02-27T21:00:00.750Z\",\"action\":\"login\",\"outcome\":\"OK\",\"server\":\"14494\",\"customer\":\"c-17\"}\n");
        }

        @ParameterizedTest
        @CsvSource({"--server=14494, 3", "--customer=c-17, 2", "--from=2h, 2", "--from=2026-03-01, 3", "--until=2026-03-01, 1",
            "--from=2026-03-01T02:55:00Z, 1", "--until=2026-03-01T04:00:00+03:00, 2", "--most=1, 1"})
        void eventsAreChosenByServerCustomerAndTime(String option, int lines) {
            assertThat(audit(option).out()).hasLineCount(lines);
        }

        @Test
        void ofTooManyTheNewestArePrinted() {
            assertThat(audit("--most", "1").out()).contains("\"end\"");
        }

        private AuditEvent event(Duration ago, String action, String server, String customer) {
            return AuditEvent.at(CommandLineRun.NOW.minus(ago), action, "OK").server(server).customer(customer);
        }
    }

    @Test
    void whereThereIsNoJournalNoneIsMade() {
        CommandLineRun run = audit();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).startsWith("audit: console-journal: ").contains("is not there");
        assertThat(home.resolve("console-journal.mv.db")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--from=yesterday", "--until=2026-13-01", "--from=12", "--most=0", "--most=all", "--server= "})
    void whatCannotBeAskedIsSaid(String option) {
        CommandLineRun run = audit(option);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).startsWith("audit: Invalid value for option '" + option.split("=")[0]);
    }

    /** Of a Guacamole that runs: what it is asked, and what its answers come to. */
    @Nested
    class FromTheOperatorsApi {

        private final List<String> asked = new CopyOnWriteArrayList<>();
        private HttpServer guacamole;
        private int status = 200;
        private String answer = "";

        @BeforeEach
        void serve() throws IOException {
            Files.writeString(home.resolve("operator.key"), "operators-key\nits-hash\n");
            guacamole = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            guacamole.createContext("/", exchange -> {
                asked.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
                byte[] body = answer.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            guacamole.start();
        }

        @AfterEach
        void stop() {
            guacamole.stop(0);
        }

        @Test
        void itIsAskedWithTheKeyAndItsLinesArePrinted() {
            answer = "{\"action\":\"login\"}\n{\"action\":\"end\"}\n";

            CommandLineRun run = ask("--server", "14494", "--customer", "c 17", "--from", "1h", "--most", "7");

            assertThat(run).isEqualTo(new CommandLineRun(0, answer, ""));
            assertThat(asked).containsExactly("/guacamole/api/ext/console/operator/audit?server=14494&customer=c+17"
                    + "&from=2026-03-01T02%3A00%3A00.750Z&most=7 Bearer operators-key");
        }

        @Test
        void anAnswerDoesNotPaintOnTheTerminal() {
            answer = "\u001b[2Jgone\n";

            assertThat(ask().out()).isEqualTo("?[2Jgone\n");
        }

        @ParameterizedTest
        @CsvSource({"401, --key-file: that is not the operator's key", "404, --url: there is no operator's API", "502, HTTP 502"})
        void aRefusalSaysWhatToChange(int refusal, String message) {
            status = refusal;

            CommandLineRun run = ask();

            assertThat(run.code()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).hasLineCount(1).contains(message).doesNotContain("operators-key");
        }

        @Test
        void theKeyIsNeverSentInClearToAnotherMachine() {
            CommandLineRun run = audit("--url", "http://198.51.100.7/guacamole/", "--key-file", home.resolve("operator.key").toString());

            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).isEqualTo("audit: --url: the operator's key would be sent in clear; write an https URL\n");
        }

        @Test
        void urlAndKeyGoTogether() {
            assertThat(audit("--url", "http://127.0.0.1/guacamole/").err()).startsWith("audit: --url and --key-file go together");
        }

        @Test
        void whereNobodyListensThatIsSaid() {
            guacamole.stop(0);

            assertThat(ask().err()).hasLineCount(1).startsWith("audit: --url: 127.0.0.1:").contains("cannot be reached");
        }

        private CommandLineRun ask(String... options) {
            List<String> all = new ArrayList<>(List.of("--url",
                    "http://127.0.0.1:" + guacamole.getAddress().getPort() + "/guacamole",
                    "--key-file", home.resolve("operator.key").toString()));
            all.addAll(List.of(options));
            return audit(all.toArray(String[]::new));
        }
    }

    private String url() {
        return "jdbc:h2:file:" + home.resolve("console-journal");
    }

    private CommandLineRun audit(String... options) {
        List<String> arguments = new ArrayList<>(List.of("audit", "--home", home.toString()));
        arguments.addAll(List.of(options));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }
}
