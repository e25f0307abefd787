package org.serverconsole.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.BaseJWSProvider;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.util.Set;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * Verifies Ed25519 signatures (RFC 8037) with Bouncy Castle: the library's verifier of this name needs Google Tink besides,
 * and Java's own takes eight times as long.
 */
final class Ed25519Verifier extends BaseJWSProvider implements JWSVerifier {

    private static final int SIGNATURE_LENGTH = 64;

    private final Ed25519PublicKeyParameters key;

    Ed25519Verifier(OctetKeyPair pair) throws JOSEException {
        super(Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519));
        try {
            key = new Ed25519PublicKeyParameters(pair.getDecodedX());
        } catch (IllegalArgumentException e) {
            throw new JOSEException("not an Ed25519 key", e);
        }
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signed, Base64URL encodedSignature) {
        byte[] signature = encodedSignature.decode();
        if (!supportedJWSAlgorithms().contains(header.getAlgorithm()) || signature.length != SIGNATURE_LENGTH) {
            return false;
        }
        Ed25519Signer verification = new Ed25519Signer();
        verification.init(false, key);
        verification.update(signed, 0, signed.length);
        return verification.verifySignature(signature);
    }
}
