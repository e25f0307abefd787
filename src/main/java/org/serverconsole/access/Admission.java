package org.serverconsole.access;

import org.serverconsole.inventory.Server;

/**
 * A customer admitted to a console, not yet redeemed.
 *
 * @param key the key of the console session to be opened, never used before
 * @param tokenHash hex SHA-256, what the journal remembers: of a login ticket, or of a session token's {@code sub} and
 *     {@code jti}. Of both, so that two panels, or two customers of one that numbers each one's tokens, may use the same
 *     {@code jti}
 */
public record Admission(Server server, SessionToken token, String key, String tokenHash) { }
