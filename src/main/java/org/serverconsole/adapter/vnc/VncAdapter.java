package org.serverconsole.adapter.vnc;

import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.Trust;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rfb.RfbException;
import org.serverconsole.rfb.TlsTrust;

/**
 * Any VNC server, at {@code ip} and {@code ipport} (5900) with the entry's password, of which 8 characters count, and with
 * {@code username} where it asks for one. VeNCrypt is spoken where it is offered. With {@code ssl} TLS comes first, with
 * {@code path} a WebSocket, as websockify serves it. {@code tls} and {@code ssl_insecure} are as {@link Trust} says; with
 * {@code tls} nothing less than that certificate will do. {@code timeout} is how many seconds opening it may take (10),
 * {@code color-depth} what guacd is to ask it for. It grants nothing, so there is nothing to take back but the connection.
 */
public final class VncAdapter implements ConsoleAdapter {

    /** guacd's default lacks tight, which saves most on the way from a distant console. */
    private static final String ENCODINGS = "tight zrle ultra copyrect hextile zlib corre rre raw";

    private final Map<Trust, SSLContext> contexts = new ConcurrentHashMap<>();
    private volatile Optional<AdapterEnvironment> environment = Optional.empty();

    @Override
    public String type() {
        return "vnc";
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return VncOptions.problem(server);
    }

    @Override
    public List<ServerRule.Problem> checkAll(Server server) {
        return VncOptions.problems(server);
    }

    @Override
    public Set<String> options() {
        return VncOptions.names();
    }

    @Override
    public void start(AdapterEnvironment environment) {
        this.environment = Optional.of(environment);
    }

    @Override
    public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
        VncOptions options = new VncOptions(server);
        opening.step(Opening.Step.CONNECTING_CONSOLE);
        return new ConsoleStream(ConsoleStream.Protocol.RFB, connect(options), parameters(options));
    }

    /** Shakes hands as a console does, password included, and hangs up before asking for a picture. */
    @Override
    public void probe(Server server, Consumer<Finding> found) throws AdapterException, InterruptedException {
        VncOptions options = new VncOptions(server);
        connect(options).close();
        found.accept(Finding.ok(Finding.Subject.CONSOLE, options.address() + " lets us in "
                + (server.password().isEmpty() ? "without a password" : "with the password")));
    }

    private Channel connect(VncOptions options) throws AdapterException, InterruptedException {
        AdapterEnvironment house = environment.orElseThrow(() -> new IllegalStateException("adapter vnc has not been started"));
        Trust trust = options.trust(house.caFile());
        TlsTrust tls = new TlsTrust(context(trust), trust.checkHostName());
        try {
            return house.rfb().connect(options.target(tls), options.timeout());
        } catch (RfbException e) {
            throw AdapterException.of(e);
        }
    }

    /** Kept, since reading all authorities anew takes longer than a console's handshake. */
    private SSLContext context(Trust trust) throws AdapterException {
        SSLContext known = contexts.get(trust);
        if (known != null) {
            return known;
        }
        SSLContext made = trust.context();
        contexts.put(trust, made);
        return made;
    }

    private static Map<String, String> parameters(VncOptions options) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("encodings", ENCODINGS);
        options.colorDepth().ifPresent(depth -> parameters.put("color-depth", depth));
        return parameters;
    }

    /** Holds nothing of its own: the connector is the house's, the streams are their takers'. */
    @Override
    public void close() { }
}
