package org.serverconsole.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.serverconsole.config.ConfigException;

/** Whatever is in the file, it is an inventory or is refused by line, and its secrets stay in it. */
class AnyInventoryTest {

    /** One word, as a parser would quote it. */
    private static final String PASSWORD = "tr0ub4dor";

    /** No words, so that they are not taken for the names of options where they stand as such. */
    private static final String HOST_PASSWORD = "c0rrect horse";
    private static final String IN_FILE = "b@ttery staple";
    private static final String IN_ENVIRONMENT = "f0ur/w0rds";
    private static final String HASH = "$2b$12$abcdefghijklmnopqrstuuJ1iC5vZ8b3pQy0f7wS4kXr6dTnE2mGa";
    private static final String PLAIN_PIN = "00#42";
    private static final List<String> SECRETS = List.of(PASSWORD, HOST_PASSWORD, IN_FILE, IN_ENVIRONMENT, HASH, PLAIN_PIN);

    private static final String VALID = """
            {
              "hosts": {
                "nl": { "type": "ovirt", "url": "https://engine/api", "password": "%s" },
                "de": { "type": "ovirt", "timeout": 5, "password": { "file": "bmc-password" } }
              },
              "servers": {
                "14494": { "host": "nl", "plug": "c0ffee", "label": "web-14494", "pin": "%s" },
                "14495": { "host": "de", "plug": "c0ffee", "ssl_insecure": false },
                "20110": { "type": "vnc", "ip": "10.10.0.14", "ipport": 5901, "password": "%s" },
                "20111": { "type": "vnc", "ip": "10.10.0.15", "password": { "env": "BMC_PASSWORD" } }
              }
            }
            """.formatted(HOST_PASSWORD, HASH, PASSWORD);

    private static final Pattern PROBLEM = Pattern.compile("servers\\.json line (\\d+): \\S.*");
    private static final Pattern MORE = Pattern.compile("and \\d+ more");

    private static Path folder;

    @BeforeContainer
    static void makeFolder() throws IOException {
        folder = Files.createTempDirectory("any-inventory");
        Files.writeString(folder.resolve("bmc-password"), IN_FILE + "\n");
    }

    @AfterContainer
    static void removeFolder() throws IOException {
        Files.deleteIfExists(folder.resolve("servers.json"));
        Files.delete(folder.resolve("bmc-password"));
        Files.delete(folder);
    }

