package org.serverconsole.rfb;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.serverconsole.config.Secret;

/** The password file of VNC servers, as {@code vncpasswd} writes it. */
public final class VncPasswordFile {

    /** The same in every VNC server (rfb/Password.cxx): what it hides it does not keep. Its bits are mirrored already. */
    private static final byte[] KEY = {(byte) 0xe8, 0x4a, (byte) 0xd6, 0x60, (byte) 0xc4, 0x72, 0x1a, (byte) 0xe0};
    private static final int LENGTH = 8;

    private VncPasswordFile() { }

    /** 8 bytes for a password of up to 8 characters. */
    public static byte[] bytes(Secret password) {
        try {
            Cipher des = Cipher.getInstance("DES/ECB/NoPadding");
            des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(KEY, "DES"));
            return des.doFinal(Arrays.copyOf(password.reveal().getBytes(StandardCharsets.ISO_8859_1), LENGTH));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no DES, which VNC passwords need", e);
        }
    }
}
