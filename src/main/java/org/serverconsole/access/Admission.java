package org.serverconsole.access;

import org.serverconsole.inventory.Server;

/**
 * A customer admitted to a console, not yet redeemed.
 *
 * @param tokenHash hex SHA-256 of issuer-independent {@code jti}, what the journal remembers of the token
 */
public record Admission(Server server, SessionToken token, String tokenHash) { }
