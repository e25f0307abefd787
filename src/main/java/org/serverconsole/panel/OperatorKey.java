package org.serverconsole.panel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The key that opens the operator's API. Only its hash is known here; the keys that {@code keygen --operator} makes have 256
 * random bits, so nobody guesses one, and no number of wrong keys keeps the right one out.
 */
public final class OperatorKey {

    private static final String BEARER = "Bearer ";

    private final Optional<byte[]> hash;

    /**
     * @param sha256 of the key's characters, 64 hex digits, or empty where there is no such API
     */
    public OperatorKey(Optional<String> sha256) {
        hash = sha256.map(HexFormat.of()::parseHex);
    }

    boolean isSet() {
        return hash.isPresent();
    }

    /**
     * Whether that is the key. Takes equally long for every wrong one of the same length.
     *
     * @param authorization the header of that name (RFC 6750, 2.1)
     */
    boolean opens(String authorization) {
        return hash.isPresent() && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && MessageDigest.isEqual(hash.get(), sha256(authorization.substring(BEARER.length()).strip()));
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
