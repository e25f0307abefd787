package org.serverconsole.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.util.Optional;
import java.util.Set;

/**
 * One public key of the panel, and the only algorithms it is used with.
 *
 * @param id its {@code kid}, or empty
 */
record PublicKey(Optional<String> id, Set<JWSAlgorithm> algorithms, JWSVerifier verifier) {

    /** All that any public key may be used with. {@code Ed25519} is the newer name of {@code EdDSA} (RFC 9864). */
    static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256, JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

    private static final int SHORTEST_RSA = 2048;

    /** A key that is of no use here, and why. */
    static final class Unusable extends Exception {
        Unusable(String why) {
            super(why);
        }
    }

    static PublicKey of(JWK key) throws Unusable {
        if (key.isPrivate()) {
            throw new Unusable("it is a private or symmetric key, which nobody else may know");
        }
        if (key.getKeyUse() != null && !key.getKeyUse().equals(KeyUse.SIGNATURE)
                || key.getKeyOperations() != null && !key.getKeyOperations().contains(KeyOperation.VERIFY)) {
            throw new Unusable("it is not for verifying signatures");
        }
        PublicKey usable = new PublicKey(Optional.ofNullable(key.getKeyID()), algorithms(key), verifier(key));
        if (key.getAlgorithm() == null) {
            return usable;
        }
        if (!usable.algorithms.contains(key.getAlgorithm())) {
            throw new Unusable("its algorithm is none of ES256, RS256 and EdDSA");
        }
        return new PublicKey(usable.id, Set.of(JWSAlgorithm.parse(key.getAlgorithm().getName())), usable.verifier);
    }

    private static Set<JWSAlgorithm> algorithms(JWK key) throws Unusable {
        if (key instanceof RSAKey rsa) {
            if (rsa.size() < SHORTEST_RSA) {
                throw new Unusable("an RSA key of " + rsa.size() + " bits, at least " + SHORTEST_RSA + " are needed");
            }
            return Set.of(JWSAlgorithm.RS256);
        }
        if (key instanceof ECKey ec && ec.getCurve().equals(Curve.P_256)) {
            return Set.of(JWSAlgorithm.ES256);
        }
        if (key instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519)) {
            return Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);
        }
        throw new Unusable("it is no RSA, P-256 or Ed25519 key");
    }

    private static JWSVerifier verifier(JWK key) throws Unusable {
        try {
            if (key instanceof RSAKey rsa) {
                return new RSASSAVerifier(rsa);
            }
            return key instanceof ECKey ec ? new P256Verifier(ec) : new Ed25519Verifier(key.toOctetKeyPair());
        } catch (JOSEException e) {
            throw new Unusable("it is damaged");
        }
    }

    /** Whether it may have signed what has that header. A header without key ID fits every key. */
    boolean fits(JWSHeader header) {
        return algorithms.contains(header.getAlgorithm())
                && (header.getKeyID() == null || id.isPresent() && id.get().equals(header.getKeyID()));
    }
}
