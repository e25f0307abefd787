package org.serverconsole.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A password, key or PIN hash. It never prints itself, and two are compared in time that does not depend on their
 * contents. Whoever needs the characters says so with {@link #reveal()}.
 */
public final class Secret {

    /** No secret at all, for servers without password or PIN. */
    public static final Secret NONE = new Secret("");

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        return value.isEmpty() ? NONE : new Secret(value);
    }

    public boolean isEmpty() {
        return value.isEmpty();
    }

    /** The characters themselves; not to be logged, put in an exception, a URL or a process argument. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(
                value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    /** The same for all, so that a secret does not leak through a hash code. */
    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
