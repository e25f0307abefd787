package org.serverconsole.rmcp;

import java.security.SecureRandom;
import org.serverconsole.config.Secret;

/** Random names and passwords for accounts, such as every BMC takes. */
public record RandomText(SecureRandom random) {

    private static final String NAME_PREFIX = "console";
    private static final int NAME_LENGTH = 12;
    private static final String UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final String LOWER = "abcdefghijkmnopqrstuvwxyz";
    private static final String DIGITS = "23456789";
    private static final String SPECIAL = "-_.+=";
    private static final int PASSWORD_LENGTH = 16;

    /** 12 characters, of which the first say what it is for. */
    public String name() {
        StringBuilder name = new StringBuilder(NAME_PREFIX);
        while (name.length() < NAME_LENGTH) {
            name.append(pick(LOWER + DIGITS));
        }
        return name.toString();
    }

    /** 16 characters: two of each kind as Huawei wants them, and none twice. */
    public Secret password() {
        String[] kinds = {UPPER, UPPER, LOWER, LOWER, DIGITS, DIGITS, SPECIAL};
        StringBuilder chosen = new StringBuilder();
        while (chosen.length() < PASSWORD_LENGTH) {
            char next = pick(chosen.length() < kinds.length ? kinds[chosen.length()] : UPPER + LOWER + DIGITS);
            if (chosen.indexOf(String.valueOf(next)) < 0) {
                chosen.append(next);
            }
        }
        return Secret.of(shuffled(chosen));
    }

    private String shuffled(StringBuilder text) {
        for (int i = text.length() - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            char moved = text.charAt(i);
            text.setCharAt(i, text.charAt(other));
            text.setCharAt(other, moved);
        }
        return text.toString();
    }

    private char pick(String characters) {
        return characters.charAt(random.nextInt(characters.length()));
    }
}
