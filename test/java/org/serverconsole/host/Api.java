package org.serverconsole.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.servlet.http.HttpServletRequest;
import javax.ws.rs.Consumes;
import javax.ws.rs.DELETE;
import javax.ws.rs.FormParam;
import javax.ws.rs.GET;
import javax.ws.rs.HEAD;
import javax.ws.rs.POST;
import javax.ws.rs.Path;
import javax.ws.rs.PathParam;
import javax.ws.rs.Produces;
import javax.ws.rs.core.Context;
import javax.ws.rs.core.HttpHeaders;
import javax.ws.rs.core.MediaType;
import javax.ws.rs.core.MultivaluedMap;
import javax.ws.rs.core.UriInfo;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleResourceNotFoundException;
import org.apache.guacamole.net.auth.AuthenticationProvider;
import org.apache.guacamole.net.auth.Connection;
import org.apache.guacamole.net.auth.Credentials;
import org.apache.guacamole.net.auth.Directory;
import org.apache.guacamole.net.auth.UserContext;

/** The part of Guacamole's REST interface that an extension and its page live on. */
@Path("/")
public final class Api {

    private final Sessions sessions;

    Api(Sessions sessions) {
        this.sessions = sessions;
    }

    /** The header wins; the parameter is only looked at in the URL. */
    static String token(HttpHeaders headers, UriInfo uri) {
        String header = headers.getHeaderString("Guacamole-Token");
        return header != null && !header.isEmpty() ? header : uri.getQueryParameters().getFirst("token");
    }

    @POST
    @Path("tokens")
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> login(@FormParam("username") String username, @FormParam("password") String password,
            @FormParam("token") String token, @Context HttpServletRequest request, MultivaluedMap<String, String> form)
            throws GuacamoleException {
        Credentials credentials = new Credentials(username, password, new FormRequest(request, form));
        String granted = sessions.login(credentials, token);
        Session session = sessions.get(granted);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("authToken", granted);
        answer.put("username", session.user().getIdentifier());
        answer.put("dataSource", session.user().getAuthenticationProvider().getIdentifier());
        answer.put("availableDataSources",
                session.contexts().stream().map(context -> context.getAuthenticationProvider().getIdentifier()).toList());
        return answer;
    }

    @DELETE
    @Path("tokens/{token}")
    public void logout(@PathParam("token") String token) throws GuacamoleException {
        if (!sessions.destroy(token)) {
            throw new GuacamoleResourceNotFoundException("No such token.");
        }
    }

    @Path("ext/{provider}")
    public Object extension(@PathParam("provider") String identifier) throws GuacamoleException {
        for (AuthenticationProvider provider : sessions.providers()) {
            if (provider.getIdentifier().equals(identifier)) {
                return found(provider.getResource());
            }
        }
        return found(null);
    }

    @Path("session")
    public SessionApi session(@Context HttpHeaders headers, @Context UriInfo uri) throws GuacamoleException {
        String token = token(headers, uri);
        return new SessionApi(token, sessions.get(token));
    }

    private static Object found(Object resource) throws GuacamoleException {
        if (resource == null) {
            throw new GuacamoleResourceNotFoundException("No such resource.");
        }
        return resource;
    }

    /** What needs a session; without one, every path below is 403. */
    @Produces(MediaType.APPLICATION_JSON)
    @Consumes(MediaType.APPLICATION_JSON)
    public final class SessionApi {

        private final String token;
        private final Session session;

        SessionApi(String token, Session session) {
            this.token = token;
            this.session = session;
        }

        @HEAD
        public void check() {
            // That there is a session is the answer.
        }

        @DELETE
        public void end() throws GuacamoleException {
            logout(token);
        }

        @Path("ext/{source}")
        public Object extension(@PathParam("source") String source) throws GuacamoleException {
            return found(session.context(source).getResource());
        }

        @GET
        @Path("data/{source}/self")
        public Map<String, Object> self(@PathParam("source") String source) throws GuacamoleException {
            return Map.of("username", session.context(source).self().getIdentifier());
        }

        @GET
        @Path("data/{source}/connections")
        public Map<String, Object> connections(@PathParam("source") String source) throws GuacamoleException {
            UserContext context = session.context(source);
            Directory<Connection> directory = context.getConnectionDirectory();
            Map<String, Object> answer = new LinkedHashMap<>();
            for (Connection connection : directory.getAll(directory.getIdentifiers())) {
                answer.put(connection.getIdentifier(), describe(connection));
            }
            return answer;
        }

        private Map<String, Object> describe(Connection connection) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("name", connection.getName());
            answer.put("identifier", connection.getIdentifier());
            answer.put("parentIdentifier", connection.getParentIdentifier());
            answer.put("protocol", connection.getConfiguration().getProtocol());
            answer.put("attributes", connection.getAttributes());
            answer.put("activeConnections", connection.getActiveConnections());
            answer.put("sharingProfiles", List.of());
            return answer;
        }
    }
}
