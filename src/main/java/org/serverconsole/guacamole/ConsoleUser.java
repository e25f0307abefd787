package org.serverconsole.guacamole;

import org.apache.guacamole.net.auth.AbstractAuthenticatedUser;
import org.apache.guacamole.net.auth.AuthenticationProvider;
import org.apache.guacamole.net.auth.Credentials;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

/**
 * Whoever opened a console session. Named after the session and not after the server or the customer, so that no user of a
 * database with the same name lends it any rights.
 */
final class ConsoleUser extends AbstractAuthenticatedUser {

    private final AuthenticationProvider provider;
    private final ConsoleSession session;
    private final Credentials credentials;

    ConsoleUser(AuthenticationProvider provider, ConsoleSession session, Credentials credentials) {
        super(true);
        this.provider = provider;
        this.session = session;
        this.credentials = credentials;
        setIdentifier("console-" + session.id());
    }

    ConsoleSession session() {
        return session;
    }

    @Override
    public AuthenticationProvider getAuthenticationProvider() {
        return provider;
    }

    @Override
    public Credentials getCredentials() {
        return credentials;
    }

    /** Guacamole's session is over: logged out, or idle for too long. */
    @Override
    public void invalidate() {
        session.end(EndReason.CLOSED_BY_CUSTOMER);
    }
}
