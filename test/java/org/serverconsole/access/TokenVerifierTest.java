package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.serverconsole.access.Fixture.KEY;
import static org.serverconsole.access.Fixture.NOW;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.fake.PanelToken;

class TokenVerifierTest {

    private static final byte[] OTHER_KEY = "another key, also of 32 bytes...".getBytes();
    private static final long DAY = 86400;
    private static final long THEN = NOW.getEpochSecond();

    private final FakeClock clock = new FakeClock(NOW);
    private TokenVerifier tokens;

    @BeforeEach
    void open() throws Exception {
        tokens = new TokenVerifier(Fixture.config(Map.of()), Fixture.https(), clock);
    }

    private static PanelToken good() {
        return PanelToken.of("14494", NOW);
    }

    @Test
    void aGoodTokenTellsCustomerServerAndTime() throws Exception {
        SessionToken token = tokens.verify(good().with("jti", "t-1").hs256(KEY));

        assertThat(token.customer()).isEqualTo("c-17");
        assertThat(token.servers()).containsExactly("14494");
        assertThat(token.id()).isEqualTo("t-1");
        assertThat(token.expires()).isEqualTo(NOW.plusSeconds(600));
        assertThat(token.address()).isEmpty();
        assertThat(token.locale()).isEmpty();
        assertThat(token.mode()).isEqualTo(SessionToken.Mode.CONTROL);
    }

    @Test
    void allClaimsAreUnderstood() throws Exception {
        SessionToken token = tokens.verify(good().with("server", List.of("14494", "20110")).with("ip", "2001:db8::1")
                .with("locale", "pt-BR").with("mode", "view").with("nbf", THEN).hs256(KEY));

        assertThat(token.servers()).containsExactlyInAnyOrder("14494", "20110");
        assertThat(token.address()).contains("2001:db8::1");
        assertThat(token.locale()).contains("pt-BR");
        assertThat(token.mode()).isEqualTo(SessionToken.Mode.VIEW);
    }

    @Test
    void aTokenMayBeVerifiedAgainUntilItExpires() throws Exception {
        String token = good().hs256(KEY);
        tokens.verify(token);
        clock.advance(Duration.ofSeconds(600).minusMillis(1));
        tokens.verify(token);
        clock.advance(Duration.ofMillis(1));
        refused(token, "expired");
    }

    @Test
    void bothKeysAreGoodWhileOneReplacesTheOther() throws Exception {
        tokens = new TokenVerifier(Fixture.config(Map.of(
                "console-token-key", Fixture.base64(KEY) + "," + Fixture.base64(OTHER_KEY))), Fixture.https(), clock);

        tokens.verify(good().hs256(KEY));
        tokens.verify(good().hs256(OTHER_KEY));
    }

    @Test
    void anotherKeysTokenIsRefused() {
        refused(good().hs256(OTHER_KEY), "signature");
    }

    @Test
    void aKeysBase64IsNotTheKey() {
        refused(good().hs256(Fixture.base64(KEY).getBytes()), "signature");
    }

