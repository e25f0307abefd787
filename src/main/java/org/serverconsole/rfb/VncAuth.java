package org.serverconsole.rfb;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.serverconsole.config.Secret;

/** The arithmetic of VNC Authentication (RFC 6143, 7.2.2). */
final class VncAuth {

    /** Bytes of a challenge, and of the response to it. */
    static final int LENGTH = 16;

    private static final int KEY_LENGTH = 8;

    private VncAuth() { }

    /** What a client that knows the password answers to that challenge. */
    static byte[] response(Secret password, byte[] challenge) {
        byte[] key = Arrays.copyOf(password.reveal().getBytes(StandardCharsets.ISO_8859_1), KEY_LENGTH);
        for (int i = 0; i < key.length; i++) {
            // Not in the RFC, but every VNC server does it: the bits of each key byte are mirrored.
            key[i] = (byte) (Integer.reverse(key[i]) >>> 24);
        }
        try {
            Cipher des = Cipher.getInstance("DES/ECB/NoPadding");
            des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
            return des.doFinal(challenge);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no DES, which VNC passwords need", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
