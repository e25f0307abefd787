package org.serverconsole.cli;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import org.serverconsole.config.Secret;

/** Signs session tokens (JWT, RFC 7519) with HS256. */
final class TokenSigner {

    /** Nobody guesses a token's {@code jti}, and no two are the same. */
    private static final int ID_BYTES = 16;

    private final Secret key;
    private final Clock clock;
    private final SecureRandom random;

    /**
     * @param key base64 of at least 32 bytes
     */
    TokenSigner(Secret key, Clock clock, SecureRandom random) {
        this.key = key;
        this.clock = clock;
        this.random = random;
    }

    /**
     * What a token says of itself.
     *
     * @param address claim {@code ip}, or empty for any
     * @param locale claim {@code locale}, or empty
     */
    record Claims(String customer, String server, Duration valid, Optional<String> address, Optional<String> locale) { }

    /** The token in its compact form. */
    String sign(Claims claims) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder()
                .subject(claims.customer())
                .claim("server", claims.server())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(claims.valid())))
                .jwtID(Base64URL.encode(id).toString());
        claims.address().ifPresent(address -> set.claim("ip", address));
        claims.locale().ifPresent(locale -> set.claim("locale", locale));
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), set.build());
        try {
            token.sign(new MACSigner(Base64.getDecoder().decode(key.reveal())));
        } catch (JOSEException e) {
            throw new IllegalStateException("a key that was found good cannot sign", e);
        }
        return token.serialize();
    }
}
