package org.serverconsole.access;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON Web Key Set (RFC 7517), as far as it is of use here.
 *
 * @param keys up to 16, so that a token without key ID costs no more than 16 verifications
 * @param ignored a sentence for each key that is not used, without anything from the set
 */
record KeySet(List<PublicKey> keys, List<String> ignored) {

    static final KeySet EMPTY = new KeySet(List.of(), List.of());

    private static final int MOST = 16;

    KeySet {
        keys = List.copyOf(keys);
        ignored = List.copyOf(ignored);
    }

    /**
     * @throws ParseException where it is not a key set, or one of a known type is damaged
     */
    static KeySet parse(String json) throws ParseException {
        List<PublicKey> keys = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        int number = 0;
        for (JWK key : read(json)) {
            number++;
            try {
                if (keys.size() == MOST) {
                    throw new PublicKey.Unusable("there are " + MOST + " before it");
                }
                keys.add(PublicKey.of(key));
            } catch (PublicKey.Unusable e) {
                ignored.add("key " + number + " of the set is not used: " + e.getMessage());
            }
        }
        return new KeySet(keys, ignored);
    }

    private static List<JWK> read(String json) throws ParseException {
        try {
            return JWKSet.parse(json).getKeys();
        } catch (ParseException | RuntimeException e) {
            // A RuntimeException too: that is what the parser makes of "null". Its messages may quote keys.
            throw new ParseException("not a JSON Web Key Set (RFC 7517)", 0);
        }
    }

    List<JWSVerifier> fitting(JWSHeader header) {
        return keys.stream().filter(key -> key.fits(header)).map(PublicKey::verifier).toList();
    }
}
