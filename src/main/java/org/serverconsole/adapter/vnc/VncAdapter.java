package org.serverconsole.adapter.vnc;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.RfbException;

/**
 * Any VNC server, at {@code ip} and {@code ipport} (5900) with the entry's password, of which 8 characters count.
 * {@code timeout} is how many seconds opening it may take (10), {@code color-depth} what guacd is to ask it for.
 * It grants nothing, so there is nothing to take back but the connection.
 */
public final class VncAdapter implements ConsoleAdapter {

    private static final String TYPE = "vnc";

    private static final String IP = "ip";
    private static final String PORT = "ipport";
    private static final String TIMEOUT = "timeout";
    private static final String COLOR_DEPTH = "color-depth";

    private static final int DEFAULT_PORT = 5900;
    private static final int DEFAULT_TIMEOUT = 10;
    private static final int LONGEST_TIMEOUT = 60;
    private static final List<String> COLOR_DEPTHS = List.of("8", "16", "24", "32");

    /** guacd's default lacks tight, which saves most on the way from a distant console. */
    private static final String ENCODINGS = "tight zrle ultra copyrect hextile zlib corre rre raw";

    private volatile RfbConnector rfb;

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return Stream.of(
                        checkAddress(server),
                        checkNumber(server, PORT, 65535),
                        checkNumber(server, TIMEOUT, LONGEST_TIMEOUT),
                        checkColorDepth(server))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<ServerRule.Problem> checkAddress(Server server) {
        return server.option(IP).filter(address -> !address.isBlank()).isPresent()
                ? Optional.empty()
                : problem(IP, "is missing: write the name or address of the VNC server");
    }

    private static Optional<ServerRule.Problem> checkNumber(Server server, String option, int most) {
        return server.option(option)
                .filter(value -> !isNumber(value, most))
                .flatMap(value -> problem(option, "found \"" + value + "\", write a whole number from 1 to " + most));
    }

    private static boolean isNumber(String value, int most) {
        return value.matches("[1-9][0-9]{0,4}") && Integer.parseInt(value) <= most;
    }

    private static Optional<ServerRule.Problem> checkColorDepth(Server server) {
        return server.option(COLOR_DEPTH)
                .filter(depth -> !COLOR_DEPTHS.contains(depth))
                .flatMap(depth -> problem(COLOR_DEPTH,
                        "found \"" + depth + "\", write one of " + String.join(", ", COLOR_DEPTHS)));
    }

    private static Optional<ServerRule.Problem> problem(String option, String message) {
        return Optional.of(new ServerRule.Problem(option, message));
    }

    @Override
    public void start(AdapterEnvironment environment) {
        rfb = environment.rfb();
    }

    @Override
    public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
        opening.step(Opening.Step.CONNECTING_CONSOLE);
        try {
            Channel channel = rfb.connect(
                    server.option(IP).orElseThrow(),
                    number(server, PORT, DEFAULT_PORT),
                    server.password(),
                    Duration.ofSeconds(number(server, TIMEOUT, DEFAULT_TIMEOUT)));
            return new ConsoleStream(ConsoleStream.Protocol.RFB, channel, parameters(server));
        } catch (RfbException e) {
            throw AdapterException.of(e);
        }
    }

    private static int number(Server server, String option, int otherwise) {
        return server.option(option).map(Integer::parseInt).orElse(otherwise);
    }

    private static Map<String, String> parameters(Server server) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("encodings", ENCODINGS);
        server.option(COLOR_DEPTH).ifPresent(depth -> parameters.put(COLOR_DEPTH, depth));
        return parameters;
    }

    /** Holds nothing of its own: the connector is the house's, the streams are their takers'. */
    @Override
    public void close() { }
}
