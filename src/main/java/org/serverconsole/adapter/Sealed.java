package org.serverconsole.adapter;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.serverconsole.config.Secret;

/**
 * What a lease needs and nobody may read in the journal, such as the cookie of a BMC's session: sealed under the account's
 * password, which the journal never has (PBKDF2 with HMAC-SHA256, AES-GCM).
 */
public final class Sealed {

    private static final int ROUNDS = 100_000;
    private static final int SALT = 16;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BITS = 256;

    private Sealed() { }

    /** Base64 that {@link #open} opens with the same password. */
    public static String seal(Secret value, Secret password, SecureRandom random) {
        byte[] head = new byte[SALT + NONCE];
        random.nextBytes(head);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, head, password).doFinal(value.reveal().getBytes(StandardCharsets.UTF_8));
            byte[] whole = Arrays.copyOf(head, head.length + sealed.length);
            System.arraycopy(sealed, 0, whole, head.length, sealed.length);
            return Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM seals nothing", e);
        }
    }

    /** What was sealed, or empty where the password has been changed since, or something else. */
    public static Optional<Secret> open(String sealed, Secret password) {
        try {
            byte[] whole = Base64.getDecoder().decode(sealed);
            if (whole.length < SALT + NONCE) {
                return Optional.empty();
            }
            byte[] value = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(whole, SALT + NONCE), password)
                    .doFinal(whole, SALT + NONCE, whole.length - SALT - NONCE);
            return Optional.of(Secret.of(new String(value, StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Said by the emptiness.
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, byte[] head, Secret password) throws GeneralSecurityException {
        byte[] salt = Arrays.copyOf(head, SALT);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.reveal().toCharArray(), salt, ROUNDS, KEY_BITS)).getEncoded();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, head, SALT, NONCE));
        return cipher;
    }
}
