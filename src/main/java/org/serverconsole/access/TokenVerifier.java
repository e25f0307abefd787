package org.serverconsole.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.config.Secret;
import org.serverconsole.https.PanelHttps;

/**
 * Tells whether a session token is the panel's and in its time: a JWS in compact form (RFC 7515), signed with HS256 by a
 * shared key or with ES256, RS256 or EdDSA by a public one. Which server, client or use it is good for, and whether it has
 * been used, is not asked here. Safe for use by many threads.
 *
 * <p>The algorithm decides which keys are tried and is never taken from a key: HS256 only ever meets the shared keys, the
 * others only ever the public ones (RFC 8725, 3.1).
 */
public final class TokenVerifier {

    /** A token may not live longer. */
    static final Duration LONGEST_LIFE = Duration.ofHours(24);

    /** How far the panel's clock may be ahead of ours. */
    static final Duration LEEWAY = Duration.ofSeconds(30);

    /** In characters: a token for a hundred servers is half as long. */
    static final int LONGEST_TOKEN = 8192;

    /** Stricter than the library, which skips what is not base64url. */
    private static final Pattern COMPACT = Pattern.compile("([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)");

    private final List<JWSVerifier> sharedKeys;
    private final PublicKeys publicKeys;
    private final Clock clock;

    /**
     * @param panel asked for public keys where they are a URL
     * @throws ConfigException naming {@code console-token-jwks} where it is a file that holds no usable key
     */
    public TokenVerifier(ConsoleConfig config, PanelHttps panel, Clock clock) throws ConfigException {
        this(sharedKeys(config.tokenKeys()), PublicKeys.read(config.tokenJwks(), panel, clock), clock);
    }

    TokenVerifier(List<JWSVerifier> sharedKeys, PublicKeys publicKeys, Clock clock) {
        this.sharedKeys = sharedKeys;
        this.publicKeys = publicKeys;
        this.clock = clock;
    }

    private static List<JWSVerifier> sharedKeys(List<Secret> keys) throws ConfigException {
        List<JWSVerifier> verifiers = new ArrayList<>();
        for (Secret key : keys) {
            try {
                verifiers.add(new MACVerifier(Base64.getDecoder().decode(key.reveal())));
            } catch (JOSEException e) {
                throw new ConfigException("guacamole.properties: console-token-key: a key is too short for HS256", e);
            }
        }
        return List.copyOf(verifiers);
    }

    /**
     * @throws AccessException with {@link AccessException.Refusal#TOKEN}, whatever is wrong
     */
    public SessionToken verify(String token) throws AccessException {
        if (token.length() > LONGEST_TOKEN) {
            throw AccessException.token("it is longer than " + LONGEST_TOKEN + " characters");
        }
        var parts = COMPACT.matcher(token);
        if (!parts.matches()) {
            throw AccessException.token("it is not a signed JWT in compact form");
        }
        JWSHeader header = header(decoded(parts.group(1)), parts.group(1));
        byte[] signed = token.substring(0, parts.end(2)).getBytes(StandardCharsets.US_ASCII);
        if (!isSigned(header, signed, new Base64URL(parts.group(3)))) {
            throw AccessException.token("its signature is not the panel's");
        }
        Claims claims = Claims.parse(decoded(parts.group(2)));
        return claims.token(expires(claims), claims.name("jti"));
    }

    /** The library decodes in constant time, which is slow and would only serve secrets: this is what anybody can read. */
    private static String decoded(String part) throws AccessException {
        try {
            return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw AccessException.token("it is not base64url");
        }
    }

    private static JWSHeader header(String json, String encoded) throws AccessException {
        JWSHeader header;
        try {
            header = JWSHeader.parse(json, new Base64URL(encoded));
        } catch (ParseException | RuntimeException e) {
            // A RuntimeException too: that is what the parser makes of "null", and of a private key in the header.
            throw AccessException.token("its header cannot be read, or its algorithm is none");
        }
        if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
            throw AccessException.token("its header demands an extension");
        }
        return header;
    }

    private boolean isSigned(JWSHeader header, byte[] signed, Base64URL signature) throws AccessException {
        for (JWSVerifier key : keysFor(header)) {
            try {
                if (key.verify(header, signed, signature)) {
                    return true;
                }
            } catch (JOSEException e) {
                // As bad as a signature that does not fit; another key may do.
                continue;
            }
        }
        return false;
    }

    private List<JWSVerifier> keysFor(JWSHeader header) throws AccessException {
        JWSAlgorithm algorithm = header.getAlgorithm();
        List<JWSVerifier> keys = algorithm.equals(JWSAlgorithm.HS256) ? sharedKeys
                : PublicKey.ALGORITHMS.contains(algorithm) ? publicKeys.fitting(header) : List.of();
        if (keys.isEmpty()) {
            throw AccessException.token("there is no key for its algorithm and key ID");
        }
        return keys;
    }

    private Instant expires(Claims claims) throws AccessException {
        Instant now = clock.instant();
        Instant latestBegin = now.plus(LEEWAY);
        Optional<Instant> issued = claims.time("iat");
        Optional<Instant> notBefore = claims.time("nbf");
        Instant expires = claims.time("exp").orElseThrow(() -> AccessException.token("it has no claim exp"));
        if (!now.isBefore(expires)) {
            throw AccessException.token("it has expired");
        }
        if (issued.isPresent() && issued.get().isAfter(latestBegin)
                || notBefore.isPresent() && notBefore.get().isAfter(latestBegin)) {
            throw AccessException.token("it is not valid yet");
        }
        if (expires.isAfter(issued.orElse(now).plus(LONGEST_LIFE))) {
            throw AccessException.token("it lives longer than " + LONGEST_LIFE.toHours() + " hours");
        }
        return expires;
    }
}
