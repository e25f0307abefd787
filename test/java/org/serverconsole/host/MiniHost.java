package org.serverconsole.host;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.websocket.DeploymentException;
import javax.websocket.EndpointConfig;
import javax.websocket.server.ServerContainer;
import javax.websocket.server.ServerEndpointConfig;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.environment.LocalEnvironment;
import org.apache.guacamole.net.GuacamoleTunnel;
import org.apache.guacamole.net.auth.AuthenticationProvider;
import org.apache.guacamole.net.event.ApplicationShutdownEvent;
import org.apache.guacamole.net.event.ApplicationStartedEvent;
import org.apache.guacamole.net.event.listener.Listener;
import org.apache.guacamole.properties.FileGuacamoleProperties;
import org.apache.guacamole.properties.IntegerGuacamoleProperty;
import org.apache.guacamole.servlet.GuacamoleHTTPTunnelServlet;
import org.apache.guacamole.websocket.GuacamoleWebSocketTunnelEndpoint;
import org.apache.tomcat.websocket.server.WsSci;
import org.glassfish.jersey.jackson.JacksonFeature;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guacamole's web application without its page, its database and its administration: the extensions of GUACAMOLE_HOME, the
 * REST paths below {@link Api}, the extensions' files and both tunnels. It leaves out what no test needs: decoration of one
 * extension's data by another, {@code skip-if-unavailable}, {@code extension-priority}, the two MiB cap on requests.
 */
final class MiniHost {

    private static final Logger LOG = LoggerFactory.getLogger(MiniHost.class);

    private static final IntegerGuacamoleProperty SESSION_TIMEOUT = new IntegerGuacamoleProperty() {
        @Override
        public String getName() {
            return "api-session-timeout";
        }
    };

    private final List<Extension> extensions = new ArrayList<>();
    private final Events events;
    private final Sessions sessions;
    private final Tunnels tunnels;
    private final ScheduledExecutorService eviction = Executors.newSingleThreadScheduledExecutor();
    private final Tomcat tomcat = new Tomcat();

    private MiniHost(Path home) throws GuacamoleException, IOException {
        LocalEnvironment environment = LocalEnvironment.getInstance();
        File properties = home.resolve("guacamole.properties").toFile();
        if (properties.exists()) {
            environment.addGuacamoleProperties(new FileGuacamoleProperties(properties));
        }
        List<AuthenticationProvider> providers = new ArrayList<>();
        List<Listener> listeners = new ArrayList<>();
        for (Path jar : jars(home.resolve("extensions"))) {
            try {
                Extension extension = new Extension(jar);
                extensions.add(extension);
                providers.addAll(extension.providers());
                listeners.addAll(extension.listeners());
                LOG.info("Extension \"{}\" ({}) loaded.", extension.manifest().name(), extension.manifest().namespace());
            } catch (IOException e) {
                LOG.error("Extension \"{}\" could not be loaded: {}", jar.getFileName(), e.getMessage(), e);
            }
        }
        events = new Events(listeners);
        sessions = new Sessions(providers, events, Duration.ofMinutes(environment.getProperty(SESSION_TIMEOUT, 60)),
                Clock.systemUTC());
        tunnels = new Tunnels(sessions, events);
    }

    /** Arguments: port and a folder for Tomcat's files; {@code guacamole.home} is a system property, as in production. */
    public static void main(String[] arguments) throws Exception {
        MiniHost host = new MiniHost(Path.of(System.getProperty("guacamole.home")));
        host.start(Integer.parseInt(arguments[0]), Path.of(arguments[1]));
        HostJvm.stopWithParent(host::stop);
    }

