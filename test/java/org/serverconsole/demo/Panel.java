package org.serverconsole.demo;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** What a hosting panel does: signs session tokens with the key it shares with the extension, and gives servers their PINs. */
final class Panel {

    private static final String CUSTOMER = "demo-customer";

    /** Of the 24 hours that the extension allows. */
    private static final Duration VALIDITY = Duration.ofHours(23);

    private static final int KEY_BYTES = 32;
    private static final int PIN_COST = 12;

    private final SecureRandom random = new SecureRandom();
    private final byte[] key = new byte[KEY_BYTES];

    Panel() {
        random.nextBytes(key);
    }

    /** For {@code console-token-key}. */
    String key() {
        return Base64.getEncoder().encodeToString(key);
    }

    /** A session token that opens one console once. */
    String token(String server) {
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), new JWTClaimsSet.Builder()
                .subject(CUSTOMER).claim("server", server).jwtID(UUID.randomUUID().toString())
                .expirationTime(Date.from(Instant.now().plus(VALIDITY))).build());
        try {
            token.sign(new MACSigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("the key does not sign", e);
        }
        return token.serialize();
    }

    /** Six digits, zeros in front included. */
    String newPin() {
        return "%06d".formatted(random.nextInt(1_000_000));
    }

    /** A server's entry in the inventory. */
    Map<String, Object> entry(DemoServer server, String pin) {
        return entry(server.id(), pin, server.entry());
    }

    /** @param options what is not the panel's to say */
    Map<String, Object> entry(String id, String pin, Map<String, Object> options) {
        Map<String, Object> entry = new LinkedHashMap<>(options);
        entry.put("label", "Server " + id);
        entry.put("pin", hash(pin));
        return entry;
    }

    private String hash(String pin) {
        return BCrypt.with(BCrypt.Version.VERSION_2B).hashToString(PIN_COST, pin.toCharArray());
    }
}
