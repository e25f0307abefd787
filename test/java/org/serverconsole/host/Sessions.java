package org.serverconsole.host;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleSecurityException;
import org.apache.guacamole.GuacamoleUnauthorizedException;
import org.apache.guacamole.net.auth.AuthenticatedUser;
import org.apache.guacamole.net.auth.AuthenticationProvider;
import org.apache.guacamole.net.auth.Credentials;
import org.apache.guacamole.net.auth.UserContext;
import org.apache.guacamole.net.auth.credentials.CredentialsInfo;
import org.apache.guacamole.net.auth.credentials.GuacamoleCredentialsException;
import org.apache.guacamole.net.auth.credentials.GuacamoleInsufficientCredentialsException;
import org.apache.guacamole.net.auth.credentials.GuacamoleInvalidCredentialsException;
import org.apache.guacamole.net.event.AuthenticationFailureEvent;
import org.apache.guacamole.net.event.AuthenticationRequestReceivedEvent;
import org.apache.guacamole.net.event.AuthenticationSuccessEvent;
import org.apache.guacamole.net.event.UserSessionInvalidatedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is logged in, by token. Logging in asks every provider; posting again with a live token asks only the provider that
 * admitted the user; a token nobody knows is passed over, as if it had not been sent.
 */
final class Sessions {

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final List<AuthenticationProvider> providers;
    private final Events events;
    private final Duration timeout;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    /** @param timeout how long a session without a tunnel lives after its last use */
    Sessions(List<AuthenticationProvider> providers, Events events, Duration timeout, Clock clock) {
        this.providers = List.copyOf(providers);
        this.events = events;
        this.timeout = timeout;
        this.clock = clock;
    }

    List<AuthenticationProvider> providers() {
        return providers;
    }

    /** @return the token of the session, the old one where {@code token} is still good */
    String login(Credentials given, String token) throws GuacamoleException {
        Attempt attempt = new Attempt();
        try {
            Credentials credentials = given;
            for (AuthenticationProvider provider : providers) {
                credentials = attempt.by(provider).updateCredentials(credentials);
            }
            Credentials updated = credentials;
            events.handleEvent((AuthenticationRequestReceivedEvent) () -> updated);
            Session existing = token == null ? null : sessions.get(token);
            if (existing == null) {
                AuthenticatedUser user = authenticate(credentials, attempt);
                existing = new Session(user, contexts(user, attempt), clock.millis());
                byte[] bytes = new byte[32];
                random.nextBytes(bytes);
                token = HexFormat.of().withUpperCase().formatHex(bytes);
                sessions.put(token, existing);
                events.handleEvent(new AuthenticationSuccessEvent(user, false));
            } else {
                update(existing, credentials, attempt);
                events.handleEvent(new AuthenticationSuccessEvent(existing.user(), true));
            }
            return token;
        } catch (GuacamoleException | RuntimeException e) {
            // That no provider wanted the credentials is reported without a cause.
            events.handleEvent(new AuthenticationFailureEvent(given, attempt.provider, attempt.nobody ? null : e));
            throw e;
        }
    }

    /** Insufficient credentials outrank wrong ones, so that whoever asks for more is heard. */
    private AuthenticatedUser authenticate(Credentials credentials, Attempt attempt) throws GuacamoleException {
        AuthenticationProvider refuser = null;
        GuacamoleCredentialsException refusal = null;
        for (AuthenticationProvider provider : providers) {
            try {
                AuthenticatedUser user = attempt.by(provider).authenticateUser(credentials);
                if (user != null) {
                    return user;
                }
            } catch (GuacamoleCredentialsException e) {
                if (refusal == null || e instanceof GuacamoleInsufficientCredentialsException
                        && refusal instanceof GuacamoleInvalidCredentialsException) {
                    refuser = provider;
                    refusal = e;
                }
            }
        }
        attempt.by(refuser);
        attempt.nobody = refusal == null;
        throw refusal == null
                ? new GuacamoleInvalidCredentialsException("Permission Denied.", CredentialsInfo.USERNAME_PASSWORD) : refusal;
    }

    private List<UserContext> contexts(AuthenticatedUser user, Attempt attempt) throws GuacamoleException {
        List<UserContext> contexts = new ArrayList<>();
        for (AuthenticationProvider provider : providers) {
            UserContext context = attempt.by(provider).getUserContext(user);
            if (context != null) {
                contexts.add(context);
            }
        }
        return contexts;
    }

    private void update(Session session, Credentials credentials, Attempt attempt) throws GuacamoleException {
        AuthenticatedUser user = attempt.by(session.user().getAuthenticationProvider())
                .updateAuthenticatedUser(session.user(), credentials);
        if (user == null) {
            throw new GuacamoleSecurityException("User re-authentication failed.");
        }
        List<UserContext> contexts = new ArrayList<>();
        for (UserContext old : session.contexts()) {
            UserContext context = attempt.by(old.getAuthenticationProvider()).updateUserContext(old, user, credentials);
            if (context != null) {
                contexts.add(context);
            }
        }
        session.update(user, contexts);
    }

    /** @throws GuacamoleUnauthorizedException where no session has that token */
    Session get(String token) throws GuacamoleException {
        Session session = token == null ? null : sessions.get(token);
        if (session == null) {
            throw new GuacamoleUnauthorizedException("Permission Denied.");
        }
        session.used(clock.millis());
        return session;
    }

    /** @return whether there was a session of that token */
    boolean destroy(String token) {
        Session session = token == null ? null : sessions.remove(token);
        if (session == null) {
            return false;
        }
        session.end();
        AuthenticatedUser user = session.user();
        try {
            events.handleEvent((UserSessionInvalidatedEvent) () -> user);
        } catch (GuacamoleException e) {
            LOG.error("An extension listening for session invalidation failed: {}", e.getMessage(), e);
        }
        return true;
    }

    /** Once a minute; a session with a tunnel never grows too old, but an extension may call it invalid. */
    void evict() {
        long oldest = clock.millis() - timeout.toMillis();
        sessions.forEach((token, session) -> {
            if (!session.isValid() || !session.hasTunnels() && session.lastUse() <= oldest) {
                destroy(token);
            }
        });
    }

    void shutdown() {
        sessions.keySet().forEach(this::destroy);
        providers.forEach(AuthenticationProvider::shutdown);
    }

    /** Which provider is being asked, for the event that tells of a failure. */
    private static final class Attempt {

        private AuthenticationProvider provider;
        private boolean nobody;

        AuthenticationProvider by(AuthenticationProvider asked) {
            provider = asked;
            return asked;
        }
    }
}