    private static List<Path> jars(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    private void start(int port, Path work) throws LifecycleException, GuacamoleException {
        HostJvm.listen(tomcat, port, work);
        Context context = tomcat.addContext("/guacamole", null);
        serve(context, "/api/*", "api", new ServletContainer(new ResourceConfig()
                .register(new Api(sessions)).register(new ErrorAnswers(sessions)).register(JacksonFeature.class)));
        serve(context, "/app/ext/*", "resources", new Resources(extensions));
        serve(context, "/tunnel", "tunnel", new HttpTunnel(tunnels));
        // Where no servlet would answer, Tomcat does not even ask the filter that turns a request into a WebSocket.
        serve(context, "/", "nothing", new Nothing());
        context.addServletContainerInitializer(new WsSci(), Set.of());
        context.addServletContainerInitializer((classes, servlets) -> addWebSocketTunnel(
                (ServerContainer) servlets.getAttribute(ServerContainer.class.getName())), Set.of());
        tomcat.start();
        eviction.scheduleAtFixedRate(sessions::evict, 1, 1, TimeUnit.MINUTES);
        events.handleEvent(new ApplicationStartedEvent() { });
    }

    private static void serve(Context context, String path, String name, HttpServlet servlet) {
        Tomcat.addServlet(context, name, servlet).setAsyncSupported(true);
        context.addServletMappingDecoded(path, name);
    }

    private void addWebSocketTunnel(ServerContainer container) {
        try {
            container.addEndpoint(ServerEndpointConfig.Builder.create(WebSocketTunnel.class, "/websocket-tunnel")
                    .subprotocols(List.of("guacamole"))
                    .configurator(new ServerEndpointConfig.Configurator() {
                        @Override
                        public <T> T getEndpointInstance(Class<T> type) {
                            return type.cast(new WebSocketTunnel(tunnels));
                        }
                    }).build());
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
    }

    private void stop() {
        try {
            eviction.shutdownNow();
            tomcat.getConnector().pause();
            contextDestroyed();
            tomcat.stop();
            for (Extension extension : extensions) {
                extension.close();
            }
        } catch (GuacamoleException | LifecycleException | IOException e) {
            LOG.error("The host did not stop cleanly.", e);
        }
    }

    /** Called so in Guacamole, too: first everybody is logged out, and then extensions are told. */
    private void contextDestroyed() throws GuacamoleException {
        sessions.shutdown();
        events.handleEvent(new ApplicationShutdownEvent() { });
    }

    /** The files an extension's manifest names as {@code resources}. */
    private static final class Resources extends HttpServlet {

        private final List<Extension> extensions;

        Resources(List<Extension> extensions) {
            this.extensions = extensions;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String path = request.getPathInfo() == null ? "" : request.getPathInfo();
            for (Extension extension : extensions) {
                String prefix = "/" + extension.manifest().namespace() + "/";
                Optional<Extension.Resource> resource =
                        path.startsWith(prefix) ? extension.resource(path.substring(prefix.length())) : Optional.empty();
                if (resource.isPresent()) {
                    send(resource.get(), request, response);
                    return;
                }
            }
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }

        private static void send(Extension.Resource resource, HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.addHeader("Cache-Control", "no-cache");
            response.addHeader("Pragma", "no-cache");
            response.addDateHeader("Last-Modified", resource.modified());
            response.setContentType(resource.type());
            if (resource.modified() - request.getDateHeader("If-Modified-Since") < 1000) {
                response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            } else {
                response.getOutputStream().write(resource.content());
            }
        }
    }

    /** What has no other servlet. */
    private static final class Nothing extends HttpServlet {

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    private static final class HttpTunnel extends GuacamoleHTTPTunnelServlet {

        private final transient Tunnels tunnels;

        HttpTunnel(Tunnels tunnels) {
            this.tunnels = tunnels;
        }

        @Override
        protected GuacamoleTunnel doConnect(HttpServletRequest request) throws GuacamoleException {
            return tunnels.open(name -> request.getParameterValues(name) == null
                    ? null : List.of(request.getParameterValues(name)));
        }
    }

    /** Must be visible to Tomcat's WebSocket container. */
    static final class WebSocketTunnel extends GuacamoleWebSocketTunnelEndpoint {

        private final Tunnels tunnels;

        WebSocketTunnel(Tunnels tunnels) {
            this.tunnels = tunnels;
        }

        @Override
        protected GuacamoleTunnel createTunnel(javax.websocket.Session session, EndpointConfig config)
                throws GuacamoleException {
            return tunnels.open(name -> session.getRequestParameterMap().get(name));
        }
    }
}
