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
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.session.EndReason;

class PageTest {

    /** What a customer may have to load before the first picture. */
    private static final int SIZE_LIMIT = 200_000;

    private static final Path PAGE = Path.of("src/main/resources/page");
    private static final Set<String> LANGUAGES = Set.of("en", "ru");

    private static final Pattern KEY = Pattern.compile("['\"]((?:CONSOLE|CLIENT|LOGIN)\\.[A-Z0-9_]*[A-Z0-9])['\"]");

    /** What the views ask for by name alone, and where the rest of a name is put together. */
    private static final Pattern NAME = Pattern.compile("(?:text\\(|opener\\('[a-z-]+', |section\\(|toggle\\('[a-z-]+', |choice\\('[a-z]+', |"
            + "label = )'([A-Z0-9_]*[A-Z0-9])'");

    private final String page = read("open.html");
    private final Map<String, String> scripts = scripts();
    private final String script = String.join("\n", scripts.values());
    private final JsonNode english = json("translations/en.json");

    @Test
    void everyResourceOfTheManifestIsInTheJar() {
        JsonNode manifest = json("guac-manifest.json");

        assertThat(manifest.get("resources").fieldNames()).toIterable()
            .contains("open.html", "console.js", "guacamole-common-js/all.min.js", "translations/en.json", "translations/ru.json")
            .allSatisfy(path -> assertThat(bytes(path)).isNotEmpty());
        assertThat(manifest.get("translations")).allSatisfy(path -> assertThat(bytes(path.asText())).isNotEmpty());
    }

    @Test
    void everyFileThePageLoadsIsAResourceOfTheManifest() {
        Set<String> loaded = all("(?:src=\"|rel=\"modulepreload\" href=\"|stylesheet\\(')([^\"']+)", page + script);
        scripts.forEach((path, source) -> all("(?:from|import\\() ?'(\\.[^']+)'", source).forEach(
            imported -> loaded.add(Path.of(path).resolveSibling(imported).normalize().toString())));

        assertThat(loaded).contains("console.js", "guacamole-common-js/all.min.js", "core/session.js", "view/bar.js", "view/view.css");
        assertThat(json("guac-manifest.json").get("resources").fieldNames()).toIterable().containsAll(loaded)
            .containsAll(scripts.keySet()).containsAll(LANGUAGES.stream().map(tag -> "translations/" + tag + ".json").toList());
    }

    @Test
    void onlyWhatThePageNeedsForItsFirstPictureIsLoadedBeforeIt() {
        assertThat(all("^import .*'(\\..*)'", scripts.get("console.js"))).containsExactly("./core/session.js");
        assertThat(all("^import .*'(\\..*)'", scripts.get("core/session.js"))).isEmpty();
    }

    @Test
    void everyTextThatThePageNamesIsTranslated() {
        assertThat(all(KEY.pattern(), page + script)).isNotEmpty().allSatisfy(this::assertTranslated);
        assertThat(all(NAME.pattern(), script)).contains("BAR_KEYS", "BAR_POWER", "MENU_PICTURE", "TYPE_TITLE", "MENU_TEXT_FIELD")
            .allSatisfy(name -> assertTranslated("CONSOLE." + name));
    }

    @Test
    void everyTextWhoseNameThePagePutsTogetherIsTranslated() {
        List<String> offered = List.of("ON", "SOFT_OFF", "RESET", "CYCLE", "OFF");
        assertThat(PowerControl.Action.values()).extracting(Enum::name).containsExactlyInAnyOrderElementsOf(offered);
        for (String start : List.of("POWER_", "POWER_ASK_", "POWER_EFFECT_", "POWER_DONE_")) {
            assertThat(offered).allSatisfy(action -> assertTranslated("CONSOLE." + start + action));
        }
        assertThat(PowerControl.State.values()).allSatisfy(state -> assertTranslated("CONSOLE.POWER_IS_" + state));
        assertThat(List.of("10", "2")).allSatisfy(minutes -> assertTranslated("CONSOLE.WARN_" + minutes + "_MINUTES"));
    }

