package org.serverconsole.access;

import java.security.SecureRandom;

/**
 * Numbers that tie what a customer was told to what the log knows, such as {@code K7F3Q9}: short enough to be read out on
 * the telephone, without letters and digits that look alike.
 */
public record References(SecureRandom random) {

    private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final int LENGTH = 6;

    public String next() {
        StringBuilder reference = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            reference.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return reference.toString();
    }
}
