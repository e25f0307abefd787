package org.serverconsole.panel;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.servlet.http.HttpServletRequest;
import javax.ws.rs.DefaultValue;
import javax.ws.rs.GET;
import javax.ws.rs.HeaderParam;
import javax.ws.rs.POST;
import javax.ws.rs.Path;
import javax.ws.rs.core.Context;
import javax.ws.rs.core.Response;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.glassfish.jersey.jackson.JacksonFeature;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

/** The operator's API, or all of it, over HTTP, at the place and in the JAX-RS it has in Guacamole: a resource below another. */
final class OperatorServer implements AutoCloseable {

    /** Kept, since a logger that nobody holds forgets its level. */
    private final List<Logger> talkers = List.of(Logger.getLogger("org.apache"), Logger.getLogger("org.glassfish"));
    private final Tomcat tomcat = new Tomcat();
    private final HttpClient client = HttpClient.newHttpClient();

    /** As Guacamole's own: says what is below {@code api/ext/console}. */
    @Path("ext")
    public static final class Root {

        private final Object mounted;

        Root(Object mounted) {
            this.mounted = mounted;
        }

        @Path("console")
        public Object extension() {
            return mounted;
        }
    }

    /** What the extension mounts: the panel's resource, and beside it the operator's. */
    public static final class Mounted {

        private final OperatorApi operator;

        Mounted(OperatorApi operator) {
            this.operator = operator;
        }

        @POST
        public String panel() {
            return "the panel's";
        }

        @Path("operator")
        public OperatorResource operator(
                @HeaderParam("Authorization") @DefaultValue("") String authorization, @Context HttpServletRequest request) {
            return operator.operator(authorization, request);
        }

        @GET
        @Path("health")
        public Response health(
                @HeaderParam("Authorization") @DefaultValue("") String authorization, @Context HttpServletRequest request) {
            return operator.health(authorization, request);
        }

        @GET
        @Path("metrics")
        public Response metrics(
                @HeaderParam("Authorization") @DefaultValue("") String authorization, @Context HttpServletRequest request) {
            return operator.metrics(authorization, request);
        }
    }

    OperatorServer(OperatorApi api, File folder) throws LifecycleException {
        this(new Mounted(api), folder);
    }

    /** The panel's as well. */
    OperatorServer(PanelResource resource, File folder) throws LifecycleException {
        this((Object) resource, folder);
    }

    private OperatorServer(Object mounted, File folder) throws LifecycleException {
        talkers.forEach(talker -> talker.setLevel(Level.SEVERE));
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
        tomcat.setBaseDir(folder.getPath());
        tomcat.setConnector(connector);
        org.apache.catalina.Context context = tomcat.addContext("/guacamole", null);
        Tomcat.addServlet(context, "api", new ServletContainer(new ResourceConfig()
                .register(new Root(mounted)).register(JacksonFeature.class)));
        context.addServletMappingDecoded("/api/*", "api");
        tomcat.start();
    }

    URI guacamole() {
        return URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/guacamole/");
    }

    HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> request) throws IOException, InterruptedException {
        return client.send(request.apply(HttpRequest.newBuilder(guacamole().resolve("api/ext/console" + path))
                .timeout(Duration.ofSeconds(30))).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }
}
