package org.serverconsole.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A verified session token (RFC 7519) of the panel.
 *
 * @param customer claim {@code sub}
 * @param servers claim {@code server}: the IDs of the servers it is good for
 * @param expires claim {@code exp}
 * @param id claim {@code jti}
 * @param address claim {@code ip}: the only client address it is good for, or empty for any
 * @param locale claim {@code locale}, BCP 47, or empty
 */
public record SessionToken(
        String customer, Set<String> servers, Instant expires, String id, Optional<String> address, Optional<String> locale) {

    public SessionToken {
        servers = Set.copyOf(servers);
    }
}
