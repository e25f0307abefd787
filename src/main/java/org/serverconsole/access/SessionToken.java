package org.serverconsole.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A verified session token (RFC 7519) of the panel.
 *
 * @param customer claim {@code sub}, up to 255 characters without control characters
 * @param servers claim {@code server}: the IDs of the servers it is good for, at least one
 * @param expires claim {@code exp}
 * @param id claim {@code jti}, up to 255 characters without control characters
 * @param address claim {@code ip}: the only client address it is good for, or empty for any
 * @param locale claim {@code locale}, BCP 47, or empty
 * @param mode claim {@code mode}; control where the token does not say
 */
public record SessionToken(
        String customer,
        Set<String> servers,
        Instant expires,
        String id,
        Optional<String> address,
        Optional<String> locale,
        Mode mode) {

    /** What its bearer may do with a console. */
    public enum Mode {
        /** Open it, see it, type. */
        CONTROL,
        /** Watch one that is open, without touching it. */
        VIEW
    }

    public SessionToken {
        servers = Set.copyOf(servers);
    }

    /**
     * Whether it is good for a client at that address, in whichever way each of both is written.
     *
     * @param remoteAddress the client's IPv4 or IPv6 address as the servlet container tells it
     */
    public boolean isGoodAt(String remoteAddress) {
        return address.isEmpty() || ClientAddress.same(address.get(), remoteAddress);
    }
}
