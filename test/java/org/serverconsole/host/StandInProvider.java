package org.serverconsole.host;

import java.io.StringReader;
import java.io.Writer;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.ws.rs.GET;
import javax.ws.rs.Path;
import javax.ws.rs.Produces;
import javax.ws.rs.core.MediaType;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleUnauthorizedException;
import org.apache.guacamole.form.PasswordField;
import org.apache.guacamole.io.GuacamoleReader;
import org.apache.guacamole.io.GuacamoleWriter;
import org.apache.guacamole.io.ReaderGuacamoleReader;
import org.apache.guacamole.io.WriterGuacamoleWriter;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.net.GuacamoleTunnel;
import org.apache.guacamole.net.SimpleGuacamoleTunnel;
import org.apache.guacamole.net.auth.AbstractAuthenticatedUser;
import org.apache.guacamole.net.auth.AbstractAuthenticationProvider;
import org.apache.guacamole.net.auth.AbstractUserContext;
import org.apache.guacamole.net.auth.AuthenticatedUser;
import org.apache.guacamole.net.auth.AuthenticationProvider;
import org.apache.guacamole.net.auth.Connection;
import org.apache.guacamole.net.auth.Credentials;
import org.apache.guacamole.net.auth.Directory;
import org.apache.guacamole.net.auth.User;
import org.apache.guacamole.net.auth.UserContext;
import org.apache.guacamole.net.auth.credentials.CredentialsInfo;
import org.apache.guacamole.net.auth.credentials.GuacamoleInsufficientCredentialsException;
import org.apache.guacamole.net.auth.credentials.GuacamoleInvalidCredentialsException;
import org.apache.guacamole.net.auth.simple.SimpleConnection;
import org.apache.guacamole.net.auth.simple.SimpleDirectory;
import org.apache.guacamole.net.auth.simple.SimpleUser;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleConfiguration;
import org.slf4j.LoggerFactory;

/** The extension that stands in for ours where the host itself is tested: admits ann, with one connection. */
public class StandInProvider extends AbstractAuthenticationProvider {

    private static final CredentialsInfo PASSWORD = new CredentialsInfo(List.of(new PasswordField("password")));

    @Override
    public String getIdentifier() {
        return "standin";
    }

    @Override
    public Object getResource() {
        return new Rest("");
    }

    @Override
    public AuthenticatedUser authenticateUser(Credentials credentials) throws GuacamoleException {
        if (!"ann".equals(credentials.getUsername())) {
            return null;
        }
        if (credentials.getParameter("password") == null) {
            throw new GuacamoleInsufficientCredentialsException("more", PASSWORD);
        }
        if (!"right".equals(credentials.getPassword())) {
            throw new GuacamoleInvalidCredentialsException("wrong", PASSWORD);
        }
        return new Ann(this, credentials);
    }

    @Override
    public UserContext getUserContext(AuthenticatedUser user) {
        return new AnnsContext(this, user.getIdentifier());
    }

    @Override
    public void shutdown() {
        LoggerFactory.getLogger(StandInProvider.class).info("stand-in shut down");
    }

    /** Cannot be constructed. */
    public static class Failing extends StandInProvider {

        public Failing() {
            throw new IllegalStateException("no key");
        }
    }

    private static final class Ann extends AbstractAuthenticatedUser {

        private final AuthenticationProvider provider;
        private final Credentials credentials;

        Ann(AuthenticationProvider provider, Credentials credentials) {
            this.provider = provider;
            this.credentials = credentials;
            setIdentifier(credentials.getUsername());
        }

        @Override
        public AuthenticationProvider getAuthenticationProvider() {
            return provider;
        }

        @Override
        public Credentials getCredentials() {
            return credentials;
        }
    }

    private static final class AnnsContext extends AbstractUserContext {

        private final AuthenticationProvider provider;
        private final String name;

        AnnsContext(AuthenticationProvider provider, String name) {
            this.provider = provider;
            this.name = name;
        }

        @Override
        public User self() {
            return new SimpleUser(name);
        }

        @Override
        public Object getResource() {
            return new Rest(name);
        }

        @Override
        public AuthenticationProvider getAuthenticationProvider() {
            return provider;
        }

        @Override
        public Directory<Connection> getConnectionDirectory() {
            Box box = new Box();
            return new SimpleDirectory<>(box);
        }
    }

    private static final class Box extends SimpleConnection {

        Box() {
            super("box", "box", configuration());
            setParentIdentifier("ROOT");
        }

        private static GuacamoleConfiguration configuration() {
            GuacamoleConfiguration configuration = new GuacamoleConfiguration();
            configuration.setProtocol("vnc");
            return configuration;
        }

        @Override
        public Date getLastActive() {
            return null;
        }

        @Override
        public GuacamoleTunnel connect(GuacamoleClientInformation client, Map<String, String> tokens) {
            return new SimpleGuacamoleTunnel(new OneFrame(client.getOptimalScreenWidth()));
        }
    }

    /** Says one instruction and ends; its session ends with it. */
    private static final class OneFrame implements GuacamoleSocket {

        private final GuacamoleReader reader;

        OneFrame(int width) {
            reader = new ReaderGuacamoleReader(
                    new StringReader("4.size,1.0," + Integer.toString(width).length() + "." + width + ",3.768;"));
        }

        @Override
        public GuacamoleReader getReader() {
            return reader;
        }

        @Override
        public GuacamoleWriter getWriter() {
            return new WriterGuacamoleWriter(Writer.nullWriter());
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() throws GuacamoleException {
            throw new GuacamoleUnauthorizedException("over");
        }
    }

    /** What the extension answers of its own. */
    @Produces(MediaType.APPLICATION_JSON)
    public static final class Rest {

        private final String user;

        Rest(String user) {
            this.user = user;
        }

        @GET
        @Path("who")
        public Map<String, String> who() {
            return Map.of("user", user);
        }

        @GET
        @Path("unauthorized")
        public Map<String, String> unauthorized() throws GuacamoleException {
            throw new GuacamoleUnauthorizedException("over");
        }

        @GET
        @Path("fails")
        public Map<String, String> fails() {
            throw new IllegalStateException("broken");
        }
    }
}
