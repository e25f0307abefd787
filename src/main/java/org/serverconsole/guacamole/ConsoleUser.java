package org.serverconsole.guacamole;

import java.util.Optional;
import org.apache.guacamole.net.auth.AbstractAuthenticatedUser;
import org.apache.guacamole.net.auth.AuthenticationProvider;
import org.apache.guacamole.net.auth.Credentials;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

/**
 * Whoever opened a console session, or looks on at it. Named after the session and not after the server or the customer, so that no user of a
 * database with the same name lends it any rights.
 */
final class ConsoleUser extends AbstractAuthenticatedUser {

    private final AuthenticationProvider provider;
    private final ConsoleSession session;
    private final Credentials credentials;
    private final Optional<String> locale;
    private final boolean watching;

    private ConsoleUser(AuthenticationProvider provider, ConsoleSession session, Credentials credentials, Optional<String> locale,
            boolean watching, String identifier) {
        super(true);
        this.provider = provider;
        this.session = session;
        this.credentials = credentials;
        this.locale = locale;
        this.watching = watching;
        setIdentifier(identifier);
    }

    /**
     * Whoever opened the session.
     *
     * @param locale the language the panel asks for, BCP 47
     */
    static ConsoleUser owner(
            AuthenticationProvider provider, ConsoleSession session, Credentials credentials, Optional<String> locale) {
        return new ConsoleUser(provider, session, credentials, locale, false, "console-" + session.id());
    }

    /**
     * Somebody who looks on.
     *
     * @param locale the language the panel asks for, BCP 47
     * @param key his alone
     */
    static ConsoleUser watcher(AuthenticationProvider provider, ConsoleSession session, Credentials credentials,
            Optional<String> locale, String key) {
        return new ConsoleUser(provider, session, credentials, locale, true, "console-watch-" + key);
    }

    /** Whether he may look on only. */
    boolean watching() {
        return watching;
    }

    /** Has had enough of the console: with whoever opened it, it ends. */
    void leave() {
        leave(EndReason.CLOSED_BY_CUSTOMER);
    }

    private void leave(EndReason reason) {
        if (!watching) {
            session.end(reason);
        }
    }

    ConsoleSession session() {
        return session;
    }

    Optional<String> locale() {
        return locale;
    }

    @Override
    public AuthenticationProvider getAuthenticationProvider() {
        return provider;
    }

    @Override
    public Credentials getCredentials() {
        return credentials;
    }

    /** Guacamole's session is over: logged out, idle for too long, or all are. */
    @Override
    public void invalidate() {
        leave(Shutdown.isUnderWay() ? EndReason.NODE_SHUTDOWN : EndReason.CLOSED_BY_CUSTOMER);
    }
}
