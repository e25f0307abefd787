package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.serverconsole.access.Fixture.KEY;
import static org.serverconsole.access.Fixture.NOW;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.ConfigException;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.fake.PanelToken;

/** Tokens signed with the panel's private keys, whose public ones are in a file. */
class PublicKeyTokenTest {

    private static RSAKey rsa;
    private static ECKey ec;
    private static KeyPair edPair;
    private static OctetKeyPair ed;

    private final FakeClock clock = new FakeClock(NOW);

    @TempDir
    Path folder;

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        edPair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = edPair.getPublic().getEncoded();
        byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        ed = new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).keyID("ed").build();
    }

    private static PanelToken good() {
        return PanelToken.of("14494", NOW);
    }

    private static String byRsa(PanelToken token) throws JOSEException {
        return token.signed(JWSAlgorithm.RS256, new RSASSASigner(rsa));
    }

    private static String byEc(PanelToken token) throws JOSEException {
        return token.signed(JWSAlgorithm.ES256, new ECDSASigner(ec));
    }

    @Test
    void allThreeKindsOfKeyAreGoodWithAndWithoutTheirId() throws Exception {
        TokenVerifier tokens = verifier(rsa.toPublicJWK(), ec.toPublicJWK(), ed);

        for (String token : List.of(
                byRsa(good()), byRsa(good().header("kid", "rsa")),
                byEc(good()), byEc(good().header("kid", "ec")),
                good().header("alg", "EdDSA").ed25519(edPair.getPrivate()),
                good().header("alg", "EdDSA").header("kid", "ed").ed25519(edPair.getPrivate()),
                good().header("alg", "Ed25519").ed25519(edPair.getPrivate()))) {
            assertThat(tokens.verify(token).customer()).isEqualTo("c-17");
        }
    }

    @Test
    void sharedAndPublicKeysAreGoodBesideEachOther() throws Exception {
        TokenVerifier tokens = new TokenVerifier(Fixture.config(Map.of("console-token-key", Fixture.base64(KEY),
                "console-token-jwks", file(rsa.toPublicJWK()).toString())), Fixture.https(), clock);

        tokens.verify(good().hs256(KEY));
        tokens.verify(byRsa(good()));
    }

    @Test
    void anotherKeyOfTheSameKindIsRefused() throws Exception {
        TokenVerifier tokens = verifier(rsa.toPublicJWK(), ec.toPublicJWK(), ed);

        refused(tokens, good().signed(JWSAlgorithm.RS256, new RSASSASigner(new RSAKeyGenerator(2048).generate())));
        refused(tokens, good().signed(JWSAlgorithm.ES256, new ECDSASigner(new ECKeyGenerator(Curve.P_256).generate())));
        refused(tokens, good().header("alg", "EdDSA")
                .ed25519(KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate()));
    }

    @Test
    void aKeyUnderAnotherKeysIdOrAlgorithmIsRefused() throws Exception {
        TokenVerifier tokens = verifier(rsa.toPublicJWK(), ec.toPublicJWK(), ed);

        refused(tokens, byRsa(good().header("kid", "ec")));
        refused(tokens, byRsa(good().header("kid", "RSA")));
        refused(tokens, byRsa(good().header("kid", "")));
        refused(tokens, good().signed(JWSAlgorithm.RS384, new RSASSASigner(rsa)));
        refused(tokens, good().signed(JWSAlgorithm.PS256, new RSASSASigner(rsa)));
        refused(tokens, good().header("alg", "ES256").ed25519(edPair.getPrivate()));
        refused(tokens, good().header("alg", "RS256").ed25519(edPair.getPrivate()));
        refused(tokens, good().header("alg", "EdDSA").signed(input -> signature(byEcUnchecked(good()))));
    }

    @Test
    void aMacKeyedWithWhatIsPublicIsRefused() throws Exception {
        Path file = file(rsa.toPublicJWK(), ec.toPublicJWK(), ed);
        TokenVerifier publicOnly = new TokenVerifier(Fixture.config(Map.of("console-token-jwks", file.toString())), Fixture.https(), clock);
        TokenVerifier both = new TokenVerifier(Fixture.config(Map.of(
                "console-token-key", Fixture.base64(KEY), "console-token-jwks", file.toString())), Fixture.https(), clock);

        for (byte[] known : publiclyKnown(file)) {
            for (PanelToken token : List.of(good(), good().header("kid", "rsa"), good().header("kid", "ec"), good().header("kid", "ed"))) {
                refused(publicOnly, token.hs256(known));
                refused(both, token.hs256(known));
                refused(publicOnly, token.header("alg", "RS256").signed(PanelToken.mac(known)));
            }
        }
    }

    private static List<byte[]> publiclyKnown(Path file) throws Exception {
        List<byte[]> known = new ArrayList<>(List.of(
                rsa.toRSAPublicKey().getEncoded(), ec.toECPublicKey().getEncoded(), edPair.getPublic().getEncoded(),
                rsa.getModulus().decode(), rsa.getModulus().toString().getBytes(),
                ed.getX().decode(), ec.getX().decode(),
                rsa.toPublicJWK().toJSONString().getBytes(), Files.readAllBytes(file), rsa.computeThumbprint().decode()));
        for (byte[] der : List.copyOf(known.subList(0, 3))) {
            String pem = "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                    + "\n-----END PUBLIC KEY-----";
            known.add(pem.getBytes());
            known.add((pem + "\n").getBytes());
        }
        return known;
    }

    @Test
    void aSymmetricKeyAmongThePublicOnesIsNotTaken() throws Exception {
        OctetSequenceKey oct = new OctetSequenceKeyGenerator(256).keyID("oct").generate();
        TokenVerifier tokens = verifier(oct, rsa.toPublicJWK());

        tokens.verify(byRsa(good()));
        refused(tokens, good().hs256(oct.toByteArray()));
        refused(tokens, good().header("kid", "oct").hs256(oct.toByteArray()));
    }

    @Test
    void anEcdsaSignatureOfZerosIsRefused() throws Exception {
        TokenVerifier tokens = verifier(ec.toPublicJWK());

        refused(tokens, good().header("alg", "ES256").signed(input -> new byte[64]));
        byte[] order = Curve.P_256.toECParameterSpec().getOrder().toByteArray();
        byte[] orders = new byte[64];
        System.arraycopy(order, order.length - 32, orders, 0, 32);
        System.arraycopy(order, order.length - 32, orders, 32, 32);
        refused(tokens, good().header("alg", "ES256").signed(input -> orders));
    }

    @Test
    void signaturesOfOddLengthsAreRefused() throws Exception {
        TokenVerifier tokens = verifier(rsa.toPublicJWK(), ec.toPublicJWK(), ed);
        for (String algorithm : List.of("RS256", "ES256", "EdDSA")) {
            for (int length : List.of(1, 31, 32, 63, 64, 65, 255, 256, 257, 512)) {
                refused(tokens, good().header("alg", algorithm).signed(input -> filled(length)));
            }
        }
    }

    @Test
    void theExampleOfTheStandardForEd25519IsVerified() throws Exception {
        // RFC 8037, appendix A.4 and A.5
        OctetKeyPair key = new OctetKeyPair.Builder(
                Curve.Ed25519, new Base64URL("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")).build();
        JWSObject example = JWSObject.parse("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
                + "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        Ed25519Verifier verifier = new Ed25519Verifier(key);

        assertThat(example.verify(verifier)).isTrue();
        byte[] signature = example.getSignature().decode();
        for (int i = 0; i < signature.length; i++) {
            byte[] changed = signature.clone();
            changed[i] ^= 1;
            assertThat(verifier.verify(example.getHeader(), example.getSigningInput(), Base64URL.encode(changed))).isFalse();
        }
    }

    @Test
    void theNeutralPointAsEd25519SignatureIsRefused() throws Exception {
        // S beyond the group's order, and R the neutral element: what sloppy verifiers let pass.
        TokenVerifier tokens = verifier(ed);
        byte[] signature = new byte[64];
        signature[0] = 1;
        refused(tokens, good().header("alg", "EdDSA").signed(input -> signature));
        Arrays.fill(signature, 32, 64, (byte) 0xff);
        refused(tokens, good().header("alg", "EdDSA").signed(input -> signature));
    }

    @Test
    void keysOfAnotherUseOrAlgorithmAreNotUsed() throws Exception {
        RSAKey encryption = new RSAKey.Builder(rsa.toRSAPublicKey()).keyUse(KeyUse.ENCRYPTION).build();
        RSAKey other = new RSAKey.Builder(rsa.toRSAPublicKey()).algorithm(JWSAlgorithm.PS256).build();
        RSAKey wanted = new RSAKey.Builder(rsa.toRSAPublicKey()).algorithm(JWSAlgorithm.RS256).keyUse(KeyUse.SIGNATURE).build();

        verifier(wanted).verify(byRsa(good()));
        assertUnusable(List.of(encryption), "not for verifying signatures");
        assertUnusable(List.of(other), "none of ES256, RS256 and EdDSA");
    }

    @Test
    void aFileWithoutAUsableKeyIsRefusedAtStart() throws Exception {
        assertUnusable(List.of(), "holds no key");
        assertUnusable(List.of(new OctetSequenceKeyGenerator(256).generate()), "private or symmetric");
        assertUnusable(List.of(rsa), "private or symmetric");
        assertUnusable(List.of(new RSAKey.Builder(new Base64URL(Base64URL.encode(
                BigInteger.ONE.shiftLeft(1023).add(BigInteger.ONE)).toString()), new Base64URL("AQAB")).build()), "1024 bits");
        assertUnusable(List.of(new ECKeyGenerator(Curve.P_521).generate().toPublicJWK()), "no RSA, P-256 or Ed25519 key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[1]}", "{\"keys\":[{\"kty\":\"RSA\"}]}",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}]}", "-----BEGIN PUBLIC KEY-----", "[[[["})
    void aFileThatIsNoKeySetIsRefusedAtStart(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("jwks.json"), content);
        assertUnusable(file, "console-token-jwks");
    }

    @Test
    void aFileThatHasNoEndIsRefusedAtStart() throws Exception {
        assertUnusable(Files.writeString(folder.resolve("jwks.json"), " ".repeat(200_000)), "cannot be read");
    }

    @Test
    void noMoreThanSixteenKeysAreTried() throws Exception {
        List<JWK> many = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            many.add(new ECKeyGenerator(Curve.P_256).keyID("ec-" + i).generate().toPublicJWK());
        }
        many.add(rsa.toPublicJWK());
        assertThat(KeySet.parse(new JWKSet(many).toString()).keys()).hasSize(16);
        refused(verifier(many.toArray(JWK[]::new)), byRsa(good()));
    }

    @Test
    void aNewKeyInTheFileIsFoundWhenATokenNamesIt() throws Exception {
        Path file = file(ec.toPublicJWK());
        TokenVerifier tokens = new TokenVerifier(Fixture.config(Map.of("console-token-jwks", file.toString())), Fixture.https(), clock);
        write(file, ec.toPublicJWK(), rsa.toPublicJWK());

        tokens.verify(byRsa(good().header("kid", "rsa")));
        tokens.verify(byEc(good().header("kid", "ec")));
    }

    @Test
    void aKeyTakenOutOfTheFileIsForgottenWithinFiveMinutes() throws Exception {
        Path file = file(ec.toPublicJWK(), rsa.toPublicJWK());
        TokenVerifier tokens = new TokenVerifier(Fixture.config(Map.of("console-token-jwks", file.toString())), Fixture.https(), clock);
        write(file, ec.toPublicJWK());
        tokens.verify(byRsa(good()));

        clock.advance(Duration.ofMinutes(5));
        refused(tokens, byRsa(good()));
    }

    @Test
    void aFileThatBreaksLaterLeavesTheLastKeysInUse() throws Exception {
        Path file = file(ec.toPublicJWK());
        TokenVerifier tokens = new TokenVerifier(Fixture.config(Map.of("console-token-jwks", file.toString())), Fixture.https(), clock);
        for (String broken : List.of("{", "{\"keys\":[]}", rsa.toJSONString())) {
            Files.writeString(file, broken);
            clock.advance(Duration.ofMinutes(6));
            tokens.verify(byEc(PanelToken.of("14494", clock.instant())));
        }
        Files.delete(file);
        clock.advance(Duration.ofMinutes(6));
        tokens.verify(byEc(PanelToken.of("14494", clock.instant())));
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0x5a);
        return bytes;
    }

    private static String byEcUnchecked(PanelToken token) {
        try {
            return byEc(token);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] signature(String token) {
        return new Base64URL(token.substring(token.lastIndexOf('.') + 1)).decode();
    }

    private TokenVerifier verifier(JWK... keys) throws Exception {
        return new TokenVerifier(Fixture.config(Map.of("console-token-jwks", file(keys).toString())), Fixture.https(), clock);
    }

    private Path file(JWK... keys) throws Exception {
        return write(folder.resolve("jwks-" + UUID.randomUUID() + ".json"), keys);
    }

    private static Path write(Path file, JWK... keys) throws Exception {
        return Files.writeString(file, new JWKSet(List.of(keys)).toString(false), StandardCharsets.UTF_8);
    }

    private void assertUnusable(List<JWK> keys, String why) throws Exception {
        assertUnusable(file(keys.toArray(JWK[]::new)), why);
    }

    private void assertUnusable(Path file, String why) throws Exception {
        var config = Fixture.config(Map.of("console-token-jwks", file.toString()));
        assertThatThrownBy(() -> new TokenVerifier(config, Fixture.https(), clock)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("console-token-jwks").hasMessageContaining(why);
    }

    private static void refused(TokenVerifier tokens, String token) {
        assertThat(Fixture.refusal(() -> tokens.verify(token))).isEqualTo(AccessException.Refusal.TOKEN);
    }
}
