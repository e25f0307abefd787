package org.serverconsole.fake;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The passwords, tokens and tickets of every vendor's part that the tests have started so far. Of the whole JVM, since what one test
 * began another may log.
 */
public final class VendorSecrets {

    /** What is shorter may be part of any word. */
    private static final int SHORTEST = 8;

    private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();

    private VendorSecrets() { }

    /** From now on that must be in no log, exception and process list. */
    public static void keep(String secret) {
        if (secret.length() >= SHORTEST) {
            KNOWN.add(secret);
        }
    }

    /** One that is in that text. */
    public static Optional<String> in(String text) {
        return KNOWN.stream().filter(text::contains).findAny();
    }
}
