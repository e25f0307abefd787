package org.serverconsole.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.BaseJWSProvider;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies HS256 (RFC 7518, 3.2). The library's verifier looks for a provider, takes the key in anew and decodes in constant time
 * for each token, which anybody in the world can have it do.
 */
final class SharedKeyVerifier extends BaseJWSProvider implements JWSVerifier {

    /** In bytes (RFC 7518, 3.2). */
    private static final int SHORTEST_KEY = 32;

    private static final String HMAC = "HmacSHA256";

    /** Never used itself: each token has a copy of its own. */
    private final Mac fresh;

    SharedKeyVerifier(byte[] key) throws JOSEException {
        super(Set.of(JWSAlgorithm.HS256));
        if (key.length < SHORTEST_KEY) {
            throw new JOSEException("the key is shorter than " + SHORTEST_KEY + " bytes");
        }
        try {
            fresh = Mac.getInstance(HMAC);
            fresh.init(new SecretKeySpec(key, HMAC));
            copy();
        } catch (GeneralSecurityException e) {
            throw new JOSEException("this JVM cannot reckon " + HMAC, e);
        }
    }

    private Mac copy() throws JOSEException {
        try {
            return (Mac) fresh.clone();
        } catch (CloneNotSupportedException e) {
            throw new JOSEException("this JVM's " + HMAC + " cannot be copied", e);
        }
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signed, Base64URL signature) throws JOSEException {
        if (!supportedJWSAlgorithms().contains(header.getAlgorithm())) {
            return false;
        }
        try {
            return MessageDigest.isEqual(copy().doFinal(signed), Base64.getUrlDecoder().decode(signature.toString()));
        } catch (IllegalArgumentException e) {
            return false; // not base64url
        }
    }
}
