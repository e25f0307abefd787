package org.serverconsole.adapter;

import java.security.SecureRandom;
import org.serverconsole.config.Secret;

/** Passwords for one console: as long as VNC Authentication takes them (RFC 6143, 7.2.2), and newer libvirt and iDRACs allow. */
public final class VncPassword {

    private static final int LENGTH = 8;
    private static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private VncPassword() { }

    /** 8 random letters and digits. */
    public static Secret random(SecureRandom random) {
        StringBuilder password = new StringBuilder();
        while (password.length() < LENGTH) {
            password.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return Secret.of(password.toString());
    }
}
