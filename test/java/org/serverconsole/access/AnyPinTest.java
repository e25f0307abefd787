package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.serverconsole.access.Fixture.KEY;
import static org.serverconsole.access.Fixture.PIN;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.serverconsole.access.AccessException.Refusal;

/** Whatever is typed as a PIN, it is the one or it is not. */
class AnyPinTest {

    private static Fixture fixture;

    @BeforeContainer
    static void open() throws Exception {
        fixture = new Fixture(Map.of());
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    @Property(tries = 3000)
    void anyOtherPinIsWrongOrMissingAndNeverTold(@ForAll("pins") String pin) {
        try {
            fixture.type("14494", pin);
            assertThat(pin).isEqualTo(PIN);
        } catch (AccessException e) {
            assertThat(e.refusal()).isEqualTo(pin.isEmpty() ? Refusal.PIN_MISSING : Refusal.PIN_WRONG);
            assertThat(e).hasNoCause();
            assertThat(e.getMessage()).matches("[\\x20-\\x7e]{1,100}").doesNotContain(PIN, new String(KEY), "$2a$");
            assertThat(pin.length() > 3 && e.getMessage().contains(pin)).isFalse();
        }
        // Past the longest lock.
        fixture.clock.advance(Duration.ofDays(8));
    }

    @Property(tries = 300)
    void anyPinThatBcryptCanTakeOpensTheServerItBelongsTo(@ForAll("pins") String pin) throws AccessException {
        byte[] bytes = pin.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && PinHash.canBeOf(bytes) && new String(bytes, StandardCharsets.UTF_8).equals(pin)) {
            fixture.add("30000", Fixture.hash(pin));
            assertThat(fixture.type("30000", pin).server().id()).isEqualTo("30000");
        }
    }

    @Provide
    Arbitrary<String> pins() {
        return Arbitraries.oneOf(
                Arbitraries.strings().numeric().ofMaxLength(8),
                Arbitraries.of("0042", "042", "42", " 0042", "0042 ", "0042\n", "0042\0", "0042\0000042", "00420042",
                        "\uff10\uff10\uff14\uff12"),
                Arbitraries.strings().ascii().ofMinLength(60).ofMaxLength(90),
                Arbitraries.strings().ofMaxLength(90));
    }
}
