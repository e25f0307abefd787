package org.serverconsole.access;

import java.security.SecureRandom;

/**
 * Numbers that tie what a customer was told to what the log knows, such as {@code K7F3Q9}: short enough to be read out on
 * the telephone, without letters and digits that look alike.
 */
public record References(SecureRandom random) {

    private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final int LENGTH = 6;

    /** Of each character: there are 32. */
    private static final int BITS = 5;

    public String next() {
        int bits = random.nextInt();
        StringBuilder reference = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            reference.append(ALPHABET.charAt(bits >>> i * BITS & ALPHABET.length() - 1));
        }
        return reference.toString();
    }
}
