package org.serverconsole.guacamole;

import java.util.List;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleUnauthorizedException;
import org.apache.guacamole.net.auth.AbstractUserContext;
import org.apache.guacamole.net.auth.AuthenticationProvider;
import org.apache.guacamole.net.auth.Connection;
import org.apache.guacamole.net.auth.Directory;
import org.apache.guacamole.net.auth.User;
import org.apache.guacamole.net.auth.permission.ObjectPermissionSet;
import org.apache.guacamole.net.auth.simple.SimpleDirectory;
import org.apache.guacamole.net.auth.simple.SimpleObjectPermissionSet;
import org.apache.guacamole.net.auth.simple.SimpleUser;
import org.serverconsole.session.ConsoleSession;

/**
 * What a console session's user sees: one connection. Once the session has ended everything here is refused in a way that
 * has Guacamole forget its own session.
 */
final class ConsoleUserContext extends AbstractUserContext {

    private final ConsoleUser user;
    private final Connection connection;
    private final ConsoleResource resource;

    ConsoleUserContext(ConsoleUser user, Connection connection, ConsoleResource resource) {
        this.user = user;
        this.connection = connection;
        this.resource = resource;
    }

    static void requireLive(ConsoleSession session) throws GuacamoleUnauthorizedException {
        if (session.ended().isPresent()) {
            throw new GuacamoleUnauthorizedException("The console session has ended.");
        }
    }

    /** Guacamole asks once a minute; what must end in time ends by itself. */
    @Override
    public boolean isValid() {
        return user.session().ended().isEmpty();
    }

    @Override
    public AuthenticationProvider getAuthenticationProvider() {
        return user.getAuthenticationProvider();
    }

    /** May see the connection and itself, and change neither. */
    @Override
    public User self() {
        return new SimpleUser(user.getIdentifier()) {
            @Override
            public ObjectPermissionSet getConnectionPermissions() {
                return new SimpleObjectPermissionSet(List.of(connection.getIdentifier()));
            }

            @Override
            public ObjectPermissionSet getConnectionGroupPermissions() {
                return new SimpleObjectPermissionSet(List.of(DEFAULT_ROOT_CONNECTION_GROUP));
            }

            @Override
            public ObjectPermissionSet getUserPermissions() {
                return new SimpleObjectPermissionSet(List.of(user.getIdentifier()));
            }
        };
    }

    @Override
    public Object getResource() throws GuacamoleException {
        requireLive(user.session());
        return resource;
    }

    @Override
    public Directory<User> getUserDirectory() throws GuacamoleException {
        requireLive(user.session());
        return super.getUserDirectory();
    }

    @Override
    public Directory<Connection> getConnectionDirectory() throws GuacamoleException {
        requireLive(user.session());
        return new SimpleDirectory<>(connection);
    }
}
