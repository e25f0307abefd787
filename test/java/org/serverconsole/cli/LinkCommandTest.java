package org.serverconsole.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkCommandTest {

    private static final byte[] KEY_BYTES = "an HMAC key that is 32 bytes long".substring(0, 32).getBytes();
    private static final String KEY = Base64.getEncoder().encodeToString(KEY_BYTES);
    private static final String OTHER_KEY = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String PAGE = "https://console.example.com/guacamole/app/ext/console/open.html#";

    @TempDir
    Path folder;

    @Test
    void itPrintsOneLineTheUrlOfTheConsolePage() {
        CommandLineRun run = link();

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith(PAGE + "username=14494&password=").endsWith("\n").hasLineCount(1);
    }

    @Test
    void theTokenNamesCustomerAndServerForTenMinutes() throws Exception {
        SignedJWT token = token(link());

        assertThat(token.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.HS256);
        assertThat(token.verify(new MACVerifier(KEY_BYTES))).isTrue();
        Instant issued = Instant.parse("2026-03-01T03:00:00Z");
        assertThat(token.getPayload().toJSONObject()).containsExactlyInAnyOrderEntriesOf(Map.of(
                "sub", "c-17",
                "server", "14494",
                "iat", issued.getEpochSecond(),
                "exp", issued.plus(Duration.ofMinutes(10)).getEpochSecond(),
                "jti", Base64URL.encode(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}).toString()));
    }

    @Test
    void addressAndLanguageAreWrittenIntoTheTokenWhereAsked() throws Exception {
        Map<String, Object> claims = token(link("--ip", "2001:db8::7", "--locale", "pt-br")).getPayload().toJSONObject();

        assertThat(claims).containsEntry("ip", "2001:db8:0:0:0:0:0:7").containsEntry("locale", "pt-BR");
    }

    @Test
    void guacamolesOwnPageCanBeOpenedInstead() throws Exception {
        CommandLineRun run = link("--page", "guacamole");

        assertThat(run.out()).startsWith("https://console.example.com/guacamole/#/?username=14494&password=");
        assertThat(token(run).verify(new MACVerifier(KEY_BYTES))).isTrue();
    }

    @Test
    void aServerIdThatAUrlCannotHoldIsEncoded() throws Exception {
        CommandLineRun run = run(KEY, "--server", "rack 7/ü&x=#", "--customer", "c-17", "--key-file", "-", "--url", "http://localhost:8080");

        assertThat(run.out()).startsWith("http://localhost:8080/app/ext/console/open.html#username=rack%207%2F%C3%BC%26x%3D%23&password=");
        assertThat(token(run).getPayload().toJSONObject()).containsEntry("server", "rack 7/ü&x=#");
    }

    @ParameterizedTest
    @CsvSource({"1s, 1", "90s, 90", "90, 90", "10m, 600", "24h, 86400", "86400, 86400"})
    void theTimeIsInSecondsMinutesOrHours(String valid, long seconds) throws Exception {
        Map<String, Object> claims = token(link("--valid", valid)).getPayload().toJSONObject();

        assertThat((long) claims.get("exp") - (long) claims.get("iat")).isEqualTo(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0s", "-5", "25h", "86401", "10d", "1.5h", "999999999h", "", "m"})
    void aTimeOutOfRangeIsRefused(String valid) {
        assertThat(link("--valid=" + valid)).isEqualTo(new CommandLineRun(2, "", "link: Invalid value for option '--valid':"
                + " write a time from 1s to 24h, such as 90s, 10m or 2h; see link --help\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"console.example.com/guacamole/", "ftp://console.example.com/", "https:///guacamole/",
        "https://user:pass@console.example.com/", "https://console.example.com/?a=b", "https://console.example.com/#/", "https://a b/"})
    void whatIsNotTheUrlOfAWebApplicationIsRefused(String url) {
        CommandLineRun run = run(KEY, "--server", "14494", "--customer", "c-17", "--key-file", "-", "--url", url);

        assertThat(run).isEqualTo(new CommandLineRun(2, "", "link: Invalid value for option '--url': write Guacamole's URL alone,"
                + " such as https://console.example.com/guacamole/; see link --help\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"console.example.com", "10.0.0", "10.0.0.256", "010.0.0.1", "1:2", ":::", "fe80::1%eth0", "10.0.0.0/8", "cafe"})
    void whatIsNotAnAddressIsRefused(String address) {
        assertThat(link("--ip", address)).isEqualTo(new CommandLineRun(2, "", "link: Invalid value for option '--ip':"
                + " write an IP address, such as 192.0.2.7 or 2001:db8::7; see link --help\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"english please", "e", "en_US", ""})
    void whatIsNotALanguageIsRefused(String tag) {
        assertThat(link("--locale=" + tag)).isEqualTo(new CommandLineRun(2, "", "link: Invalid value for option '--locale':"
                + " write a language tag, such as en or pt-BR; see link --help\n"));
    }

    @Test
    void anUnknownPageIsRefused() {
        CommandLineRun run = link("--page", "novnc");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("link: Invalid value for option '--page': expected one of").hasLineCount(1);
    }

    @Test
    void everyOptionThatIsMissingIsNamed() {
        assertThat(CommandLineRun.of("link")).isEqualTo(new CommandLineRun(2, "", "link: Missing required options:"
                + " '--server=<id>', '--customer=<id>', '--key-file=<file>', '--url=<url>'; see link --help\n"));
    }

    @Test
    void aBlankServerOrCustomerIsRefused() {
        assertThat(run(KEY, "--server", " ", "--customer", "c-17", "--key-file", "-", "--url", "http://localhost/").err())
                .isEqualTo("link: Invalid value for option '--server': write an ID that is not blank and has no control"
                        + " characters; see link --help\n");
    }

    @Test
    void theKeyIsReadFromAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("console.key"), KEY + "\n");

        CommandLineRun run = run("", "--server", "14494", "--customer", "c-17", "--url", "http://localhost/", "--key-file", file.toString());

        assertThat(token(run).verify(new MACVerifier(KEY_BYTES))).isTrue();
    }

    @Test
    void ofTwoKeysTheFirstSigns() throws Exception {
        CommandLineRun run = run(KEY + ", " + OTHER_KEY + "\n", options());

        assertThat(token(run).verify(new MACVerifier(KEY_BYTES))).isTrue();
    }

    @Test
    void aFileThatIsNotThereIsNotNamedForItCouldBeTheKey() {
        CommandLineRun run = run("", "--server", "14494", "--customer", "c-17", "--url", "http://localhost/", "--key-file", KEY);

        assertThat(run).isEqualTo(new CommandLineRun(1, "", "link: --key-file: there is no such file; write the path of the file"
                + " that has the key, or - for standard input\n"));
    }

    @Test
    void aFolderInsteadOfAFileIsRefused() {
        CommandLineRun run = run("", "--server", "14494", "--customer", "c-17", "--url", "http://localhost/", "--key-file", folder.toString());

        assertThat(run).isEqualTo(new CommandLineRun(1, "", "link: --key-file: the file cannot be read (IOException); check its"
                + " permissions, or write - for standard input\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "  \n"})
    void anEmptyKeyIsRefused(String content) {
        assertThat(run(content, options())).isEqualTo(
                new CommandLineRun(1, "", "link: --key-file: there is no key in it; make one with keygen\n"));
    }

    @Test
    void aShortKeyIsRefused() {
        assertThat(run(KEY.substring(0, 40), options())).isEqualTo(new CommandLineRun(1, "", "link: --key-file: the key is 30 bytes"
                + " long, but at least 32 are needed; make one with keygen\n"));
    }

    @Test
    void whatIsNotBase64IsRefusedAndNotRepeated() {
        assertThat(run("console-token-key: " + KEY, options())).isEqualTo(new CommandLineRun(1, "", "link: --key-file: what is in it"
                + " is not base64; write the key alone into it, as keygen prints it\n"));
    }

    private static CommandLineRun link(String... more) {
        List<String> arguments = new ArrayList<>(List.of(options()));
        arguments.addAll(List.of(more));
        return run(KEY + "\n", arguments.toArray(String[]::new));
    }

    private static String[] options() {
        return new String[] {
            "--server", "14494", "--customer", "c-17", "--key-file", "-", "--url", "https://console.example.com/guacamole"};
    }

    private static CommandLineRun run(String input, String... options) {
        List<String> arguments = new ArrayList<>(List.of("link"));
        arguments.addAll(List.of(options));
        return CommandLineRun.reading(input, arguments.toArray(String[]::new));
    }

    private static SignedJWT token(CommandLineRun run) throws Exception {
        assertThat(run.err()).isEmpty();
        return SignedJWT.parse(run.out().strip().replaceFirst(".*&password=", ""));
    }
}
