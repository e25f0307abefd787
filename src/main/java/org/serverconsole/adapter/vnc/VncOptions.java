package org.serverconsole.adapter.vnc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.serverconsole.adapter.Trust;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule.Problem;
import org.serverconsole.rfb.RfbTarget;
import org.serverconsole.rfb.TlsTrust;
import org.serverconsole.rfb.Transport;

/**
 * What an inventory entry of type {@code vnc} says; see {@link VncAdapter}.
 *
 * @param server an entry without {@link #problem}
 */
record VncOptions(Server server) {

    private static final String IP = "ip";
    private static final String PORT = "ipport";
    private static final String USERNAME = "username";
    private static final String SSL = "ssl";
    private static final String PATH = "path";
    private static final String TIMEOUT = "timeout";
    private static final String COLOR_DEPTH = "color-depth";

    private static final int DEFAULT_PORT = 5900;
    private static final int DEFAULT_TIMEOUT = 10;
    private static final int LONGEST_TIMEOUT = 60;
    private static final List<String> COLOR_DEPTHS = List.of("8", "16", "24", "32");

    static Set<String> names() {
        return Trust.optionsAnd(IP, PORT, USERNAME, SSL, PATH, TIMEOUT, COLOR_DEPTH);
    }

    static Optional<Problem> problem(Server server) {
        return problems(server).stream().findFirst();
    }

    static List<Problem> problems(Server server) {
        return Stream.of(
                        address(server),
                        number(server, PORT, 65535),
                        number(server, TIMEOUT, LONGEST_TIMEOUT),
                        colorDepth(server),
                        ssl(server),
                        path(server),
                        Trust.problem(server))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Problem> address(Server server) {
        return server.option(IP).filter(address -> !address.isBlank()).isPresent()
                ? Optional.empty()
                : Optional.of(new Problem(IP, "is missing: write the name or address of the VNC server"));
    }

    private static Optional<Problem> number(Server server, String option, int most) {
        return server.option(option)
                .filter(value -> !value.matches("[1-9][0-9]{0,4}") || Integer.parseInt(value) > most)
                .map(value -> new Problem(option, "found \"" + value + "\", write a whole number from 1 to " + most));
    }

    private static Optional<Problem> colorDepth(Server server) {
        return server.option(COLOR_DEPTH)
                .filter(depth -> !COLOR_DEPTHS.contains(depth))
                .map(depth -> new Problem(COLOR_DEPTH,
                        "found \"" + depth + "\", write one of " + String.join(", ", COLOR_DEPTHS)));
    }

    private static Optional<Problem> ssl(Server server) {
        return server.option(SSL)
                .filter(value -> server.yesOrNo(SSL).isEmpty())
                .map(value -> new Problem(SSL, "found \"" + value + "\", write true or false"));
    }

    private static Optional<Problem> path(Server server) {
        try {
            server.option(PATH).ifPresent(path -> webSocket(path, false));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            // Without its words, since a query may be secret.
            return Optional.of(new Problem(PATH, "is no path of a WebSocket: write it percent-encoded, such as /websockify"));
        }
    }

    private static Transport webSocket(String path, boolean encrypted) {
        int query = path.indexOf('?');
        return query < 0 ? Transport.WebSocket.at(path, encrypted)
                : Transport.WebSocket.at(path.substring(0, query), encrypted).withQuery(Secret.of(path.substring(query + 1)));
    }

    Trust trust(Optional<Path> caFile) {
        return Trust.of(server, caFile);
    }

    /** Where to connect, trusting what the entry's {@link #trust} does. */
    RfbTarget target(TlsTrust trust) {
        RfbTarget target = RfbTarget.at(server.option(IP).orElseThrow(), number(PORT, DEFAULT_PORT))
                .withAccount(server.option(USERNAME).orElse(""), server.password());
        // Whoever names one certificate does not want to do without.
        RfbTarget trusting = server.option("tls").isPresent() ? target.requiring(trust) : target.trusting(trust);
        boolean encrypted = server.yesOrNo(SSL).orElse(false);
        return server.option(PATH).isPresent() ? trusting.over(webSocket(server.option(PATH).get(), encrypted))
                : encrypted ? trusting.over(new Transport.Tls()) : trusting;
    }

    /** Host and port, for messages. */
    String address() {
        return server.option(IP).orElseThrow() + ":" + number(PORT, DEFAULT_PORT);
    }

    Duration timeout() {
        return Duration.ofSeconds(number(TIMEOUT, DEFAULT_TIMEOUT));
    }

    Optional<String> colorDepth() {
        return server.option(COLOR_DEPTH);
    }

    private int number(String option, int otherwise) {
        return server.option(option).map(Integer::parseInt).orElse(otherwise);
    }
}
