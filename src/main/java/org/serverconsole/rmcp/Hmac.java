package org.serverconsole.rmcp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A keyed hash; not for several threads. */
final class Hmac {

    private final Mac mac;

    Hmac(String algorithm, byte[] key) {
        try {
            mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + algorithm, e);
        }
    }

    byte[] of(byte[] bytes) {
        return mac.doFinal(bytes);
    }

    byte[] of(ByteBuffer bytes) {
        mac.update(bytes);
        return mac.doFinal();
    }

    /** The first bytes of the hash of a part of the bytes. */
    byte[] code(byte[] bytes, int from, int to, int length) {
        mac.update(bytes, from, to - from);
        return Arrays.copyOf(mac.doFinal(), length);
    }
}
