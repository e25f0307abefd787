package org.serverconsole.host;

import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.guacamole.GuacamoleClientException;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleResourceNotFoundException;
import org.apache.guacamole.GuacamoleUnauthorizedException;
import org.apache.guacamole.net.DelegatingGuacamoleTunnel;
import org.apache.guacamole.net.GuacamoleTunnel;
import org.apache.guacamole.net.auth.AuthenticatedUser;
import org.apache.guacamole.net.auth.Connection;
import org.apache.guacamole.net.auth.Credentials;
import org.apache.guacamole.net.auth.UserContext;
import org.apache.guacamole.net.event.TunnelCloseEvent;
import org.apache.guacamole.net.event.TunnelConnectEvent;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens tunnels to an extension's connections, for the WebSocket and for the HTTP tunnel alike. */
final class Tunnels {

    private static final Logger LOG = LoggerFactory.getLogger(Tunnels.class);

    private final Sessions sessions;
    private final Events events;

    Tunnels(Sessions sessions, Events events) {
        this.sessions = sessions;
        this.events = events;
    }

    /** @param parameters every value of a request's parameter, or null where it has none of that name */
    GuacamoleTunnel open(Function<String, List<String>> parameters) throws GuacamoleException {
        String token = optional(parameters, "token");
        String id = required(parameters, "GUAC_ID");
        String type = required(parameters, "GUAC_TYPE");
        if (!type.equals("c")) {
            throw new GuacamoleClientException("Illegal identifier - unknown type.");
        }
        String source = required(parameters, "GUAC_DATA_SOURCE");
        GuacamoleClientInformation client = client(parameters);
        Session session = sessions.get(token);
        AuthenticatedUser user = session.user();
        UserContext context = session.context(source);
        client.setName(user.getIdentifier());
        try {
            Connection connection = context.getConnectionDirectory().get(id);
            if (connection == null) {
                throw new GuacamoleResourceNotFoundException("Requested tunnel destination does not exist.");
            }
            GuacamoleTunnel tunnel = connection.connect(client, tokens(user));
            LOG.info("User \"{}\" connected to connection \"{}\".", context.self().getIdentifier(), id);
            events.handleEvent(new TunnelConnectEvent(user, user.getCredentials(), tunnel));
            SessionTunnel watched = new SessionTunnel(tunnel, session, token);
            session.add(watched);
            return watched;
        } catch (GuacamoleUnauthorizedException e) {
            sessions.destroy(token);
            throw e;
        }
    }

    private static GuacamoleClientInformation client(Function<String, List<String>> parameters) throws GuacamoleException {
        GuacamoleClientInformation client = new GuacamoleClientInformation();
        number(parameters, "GUAC_WIDTH", client::setOptimalScreenWidth);
        number(parameters, "GUAC_HEIGHT", client::setOptimalScreenHeight);
        number(parameters, "GUAC_DPI", client::setOptimalResolution);
        client.getAudioMimetypes().addAll(all(parameters, "GUAC_AUDIO"));
        client.getVideoMimetypes().addAll(all(parameters, "GUAC_VIDEO"));
        client.getImageMimetypes().addAll(all(parameters, "GUAC_IMAGE"));
        String timezone = optional(parameters, "GUAC_TIMEZONE");
        if (timezone != null && !timezone.isEmpty()) {
            client.setTimezone(timezone);
        }
        return client;
    }

    private static Map<String, String> tokens(AuthenticatedUser user) {
        Map<String, String> tokens = new HashMap<>();
        Date now = new Date();
        tokens.put("GUAC_DATE", new SimpleDateFormat("yyyyMMdd").format(now));
        tokens.put("GUAC_TIME", new SimpleDateFormat("HHmmss").format(now));
        Credentials credentials = user.getCredentials();
        tokens.put("GUAC_USERNAME", credentials.getUsername() == null ? user.getIdentifier() : credentials.getUsername());
        if (credentials.getPassword() != null) {
            tokens.put("GUAC_PASSWORD", credentials.getPassword());
        }
        if (credentials.getRemoteHostname() != null) {
            tokens.put("GUAC_CLIENT_HOSTNAME", credentials.getRemoteHostname());
        }
        if (credentials.getRemoteAddress() != null) {
            tokens.put("GUAC_CLIENT_ADDRESS", credentials.getRemoteAddress());
        }
        return tokens;
    }

    private static List<String> all(Function<String, List<String>> parameters, String name) {
        List<String> values = parameters.apply(name);
        return values == null ? List.of() : values;
    }

    private static String optional(Function<String, List<String>> parameters, String name) {
        return all(parameters, name).stream().findFirst().orElse(null);
    }

    private static String required(Function<String, List<String>> parameters, String name) throws GuacamoleException {
        String value = optional(parameters, name);
        if (value == null) {
            throw new GuacamoleClientException("Parameter \"" + name + "\" is required.");
        }
        return value;
    }

    private static void number(Function<String, List<String>> parameters, String name, Consumer<Integer> use)
            throws GuacamoleException {
        String value = optional(parameters, name);
        try {
            if (value != null) {
                use.accept(Integer.valueOf(value));
            }
        } catch (NumberFormatException e) {
            throw new GuacamoleClientException("Parameter \"" + name + "\" must be a valid integer.", e);
        }
    }

    /** Counts for its session while it is open, and ends it where closing is answered with "unauthorized". */
    private final class SessionTunnel extends DelegatingGuacamoleTunnel {

        private final GuacamoleTunnel tunnel;
        private final Session session;
        private final String token;

        SessionTunnel(GuacamoleTunnel tunnel, Session session, String token) {
            super(tunnel);
            this.tunnel = tunnel;
            this.session = session;
            this.token = token;
        }

        @Override
        public void close() throws GuacamoleException {
            AuthenticatedUser user = session.user();
            events.handleEvent(new TunnelCloseEvent(user, user.getCredentials(), tunnel));
            try {
                session.remove(this);
                super.close();
            } catch (GuacamoleUnauthorizedException e) {
                sessions.destroy(token);
                throw e;
            }
        }
    }
}
