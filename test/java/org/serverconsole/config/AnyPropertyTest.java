package org.serverconsole.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** Whatever is written in a property, it is understood or refused by name. */
class AnyPropertyTest {

    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final List<String> NAMES = List.of("console-token-jwks", "console-servers", "console-pin", "console-pin-attempts",
            "console-pin-lockout", "console-session-duration", "console-journal", "console-relay-address", "console-ca-file");
    private static final Path HOME = Path.of("/nowhere");

    @Property(tries = 4000)
    void anyValueIsUnderstoodOrRefusedByName(@ForAll("names") String name, @ForAll("values") String value) {
        Map<String, String> properties = Map.of("console-token-key", KEY, name, value);
        try {
            assertThat(ConsoleConfig.read(properties::get, HOME).tokenKeys()).containsExactly(Secret.of(KEY));
        } catch (ConfigException e) {
            assertThat(e.getMessage()).startsWith("guacamole.properties: " + name + ": ").doesNotContain(KEY);
            assertThat(e.getMessage().lines()).hasSize(1);
        }
    }

    @Property(tries = 1000)
    void anyNumberWithinItsBoundsIsUnderstoodAndNoOther(@ForAll int number) throws ConfigException {
        for (Map.Entry<String, Integer> most : Map.of(
                "console-pin-attempts", 1000, "console-pin-lockout", 604800, "console-session-duration", 604800).entrySet()) {
            boolean understood;
            try {
                ConsoleConfig.read(Map.of("console-token-key", KEY, most.getKey(), Integer.toString(number))::get, HOME);
                understood = true;
            } catch (ConfigException e) {
                understood = false;
            }
            assertThat(understood).isEqualTo(number >= 1 && number <= most.getValue());
        }
    }

    @Property(tries = 1000)
    void aKeyIsTakenFrom32BytesOnAndNeverTold(@ForAll @Size(min = 12, max = 48) byte[] bytes) {
        String key = Base64.getEncoder().encodeToString(bytes);
        try {
            assertThat(ConsoleConfig.read(Map.of("console-token-key", key)::get, HOME).tokenKeys()).containsExactly(Secret.of(key));
            assertThat(bytes.length).isGreaterThanOrEqualTo(32);
        } catch (ConfigException e) {
            assertThat(bytes.length).isLessThan(32);
            assertThat(e.getMessage()).startsWith("guacamole.properties: console-token-key: ").doesNotContain(key);
        }
    }

    @Property(tries = 1000)
    void whateverIsNoKeyIsRefusedAndNeverTold(@ForAll("garbage") String garbage) {
        Map<String, String> properties = new HashMap<>(Map.of("console-token-key", garbage));
        try {
            ConsoleConfig.read(properties::get, HOME);
            throw new AssertionError("taken for a key: " + garbage);
        } catch (ConfigException e) {
            assertThat(e.getMessage()).startsWith("guacamole.properties: console-token-key: ").doesNotContain(garbage);
        }
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of(NAMES);
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(400),
                Arbitraries.strings().ascii().ofMaxLength(40),
                Arbitraries.strings().withChars("https:/fil.e@?#[]%jdb2 \n\0-0123456789").ofMaxLength(30),
                Arbitraries.integers().map(Object::toString));
    }

    @Provide
    Arbitrary<String> garbage() {
        return Arbitraries.strings().withCharRange('!', '~').ofMinLength(12).ofMaxLength(80).map(text -> text.replace(',', ';') + "!");
    }
}