    @Test
    void aTokenChangedInAnyCharacterIsRefused() {
        String token = good().hs256(KEY);
        for (int i = 0; i < token.length(); i++) {
            char changed = token.charAt(i) == 'A' ? 'B' : 'A';
            // The last one's lowest two bits are no part of the signature: 'A' to 'D' would be the same.
            char other = i == token.length() - 1 ? (token.charAt(i) < 'a' ? 'w' : 'A') : changed;
            refused(token.substring(0, i) + other + token.substring(i + 1), "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", ""})
    void aTokenWithoutSignatureIsRefused(String algorithm) {
        PanelToken unsigned = good().header("alg", algorithm);
        String token = unsigned.signed(input -> new byte[0]);
        refused(token, "");
        refused(token.substring(0, token.length() - 1), "");
        refused(token + "AAAA", "");
        refused(unsigned.signed(input -> new byte[32]), "");
    }

    @Test
    void anAlgorithmOtherThanHs256IsRefusedThoughTheKeyIsRight() throws Exception {
        byte[] longKey = "x".repeat(64).getBytes();
        tokens = new TokenVerifier(Fixture.config(Map.of("console-token-key", Fixture.base64(longKey))), Fixture.https(), clock);
        tokens.verify(good().hs256(longKey));

        refused(good().signed(JWSAlgorithm.HS512, new MACSigner(longKey)), "no key");
        refused(good().signed(JWSAlgorithm.HS384, new MACSigner(longKey)), "no key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "ES256", "EdDSA", "Ed25519", "PS256", "ES256K", "dir", "A128GCM", "hs256", "HS256 "})
    void aMacUnderAnotherAlgorithmsNameIsRefused(String algorithm) {
        String mac = good().hs256(KEY);
        refused(good().header("alg", algorithm).signed(
                input -> new Base64URL(mac.substring(mac.lastIndexOf('.') + 1)).decode()), "");
    }

    @Test
    void aHeaderThatDemandsAnExtensionIsRefused() {
        refused(good().header("crit", List.of("exp")).header("exp", THEN).hs256(KEY), "extension");
        refused(good().header("crit", List.of("b64")).header("b64", true).hs256(KEY), "extension");
        refused(good().header("crit", List.of("b64")).header("b64", false).hs256(KEY), "extension");
        refused(good().header("b64", false).hs256(KEY), "extension");
        refused(good().header("crit", List.of()).hs256(KEY), "");
        refused(good().header("crit", "b64").hs256(KEY), "");
    }

    @Test
    void aKeyInTheHeaderIsNotTaken() {
        refused(good().header("jwk", Map.of("kty", "oct", "k", Base64URL.encode(OTHER_KEY).toString())).hs256(OTHER_KEY), "");
        refused(good().header("jku", "https://127.0.0.1:1/keys").hs256(OTHER_KEY), "signature");
        refused(good().header("kid", "../../dev/null").hs256(OTHER_KEY), "signature");
    }

    @Test
    void anEncryptedTokenIsRefused() throws Exception {
        JWEObject encrypted = new JWEObject(
                new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM), new Payload(good().hs256(KEY)));
        encrypted.encrypt(new DirectEncrypter(KEY));
        refused(encrypted.serialize(), "compact form");
    }

    @Test
    void aTokenWithoutAnEndIsRefused() {
        refused(good().without("exp").hs256(KEY), "exp");
        refused(good().with("exp", null).hs256(KEY), "exp");
    }

    @Test
    void aTokenLivesForADayAtMost() throws Exception {
        tokens.verify(good().with("exp", THEN + DAY).hs256(KEY));
        refused(good().with("exp", THEN + DAY + 1).hs256(KEY), "24 hours");

        tokens.verify(good().without("iat").with("exp", THEN + DAY).hs256(KEY));
        refused(good().without("iat").with("exp", THEN + DAY + 1).hs256(KEY), "24 hours");

        tokens.verify(good().with("iat", THEN - DAY + 60).with("exp", THEN + 60).hs256(KEY));
        refused(good().with("iat", THEN - DAY).with("exp", THEN + 60).hs256(KEY), "24 hours");
    }

    @Test
    void aTokenIsNotGoodBeforeItsTimeButForClocksThatDifferALittle() throws Exception {
        for (String claim : List.of("nbf", "iat")) {
            tokens.verify(good().with(claim, THEN + 30).hs256(KEY));
            refused(good().with(claim, THEN + 31).hs256(KEY), "not valid yet");
        }
        String later = good().with("nbf", THEN + 120).hs256(KEY);
        refused(later, "not valid yet");
        clock.advance(Duration.ofSeconds(120));
        tokens.verify(later);
    }

    @Test
    void timesMayHaveFractions() throws Exception {
        assertThat(tokens.verify(good().with("exp", THEN + 0.25).hs256(KEY)).expires()).isEqualTo(NOW.plusMillis(250));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sub", "jti", "server"})
    void aTokenWithoutCustomerIdOrServerIsRefused(String claim) {
        refused(good().without(claim).hs256(KEY), claim);
        refused(good().with(claim, null).hs256(KEY), claim);
        refused(good().with(claim, "").hs256(KEY), claim);
        refused(good().with(claim, " ").hs256(KEY), claim);
        refused(good().with(claim, "x".repeat(256)).hs256(KEY), claim);
        refused(good().with(claim, "x\ny").hs256(KEY), claim);
        refused(good().with(claim, "x\u0000").hs256(KEY), claim);
        refused(good().with(claim, 14494).hs256(KEY), claim);
        refused(good().with(claim, true).hs256(KEY), claim);
        refused(good().with(claim, Map.of("id", "14494")).hs256(KEY), claim);
    }

    @Test
    void aListOfServersHoldsNothingButNames() {
        refused(good().with("server", List.of()).hs256(KEY), "server");
        refused(good().with("server", List.of("14494", 20110)).hs256(KEY), "server");
        refused(good().with("server", List.of(List.of("14494"))).hs256(KEY), "server");
        refused(good().with("server", List.of("14494", "")).hs256(KEY), "server");
    }

    @Test
    void customerAndIdAreNoLists() {
        refused(good().with("sub", List.of("c-17")).hs256(KEY), "sub");
        refused(good().with("jti", List.of("t-1")).hs256(KEY), "jti");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp", "nbf", "iat"})
    void aTimeIsANumberOfThisAge(String claim) {
        for (Object odd : List.of(Long.toString(THEN), true, List.of(THEN), Map.of(), -1, Long.MAX_VALUE, 1e300)) {
            refused(good().with(claim, odd).hs256(KEY), claim);
        }
    }

    @Test
    void oddTypesOfOptionalClaimsAreRefusedToo() {
        for (String claim : List.of("ip", "locale", "mode")) {
            for (Object odd : List.of(1, true, List.of("192.0.2.17"), Map.of())) {
                refused(good().with(claim, odd).hs256(KEY), claim);
            }
        }
        refused(good().with("mode", "root").hs256(KEY), "mode");
        refused(good().with("ip", "panel.example").hs256(KEY), "ip");
        refused(good().with("ip", "192.0.2.0/24").hs256(KEY), "ip");
        refused(good().with("ip", "").hs256(KEY), "ip");
    }

    @Test
    void nobodyIsRefusedForTheSakeOfALanguage() throws Exception {
        assertThat(tokens.verify(good().with("locale", "en_US").hs256(KEY)).locale()).contains("en-US");
        for (String odd : List.of("", "!", "x".repeat(100), "<script>")) {
            assertThat(tokens.verify(good().with("locale", odd).hs256(KEY)).locale()).isEmpty();
        }
    }

    @Test
    void aTokenIsBoundedBeforeItIsRead() throws Exception {
        List<String> many = IntStream.range(0, 100).mapToObj(i -> "server-%032d".formatted(i)).toList();
        assertThat(tokens.verify(good().with("server", many).hs256(KEY)).servers()).hasSize(100);

        refused(good().with("note", "x".repeat(TokenVerifier.LONGEST_TOKEN)).hs256(KEY), "longer than");
        refused("eyJ".repeat(1_000_000), "longer than");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "...", "a.b.c", "bnVsbA.bnVsbA.AAAA", "e30.e30.AAAA", "eyJhbGciOiJIUzI1NiJ9..",
        "eyJhbGciOiJIUzI1NiJ9.e30", "eyJhbGciOiJIUzI1NiJ9.e30.", " eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "eyJhbGciOiJIUzI1NiJ9.e30.AA\u0000A"})
    void whatIsNoTokenIsRefused(String token) {
        refused(token, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "1", "\"x\"", "{", "{}{}", "{\"sub\":\"a\",}", "\u0000"})
    void signedPayloadsThatAreNoClaimsAreRefused(String payload) {
        refused(signed(payload), "");
    }

    @Test
    void deepNestingIsRefused() {
        refused(Base64URL.encode("{\"alg\":" + "[".repeat(4000)) + ".e30.AAAA", "");
        refused(signed("{\"sub\":" + "[".repeat(4000)), "");
        refused(signed("{\"sub\":" + "[".repeat(2500) + "]".repeat(2500) + "}"), "");
    }

    /** Any text, signed as a panel signs its claims. */
    private static String signed(String payload) {
        return good().header("alg", "HS256").signed(payload, PanelToken.mac(KEY));
    }

    private void refused(String token, String why) {
        assertThatThrownBy(() -> tokens.verify(token)).isInstanceOfSatisfying(AccessException.class, e -> {
            assertThat(e.refusal()).isEqualTo(AccessException.Refusal.TOKEN);
            assertThat(e).hasNoCause();
            assertThat(e.getMessage()).contains(why);
        });
    }
}
