package org.serverconsole.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.session.EndReason;

class PageTest {

    /** What a customer may have to load before the first picture. */
    private static final int SIZE_LIMIT = 200_000;

    private static final Pattern KEY = Pattern.compile("['\"]((?:CONSOLE|CLIENT|LOGIN)\\.[A-Z0-9_]*[A-Z0-9])['\"]");
    private static final Pattern BUILT_IN = Pattern.compile("^    (PAGE_\\w+): '(.*)',?$", Pattern.MULTILINE);

    private final String page = read("open.html");
    private final String script = read("console.js");
    private final JsonNode english = json("translations/en.json");

    @Test
    void everyResourceOfTheManifestIsInTheJar() {
        JsonNode manifest = json("guac-manifest.json");

        assertThat(manifest.get("resources").fieldNames()).toIterable()
            .contains("open.html", "console.js", "guacamole-common-js/all.min.js", "translations/en.json")
            .allSatisfy(path -> assertThat(bytes(path)).isNotEmpty());
        assertThat(manifest.get("translations")).allSatisfy(path -> assertThat(bytes(path.asText())).isNotEmpty());
    }

    @Test
    void everyFileThePageLoadsIsAResourceOfTheManifest() {
        Set<String> loaded = all("(?:src=\"|fetch\\(')([^\"']+)", page + script);

        assertThat(loaded).contains("console.js", "guacamole-common-js/all.min.js", "translations/en.json");
        assertThat(json("guac-manifest.json").get("resources").fieldNames()).toIterable().containsAll(loaded);
    }

    @Test
    void everyTextThatThePageNamesIsTranslated() {
        assertThat(all(KEY.pattern(), script)).isNotEmpty().allSatisfy(this::assertTranslated);
    }

    @Test
    void everyTextThatTheServerNamesIsTranslated() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            String java = sources.filter(path -> path.toString().endsWith(".java"))
                .map(PageTest::source).collect(Collectors.joining());
            assertThat(all(KEY.pattern(), java)).allSatisfy(this::assertTranslated);
        }
        assertThat(Refusal.values()).allSatisfy(refusal ->
            assertTranslated("CONSOLE." + (refusal == Refusal.TOKEN ? "REFUSED_TOKEN" : refusal.name())));
        assertThat(EndReason.values()).allSatisfy(end -> assertTranslated("CONSOLE.ENDED_" + end));
        assertThat(List.of("ASKING_VENDOR", "CONNECTING_CONSOLE", "STARTING_DISPLAY")).allSatisfy(step ->
            assertTranslated("CONSOLE.PAGE_" + step));
    }

    @Test
    void everyEndAndEveryFailureHasASentence() {
        assertThat(IntStream.concat(IntStream.rangeClosed(0x250, 0x256), IntStream.rangeClosed(0x260, 0x269)).boxed())
            .allSatisfy(code -> assertTranslated("CLIENT.ERROR_CLIENT_" + Integer.toHexString(code)));
    }

    @Test
    void guacamolesOwnPageCanNameTheFieldAndTheDataSource() {
        assertThat(List.of("LOGIN.FIELD_HEADER_PIN", "DATA_SOURCE_CONSOLE.NAME")).allSatisfy(this::assertTranslated);
    }

    @Test
    void textsThatAreBuiltIntoThePageAreThoseOfTheTranslation() {
        Map<String, String> builtIn = new LinkedHashMap<>();
        for (MatchResult text : BUILT_IN.matcher(script).results().toList()) {
            builtIn.put(text.group(1), text.group(2));
        }
        assertThat(builtIn).containsKeys("PAGE_OPENING", "PAGE_LOST").allSatisfy((name, text) ->
            assertThat(english.at("/CONSOLE/" + name).asText()).isEqualTo(text));
        assertThat(page).contains(english.at("/CONSOLE/PAGE_OPENING").asText());
    }

    @Test
    void thePolicyAllowsTheInlineScriptAndStyleAndNoOthers() {
        String policy = first("http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\"", page);

        assertThat(policy.split("; "))
            .contains("default-src 'none'")
            .contains("script-src 'self' '" + hash(first("<script>(.*?)</script>", page)) + "'")
            .contains("style-src '" + hash(first("<style>(.*?)</style>", page)) + "'");
        assertThat(policy).doesNotContain("unsafe");
    }

    @Test
    void thePageLoadsNothingFromElsewhereAndBuildsNoHtmlFromText() {
        assertThat(page + script).doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
            "localStorage.", "https://");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http://");
    }

    @Test
    void everythingBeforeTheFirstPictureStaysBelowTheLimit() {
        int size = Stream.of("open.html", "console.js", "guacamole-common-js/all.min.js", "translations/en.json")
            .mapToInt(path -> bytes(path).length).sum();

        assertThat(size).isLessThan(SIZE_LIMIT);
    }

    private void assertTranslated(String key) {
        String pointer = "/" + key.toUpperCase(Locale.ROOT).replace('.', '/');
        assertThat(english.at(pointer).asText()).as(key).isNotBlank();
    }

    private static Set<String> all(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    private static String hash(String inline) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(inline.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(String path) {
        try {
            return new ObjectMapper().readTree(bytes(path));
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private static String read(String path) {
        return new String(bytes(path), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String path) {
        try (InputStream resource = PageTest.class.getResourceAsStream("/" + path)) {
            assertThat(resource).as(path).isNotNull();
            return resource.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private static String source(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }
}
