package org.serverconsole.access;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.serverconsole.config.Secret;

/**
 * The bcrypt hash of a PIN, in modular crypt format: {@code $2a$}, {@code $2b$} or {@code $2y$}.
 *
 * @param cost the logarithm of the work, 4 to 31
 */
record PinHash(Secret text, int cost) {

    private static final int LONGEST_PIN = 72;

    private static final Pattern FORM = Pattern.compile("\\$2[aby]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}");

    /** Salt and hash of nothing in particular. */
    private static final String ANY = "abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

    static Optional<PinHash> of(Secret text) {
        Matcher form = FORM.matcher(text.reveal());
        return form.matches() ? Optional.of(new PinHash(text, Integer.parseInt(form.group(1)))) : Optional.empty();
    }

    /** One of no server: evaluated only for the time that it takes. */
    static PinHash decoy(int cost) {
        return new PinHash(Secret.of("$2b$%02d$%s".formatted(cost, ANY)), cost);
    }

    /**
     * Whether a hash can be that PIN's: bcrypt takes 72 bytes, and would take a NUL for the PIN's end.
     *
     * @param pin in UTF-8
     */
    static boolean canBeOf(byte[] pin) {
        if (pin.length > LONGEST_PIN) {
            return false;
        }
        for (byte b : pin) {
            if (b == 0) {
                return false;
            }
        }
        return true;
    }

    byte[] bytes() {
        return text.reveal().getBytes(StandardCharsets.US_ASCII);
    }
}
