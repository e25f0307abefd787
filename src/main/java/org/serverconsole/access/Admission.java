package org.serverconsole.access;

import org.serverconsole.inventory.Server;

/**
 * A customer admitted to a console, not yet redeemed.
 *
 * @param tokenHash hex SHA-256 of the token's {@code sub} and {@code jti}, what the journal remembers of the token. Of both,
 *     so that two panels, or two customers of one that numbers each one's tokens, may use the same {@code jti}
 */
public record Admission(Server server, SessionToken token, String tokenHash) { }