    @Test
    void everyLanguageHasEveryTextWithTheSameVariablesAndNoOther() {
        Map<String, String> expected = texts(english);
        for (String language : LANGUAGES) {
            Map<String, String> found = texts(json("translations/" + language + ".json"));
            assertThat(found.keySet()).as(language).containsExactlyInAnyOrderElementsOf(expected.keySet());
            assertThat(found).as(language).allSatisfy((key, text) -> {
                assertThat(text).as(key).isNotBlank();
                assertThat(all("(\\{\\w+\\})", text)).as(key).isEqualTo(all("(\\{\\w+\\})", expected.get(key)));
            });
        }
        assertThat(json("guac-manifest.json").get("translations")).extracting(JsonNode::asText)
            .containsExactlyInAnyOrderElementsOf(LANGUAGES.stream().map(tag -> "translations/" + tag + ".json").toList());
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
    void textsThatAreBuiltIntoThePageAreThoseOfTheTranslations() throws IOException {
        JsonNode builtIn = new ObjectMapper().readTree(first("<template id=\"texts\">(.*?)</template>", page));

        assertThat(builtIn.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(LANGUAGES);
        for (String language : LANGUAGES) {
            JsonNode translated = json("translations/" + language + ".json").get("CONSOLE");
            assertThat(builtIn.get(language).fieldNames()).toIterable().contains("PAGE_OPENING", "PAGE_UNREACHABLE")
                .allSatisfy(name -> assertThat(builtIn.get(language).get(name)).as(name).isEqualTo(translated.get(name)));
        }
    }

    @Test
    void thePolicyAllowsTheInlineStyleAndTheInlineScriptAndNothingElseInline() {
        String policy = first("http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\"", page);

        assertThat(policy.split("; "))
            .contains("default-src 'none'")
            .contains("script-src 'self' '" + hash(first("<script>(.*?)</script>", page)) + "'")
            .contains("style-src 'self' '" + hash(first("<style>(.*?)</style>", page)) + "'");
        assertThat(policy).doesNotContain("unsafe");
        assertThat(page.split("<script>")).hasSize(2);
        assertThat(all("<script( [^>]*)>", page)).allSatisfy(script -> assertThat(script).contains(" src="));
        assertThat(page).doesNotContainPattern("\\son[a-z]+=|\\sstyle=|javascript:");
    }

    @Test
    void thePageLoadsNothingFromElsewhereAndBuildsNoHtmlFromText() {
        assertThat(page + script).doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
            "localStorage.", "https://");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http://");
    }

    @Test
    void everythingBeforeTheFirstPictureStaysBelowTheLimit() {
        int size = Stream.of("open.html", "console.js", "core/session.js", "guacamole-common-js/all.min.js",
                "translations/ru.json")
            .mapToInt(path -> bytes(path).length).sum();

        assertThat(size).isLessThan(SIZE_LIMIT);
    }

    private void assertTranslated(String key) {
        String pointer = "/" + key.toUpperCase(Locale.ROOT).replace('.', '/');
        assertThat(english.at(pointer).asText()).as(key).isNotBlank();
    }

    /** From the section and name of every text to the text. */
    private static Map<String, String> texts(JsonNode translation) {
        Map<String, String> texts = new LinkedHashMap<>();
        translation.fields().forEachRemaining(section -> section.getValue().fields().forEachRemaining(
            text -> texts.put(section.getKey() + "." + text.getKey(), text.getValue().asText())));
        return texts;
    }

    /** From the path of every script of the page's own to its text. */
    private static Map<String, String> scripts() {
        try (Stream<Path> files = Files.walk(PAGE)) {
            return files.filter(path -> path.toString().endsWith(".js")).collect(Collectors.toMap(
                path -> PAGE.relativize(path).toString().replace('\\', '/'), PageTest::source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> all(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().map(match -> match.group(1))
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