    @Property(tries = 4000, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void aMutatedInventoryIsValidOrRefusedByLine(@ForAll("mutated") byte[] content) throws IOException {
        Statistics.collect(assertValidOrRefused(content));
        Statistics.coverage(both -> {
            both.check(true).percentage(valid -> valid > 1);
            both.check(false).percentage(refused -> refused > 50);
        });
    }

    @Property(tries = 4000, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void anyJsonIsValidOrRefusedByLine(@ForAll("json") String content) throws IOException {
        Statistics.collect(assertValidOrRefused(content.getBytes(StandardCharsets.UTF_8)));
        Statistics.coverage(both -> {
            both.check(true).percentage(valid -> valid > 0.3);
            both.check(false).percentage(refused -> refused > 50);
        });
    }

    @Property(tries = 1000)
    void anyTextIsValidOrRefusedByLine(@ForAll String content) throws IOException {
        assertValidOrRefused(content.getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void aMutatedNewVersionLeavesAnInventoryThatAnswers(@ForAll("mutated") byte[] content) throws Exception {
        Path file = folder.resolve("servers.json");
        try (CapturedLog log = new CapturedLog()) {
            Files.writeString(file, "{\"servers\": {\"1\": {\"type\": \"ovirt\"}}}");
            Inventory inventory = Inventory.file(file, AnyInventoryTest::rule, Map.of("BMC_PASSWORD", IN_ENVIRONMENT));
            Files.write(file, content);

            boolean old = inventory.find("1").isPresent();

            assertThat(log.lines().stream().anyMatch(line -> line.startsWith("ERROR"))).isEqualTo(old);
            assertThat(String.join("\n", log.lines())).doesNotContain(SECRETS);
        }
    }

    /** Says whether it was valid. */
    private static boolean assertValidOrRefused(byte[] content) throws IOException {
        Path file = folder.resolve("servers.json");
        Files.write(file, content);
        try (CapturedLog log = new CapturedLog()) {
            try {
                Inventory inventory = Inventory.file(file, AnyInventoryTest::rule, Map.of("BMC_PASSWORD", IN_ENVIRONMENT));
                inventory.find("14494");
                return true;
            } catch (ConfigException e) {
                assertThat(e).hasNoCause();
                assertThat(e.getMessage()).doesNotContain(SECRETS);
                assertThat(e.getMessage().lines()).isNotEmpty().allSatisfy(line -> assertNamesALine(line, content));
                return false;
            } finally {
                assertThat(String.join("\n", log.lines())).doesNotContain(SECRETS);
            }
        }
    }

    private static void assertNamesALine(String problem, byte[] content) {
        if (MORE.matcher(problem).matches()) {
            return;
        }
        Matcher matcher = PROBLEM.matcher(problem);
        assertThat(matcher.matches()).as(problem).isTrue();
        // A line may end in \n, \r\n or \r.
        long lines = new String(content, StandardCharsets.ISO_8859_1).split("\r\n|\n|\r", -1).length;
        assertThat(Long.parseLong(matcher.group(1))).isBetween(1L, lines);
    }

    private static Optional<ServerRule.Problem> rule(Server server) {
        return switch (server.type()) {
            case "vnc" -> server.option("ip").isPresent() ? Optional.empty()
                    : Optional.of(new ServerRule.Problem("ip", "is missing; write the address of the VNC server"));
            case "ovirt" -> Optional.empty();
            default -> Optional.of(new ServerRule.Problem("type", "is not known; write vnc or ovirt"));
        };
    }

    /** What happens to files: something cut out, put in, doubled, overwritten. */
    @Provide
    Arbitrary<byte[]> mutated() {
        return Arbitraries.of("cut", "put", "double", "move", "byte").flatMap(kind -> Combinators.combine(
                Arbitraries.just(kind), positions(), positions(),
                Arbitraries.oneOf(Arbitraries.just(1), Arbitraries.integers().between(1, 60)), fragments(), Arbitraries.bytes()).as(Mutation::new))
                .list().ofMinSize(1).ofMaxSize(4)
                .map(mutations -> {
                    byte[] content = VALID.getBytes(StandardCharsets.UTF_8);
                    for (Mutation mutation : mutations) {
                        content = mutation.of(content);
                    }
                    return content;
                });
    }

    /** Anywhere, or just where a text begins or ends: there a parser quotes most. */
    private static Arbitrary<Integer> positions() {
        List<Integer> quotes = IntStream.range(0, VALID.length()).filter(i -> VALID.charAt(i) == '"').boxed().toList();
        return Arbitraries.oneOf(Arbitraries.integers().between(0, VALID.length()), Arbitraries.of(quotes));
    }

    private record Mutation(String kind, int from, int to, int length, String fragment, byte one) {

        byte[] of(byte[] content) {
            int start = Math.min(from, content.length);
            int end = Math.min(start + length, content.length);
            int target = Math.min(to, content.length);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            switch (kind) {
                case "cut" -> {
                    out.write(content, 0, start);
                    out.write(content, end, content.length - end);
                }
                case "put" -> {
                    out.write(content, 0, start);
                    out.writeBytes(fragment.getBytes(StandardCharsets.UTF_8));
                    out.write(content, start, content.length - start);
                }
                case "byte" -> {
                    out.write(content, 0, start);
                    out.write(one);
                    out.write(content, Math.min(start + 1, content.length), content.length - Math.min(start + 1, content.length));
                }
                default -> {
                    out.write(content, 0, target);
                    out.write(content, start, end - start);
                    out.write(content, target, content.length - target);
                }
            }
            return out.toByteArray();
        }
    }

    private static Arbitrary<String> fragments() {
        return Arbitraries.of("{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "\r", "\t", "null", "true", "-", "00", "1e999999999", "//", "\uFEFF",
                "\"pin\": \"" + PLAIN_PIN + "\",", "\"password\": 5,", "\"type\": \"nonsense\",", "\"host\": \"nl\",", "{\"file\": \"/\"}",
                "{\"env\": \"UNSET\"}", "\"\\ud800\"", "\"servers\": {},");
    }

    /** JSON of the inventory's words and any others, secrets anywhere. */
    @Provide
    Arbitrary<String> json() {
        Arbitrary<String> names = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.of("hosts", "servers", "host", "type", "pin", "password", "label", "file", "env", "nl", "14494", "ip")),
                Tuple.of(1, Arbitraries.of(HOST_PASSWORD, HASH, PLAIN_PIN)),
                Tuple.of(1, Arbitraries.strings().ofMaxLength(70))).map(AnyInventoryTest::quoted);
        Arbitrary<String> leaves = Arbitraries.oneOf(
                Arbitraries.of("null", "true", "5901", "0.5", "\"vnc\"", "\"ovirt\"", "\"nl\"", "\"BMC_PASSWORD\"", "\"bmc-password\"", "\"/dev/zero\"", "\"\""),
                Arbitraries.of(SECRETS).map(AnyInventoryTest::quoted),
                Arbitraries.strings().ofMaxLength(10).map(AnyInventoryTest::quoted));
        Arbitrary<String> entries = objects(Arbitraries.of("nl", "14494", "14495").map(AnyInventoryTest::quoted), objects(names, values(names, leaves, 1)));
        return Arbitraries.oneOf(objects(names, values(names, leaves, 3)), Combinators.combine(entries, entries)
                .as((hosts, servers) -> "{\"hosts\": " + hosts + ",\n\"servers\": " + servers + "}"));
    }

    private static Arbitrary<String> values(Arbitrary<String> names, Arbitrary<String> leaves, int depth) {
        if (depth == 0) {
            return leaves;
        }
        Arbitrary<String> inner = values(names, leaves, depth - 1);
        return Arbitraries.frequencyOf(Tuple.of(2, objects(names, inner)), Tuple.of(4, leaves),
                Tuple.of(1, inner.list().ofMaxSize(2).map(Object::toString)));
    }

    private static Arbitrary<String> objects(Arbitrary<String> names, Arbitrary<String> values) {
        return Combinators.combine(names, values).as((name, value) -> name + ":" + value)
                .list().ofMaxSize(4).map(fields -> fields.stream().collect(Collectors.joining(",\n", "{", "}")));
    }

    private static String quoted(String text) {
        return text.chars().mapToObj(c -> c == '"' || c == '\\' ? "\\" + (char) c : c < ' ' ? String.format("\\u%04x", c) : "" + (char) c)
                .collect(Collectors.joining("", "\"", "\""));
    }
}
