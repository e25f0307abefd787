package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.serverconsole.access.Fixture.CLIENT;
import static org.serverconsole.access.Fixture.KEY;
import static org.serverconsole.access.Fixture.NOW;
import static org.serverconsole.access.Fixture.PIN;

import com.nimbusds.jose.util.Base64URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.fake.PanelToken;

/** Whatever is sent as a token, a server or an address, it is admitted or refused, and no secret is told. */
class AnyTokenTest {

    private static final String BEARER_SECRET = "s3cr3t-cl41m";
    private static final AtomicInteger EVALUATED = new AtomicInteger();

    private static Fixture fixture;

    @BeforeContainer
    static void open() throws Exception {
        fixture = new Fixture(Map.of(), (pin, hash) -> {
            EVALUATED.incrementAndGet();
            return PinCheck.bcrypt().matches(pin, hash);
        }, Duration.ofMinutes(1));
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    private static PanelToken good() {
        return PanelToken.of("14494", NOW).with("jti", BEARER_SECRET);
    }

    @Property(tries = 1000)
    void anyTextIsRefusedAsATokenAndCostsNoBcrypt(@ForAll("texts") String text) {
        int before = EVALUATED.get();
        assertRefusedAsToken(text);
        assertThat(EVALUATED).hasValue(before);
    }

    @Property(tries = 1000)
    void aTokenChangedAnywhereIsRefused(@ForAll("changes") List<Change> changes) {
        String token = good().hs256(KEY);
        String changed = token;
        for (Change change : changes) {
            changed = change.of(changed);
        }
        // The lowest two bits of the last character are no part of the signature.
        if (!changed.substring(0, Math.max(0, changed.length() - 1)).equals(token.substring(0, token.length() - 1))) {
            assertRefusedAsToken(changed);
        }
    }

    @Property(tries = 1000)
    void anyHeaderAndAnyClaimsWithoutTheKeyAreRefused(@ForAll("json") String header, @ForAll("json") String claims) {
        String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
        assertRefusedAsToken(input + "." + Base64URL.encode(PanelToken.mac(new byte[32]).sign(input.getBytes())));
        assertRefusedAsToken(input + ".");
    }

    @Property(tries = 1000)
    void anyHeaderSignedByThePanelIsUnderstoodOrRefused(@ForAll("json") String header) {
        String input = Base64URL.encode(header) + "." + good().hs256(KEY).split("\\.")[1];
        assertAdmittedOrRefused(input + "." + Base64URL.encode(PanelToken.mac(KEY).sign(input.getBytes())));
    }

    @Property(tries = 1000)
    void anyClaimsSignedByThePanelAreUnderstoodOrRefused(@ForAll("json") String claims) {
        assertAdmittedOrRefused(good().header("alg", "HS256").signed(claims, PanelToken.mac(KEY)));
    }

    @Property(tries = 1000)
    void anyValueOfAnyClaimIsUnderstoodOrRefused(@ForAll("claimNames") String claim, @ForAll("values") Object value) {
        assertAdmittedOrRefused(good().with(claim, value).hs256(KEY));
    }

    @Property(tries = 500)
    void anyServerAndAddressAreUnderstoodOrRefused(@ForAll("texts") String server, @ForAll("texts") String address) {
        String bound = good().with("ip", CLIENT).hs256(KEY);
        assertThat(Fixture.refusal(() -> fixture.access.admit(server, bound, Optional.of(PIN), CLIENT))).isEqualTo(Refusal.TOKEN);
        assertThat(Fixture.refusal(() -> fixture.access.admit("14494", bound, Optional.of(PIN), address))).isEqualTo(Refusal.TOKEN);
    }

    private static void assertRefusedAsToken(String token) {
        try {
            fixture.admit("14494", token, PIN);
            throw new AssertionError("admitted");
        } catch (AccessException e) {
            assertThat(e.refusal()).isEqualTo(Refusal.TOKEN);
            assertTellsNothing(e);
            assertThat(token.length() > 12 && e.getMessage().contains(token)).isFalse();
        }
    }

    private static void assertAdmittedOrRefused(String token) {
        try {
            Admission admission = fixture.admit("14494", token, PIN);
            assertThat(admission.token().servers()).contains("14494");
            assertThat(admission.token().expires()).isAfter(NOW);
        } catch (AccessException e) {
            assertThat(e.refusal()).isEqualTo(Refusal.TOKEN);
            assertTellsNothing(e);
        }
    }

    private static void assertTellsNothing(AccessException e) {
        assertThat(e).hasNoCause();
        assertThat(e.getMessage()).matches("[\\x20-\\x7e]{1,200}")
                .doesNotContain(BEARER_SECRET, new String(KEY), Fixture.base64(KEY), PIN, "$2a$");
    }

    /** One thing done to a token. */
    private record Change(int kind, int place, String text) {

        String of(String token) {
            int at = token.isEmpty() ? 0 : place % token.length();
            return switch (kind) {
                case 0 -> token.substring(0, at);
                case 1 -> token.substring(0, at) + text + token.substring(at);
                case 2 -> token.substring(0, at) + text + token.substring(Math.min(token.length(), at + text.length()));
                case 3 -> token.substring(at);
                default -> swapped(token);
            };
        }

        private static String swapped(String token) {
            List<String> parts = new ArrayList<>(Arrays.asList(token.split("\\.", -1)));
            Collections.reverse(parts);
            return String.join(".", parts);
        }
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(Arbitraries.integers().between(0, 4), Arbitraries.integers().between(0, 1000),
                Arbitraries.oneOf(Arbitraries.strings().ofMaxLength(5),
                        Arbitraries.strings().withCharRange('A', 'z').withChars(".-_=").ofMaxLength(8)))
                .as(Change::new).list().ofMinSize(1).ofMaxSize(3);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(300),
                Arbitraries.strings().withChars("eyJ.{}\":,[]0123456789-_= \0\n").ofMaxLength(100),
                Arbitraries.strings().withCharRange('A', 'Z').withChars("._-").ofMinLength(5000).ofMaxLength(9000),
                Arbitraries.of("eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "bnVsbA.bnVsbA.AAAA", "0:0", "::", "%"));
    }

    @Provide
    Arbitrary<String> claimNames() {
        return Arbitraries.of("sub", "server", "exp", "iat", "nbf", "jti", "ip", "locale", "mode", "iss", "aud", "other");
    }

    @Provide
    Arbitrary<Object> values() {
        Arbitrary<Object> plain = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(300).map(Object.class::cast),
                Arbitraries.of("14494", "control", "view", CLIENT, "::1", "en", "").map(Object.class::cast),
                Arbitraries.integers().map(Object.class::cast),
                Arbitraries.longs().map(Object.class::cast),
                Arbitraries.longs().between(NOW.getEpochSecond() - 90_000, NOW.getEpochSecond() + 90_000).map(Object.class::cast),
                Arbitraries.doubles().map(Object.class::cast),
                Arbitraries.bigDecimals().map(Object.class::cast),
                Arbitraries.of(true, false).map(Object.class::cast));
        return Arbitraries.oneOf(plain, plain.list().ofMaxSize(4).map(Object.class::cast),
                Arbitraries.maps(Arbitraries.strings().ofMaxLength(5), plain).ofMaxSize(3).map(Object.class::cast));
    }

    /** Something like a header or like claims, and often broken. */
    @Provide
    Arbitrary<String> json() {
        Arbitrary<String> name = Arbitraries.of("alg", "typ", "kid", "crit", "b64", "jwk", "jku", "x5c", "x5t", "x5u", "zip", "enc", "cty",
                "sub", "server", "exp", "iat", "nbf", "jti", "ip", "locale", "mode").map(text -> '"' + text + '"');
        Arbitrary<String> value = Arbitraries.oneOf(
                Arbitraries.of("\"HS256\"", "\"none\"", "\"RS256\"", "\"EdDSA\"", "\"JWT\"", "null", "true", "[]", "{}", "[\"b64\"]", "1e999",
                        "-0", "NaN", "1772334600", "\"14494\"", "[\"14494\"]", "\"\\ud800\"", "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
                        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", "[\"AAAA\"]", "[null]", "[[[[[[[["),
                Arbitraries.integers().map(Object::toString),
                Arbitraries.strings().ascii().ofMaxLength(10).map(text -> '"' + text + '"'));
        Arbitrary<String> members = Combinators.combine(name, value).as((key, content) -> key + ":" + content)
                .list().ofMaxSize(8).map(list -> "{" + String.join(",", list) + "}");
        Arbitrary<String> withAlgorithm = members.map(text -> "{\"alg\":\"HS256\"" + (text.length() > 2 ? "," : "") + text.substring(1));
        return Arbitraries.oneOf(members, withAlgorithm, Arbitraries.strings().ofMaxLength(60));
    }
}
