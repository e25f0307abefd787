package org.serverconsole.guacamole;

import java.util.Optional;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleServerException;
import org.apache.guacamole.environment.Environment;
import org.apache.guacamole.environment.LocalEnvironment;
import org.apache.guacamole.net.auth.AbstractAuthenticationProvider;
import org.apache.guacamole.net.auth.AuthenticatedUser;
import org.apache.guacamole.net.auth.Credentials;
import org.apache.guacamole.net.auth.UserContext;
import org.serverconsole.access.AccessException;
import org.serverconsole.access.Admission;
import org.serverconsole.access.SessionToken;
import org.serverconsole.config.ConfigException;
import org.serverconsole.journal.JournalException;
import org.serverconsole.panel.Trail;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.NoRoomException;

/**
 * Lets in who has a session token and the PIN of a server, and shows that server's console and nothing else. A login that
 * carries no session token is left to Guacamole's other extensions.
 */
public final class ConsoleAuthenticationProvider extends AbstractAuthenticationProvider {

    /** The name of this provider and of its data source. */
    static final String IDENTIFIER = "console";

    private final ConsoleExtension extension;

    /**
     * @throws GuacamoleException naming the property or the line of the inventory that must be changed; Guacamole then starts
     *     without this extension
     */
    public ConsoleAuthenticationProvider() throws GuacamoleException {
        Environment environment = LocalEnvironment.getInstance();
        try {
            extension = ConsoleExtension.start(environment);
        } catch (ConfigException e) {
            throw new GuacamoleServerException("The console extension cannot start. " + e.getMessage(), e);
        }
    }

    @Override
    public String getIdentifier() {
        return IDENTIFIER;
    }

    /** {@code api/ext/console}, open to anybody. */
    @Override
    public Object getResource() {
        return extension.api();
    }

    @Override
    public AuthenticatedUser authenticateUser(Credentials credentials) throws GuacamoleException {
        if (!hasToken(credentials)) {
            return null;
        }
        try {
            return letIn(credentials);
        } catch (JournalException e) {
            throw extension.refusals().journalDown(e, credentials.getUsername());
        }
    }

    private ConsoleUser letIn(Credentials credentials) throws GuacamoleException {
        Admission admission = admit(credentials);
        if (extension.locations().elsewhere(admission.server()).isPresent()) {
            throw extension.refusals().elsewhere(admission, credentials.getRemoteAddress());
        }
        if (admission.token().mode() == SessionToken.Mode.VIEW) {
            return watch(admission, credentials);
        }
        Optional<ConsoleSession> session = start(admission, credentials.getRemoteAddress());
        if (session.isEmpty()) {
            Optional<EndReason> end = extension.sessions().recentEnd(admission.tokenHash());
            throw end.isPresent() ? extension.refusals().ended(end.get())
                    : extension.refusals().tokenUsed(credentials.getUsername(), credentials.getRemoteAddress());
        }
        extension.trail().admitted(Trail.LOGIN, admission, credentials.getRemoteAddress());
        return ConsoleUser.owner(this, session.get(), credentials, admission.token().locale());
    }

    private ConsoleUser watch(Admission admission, Credentials credentials) throws GuacamoleException {
        ConsoleSession session = extension.sessions().ofServer(admission.server().id())
                .orElseThrow(() -> extension.refusals().nothingToWatch(admission, credentials.getRemoteAddress(),
                        extension.isOpenElsewhere(admission.server().id())));
        if (!extension.redeemToWatch(admission, session, credentials.getRemoteAddress())) {
            throw extension.refusals().tokenUsed(credentials.getUsername(), credentials.getRemoteAddress());
        }
        return ConsoleUser.watcher(this, session, credentials, admission.token().locale(), admission.key());
    }

    /**
     * Guacamole's page posts the URL's parameters again on every change of route and on every disconnect, without the PIN.
     * The token that opened the session is welcome again; the link of another console opens that one instead.
     */
    @Override
    public AuthenticatedUser updateAuthenticatedUser(AuthenticatedUser authenticatedUser, Credentials credentials)
            throws GuacamoleException {
        if (!(authenticatedUser instanceof ConsoleUser user)) {
            return authenticatedUser;
        }
        if (hasToken(credentials) && !isSame(user.getCredentials(), credentials)) {
            AuthenticatedUser other = authenticateUser(credentials);
            user.leave();
            return other;
        }
        Optional<EndReason> end = user.session().ended();
        if (end.isPresent()) {
            throw extension.refusals().ended(end.get());
        }
        return user;
    }

    @Override
    public UserContext getUserContext(AuthenticatedUser authenticatedUser) {
        if (!(authenticatedUser instanceof ConsoleUser user)) {
            return null;
        }
        return new ConsoleUserContext(user, new ConsoleConnection(user.session(),
                user.watching() ? extension::openWatching : extension::openSocket),
                extension.resource(user));
    }

    @Override
    public UserContext updateUserContext(
            UserContext context, AuthenticatedUser authenticatedUser, Credentials credentials) {
        return context.self().getIdentifier().equals(authenticatedUser.getIdentifier())
                ? context : getUserContext(authenticatedUser);
    }

    @Override
    public void shutdown() {
        extension.close();
    }

    private Optional<ConsoleSession> start(Admission admission, String address) throws GuacamoleException {
        try {
            return extension.startSession(admission);
        } catch (NoRoomException e) {
            throw extension.refusals().noRoom(e, admission, address);
        }
    }

    private Admission admit(Credentials credentials) throws GuacamoleException {
        String serverId = credentials.getUsername();
        String pin = credentials.getParameter("pin");
        try {
            extension.access().countLogin(credentials.getRemoteAddress());
            return extension.access().admit(
                    serverId, credentials.getPassword(), Optional.ofNullable(pin), credentials.getRemoteAddress());
        } catch (AccessException e) {
            // Guacamole's page posts a link again once its session has ended, without the PIN: it is told why, and asked for
            // nothing.
            Optional<EndReason> end = extension.access().refusedHash(serverId, credentials.getPassword(), e)
                    .flatMap(extension.sessions()::recentEnd);
            throw end.isPresent() ? extension.refusals().ended(end.get())
                    : extension.refusals().of(e, serverId, credentials.getRemoteAddress());
        }
    }

    private boolean hasToken(Credentials credentials) {
        return credentials.getUsername() != null && credentials.getPassword() != null
                && extension.access().recognises(credentials.getPassword());
    }

    private static boolean isSame(Credentials known, Credentials posted) {
        return known.getUsername().equals(posted.getUsername()) && known.getPassword().equals(posted.getPassword());
    }
}
