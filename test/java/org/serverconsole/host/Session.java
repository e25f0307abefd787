package org.serverconsole.host;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleResourceNotFoundException;
import org.apache.guacamole.net.GuacamoleTunnel;
import org.apache.guacamole.net.auth.AuthenticatedUser;
import org.apache.guacamole.net.auth.UserContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A user who is logged in, with what every provider lets that user see and the tunnels that are open. */
final class Session {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final Set<GuacamoleTunnel> tunnels = ConcurrentHashMap.newKeySet();
    private volatile AuthenticatedUser user;
    private volatile List<UserContext> contexts;
    private volatile long lastUse;

    Session(AuthenticatedUser user, List<UserContext> contexts, long now) {
        this.user = user;
        this.contexts = List.copyOf(contexts);
        this.lastUse = now;
    }

    AuthenticatedUser user() {
        return user;
    }

    List<UserContext> contexts() {
        return contexts;
    }

    UserContext context(String dataSource) throws GuacamoleException {
        for (UserContext context : contexts) {
            if (context.getAuthenticationProvider().getIdentifier().equals(dataSource)) {
                return context;
            }
        }
        throw new GuacamoleResourceNotFoundException(
                "Session not associated with authentication provider \"" + dataSource + "\".");
    }

    void update(AuthenticatedUser newUser, List<UserContext> newContexts) {
        user = newUser;
        contexts = List.copyOf(newContexts);
    }

    void used(long now) {
        lastUse = now;
    }

    long lastUse() {
        return lastUse;
    }

    boolean isValid() {
        return contexts.stream().allMatch(UserContext::isValid);
    }

    void add(GuacamoleTunnel tunnel) {
        tunnels.add(tunnel);
    }

    void remove(GuacamoleTunnel tunnel) {
        tunnels.remove(tunnel);
    }

    boolean hasTunnels() {
        return !tunnels.isEmpty();
    }

    void end() {
        for (GuacamoleTunnel tunnel : tunnels) {
            try {
                tunnel.close();
            } catch (GuacamoleException e) {
                LOG.debug("A tunnel could not be closed.", e);
            }
        }
        contexts.forEach(UserContext::invalidate);
        user.invalidate();
    }
}
