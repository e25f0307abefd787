package org.serverconsole.adapter.redfish;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.serverconsole.adapter.Trust;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

/**
 * How a BMC is reached: options {@code ip}, {@code ipport} (443), {@code username}, {@code password}, {@code timeout} (1 to
 * 60 seconds, 30), {@code tls}, {@code ssl_insecure} (see {@link Trust}). Equal ones share one Redfish session.
 *
 * @param host name or address
 * @param trust which certificate it may show
 * @param timeout how long it may take for one console or one switching
 */
public record BmcAccess(String host, int port, String username, Secret password, Trust trust, Duration timeout) {

    private static final int DEFAULT_PORT = 443;
    /** BMCs are slow: an iDRAC takes seconds to log in, and its VNC server to come up. */
    private static final int DEFAULT_TIMEOUT = 30;
    private static final int LONGEST_TIMEOUT = 60;
    private static final String HOST = "[A-Za-z0-9.-]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*";

    /** To be used of an entry without {@link #problem}. */
    public static BmcAccess of(Server server, Optional<Path> caFile) {
        return new BmcAccess(
                server.option("ip").orElseThrow(),
                number(server, "ipport", DEFAULT_PORT),
                server.option("username").orElseThrow(),
                server.password(),
                Trust.of(server, caFile),
                Duration.ofSeconds(number(server, "timeout", DEFAULT_TIMEOUT)));
    }

    /** The names of its options, and those given. */
    public static Set<String> optionsAnd(String... more) {
        return Stream.concat(Trust.optionsAnd("ip", "ipport", "username", "timeout").stream(), Stream.of(more))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The same BMC, with another account. */
    public BmcAccess as(String otherName, Secret otherPassword) {
        return new BmcAccess(host, port, otherName, otherPassword, trust, timeout);
    }

    /** What an entry lacks, for {@link org.serverconsole.adapter.ConsoleAdapter#check}. */
    public static Optional<ServerRule.Problem> problem(Server server) {
        return addressProblem(server)
                .or(() -> server.option("username").filter(name -> !name.isBlank()).isPresent() ? Optional.empty()
                        : problem("username", "is missing: write the BMC's account for consoles"))
                .or(() -> server.password().isEmpty()
                        ? problem("password", "is missing: write the account's password") : Optional.empty())
                .or(() -> numberProblem(server, "ipport", 65535))
                .or(() -> numberProblem(server, "timeout", LONGEST_TIMEOUT))
                .or(() -> Trust.problem(server));
    }

    private static Optional<ServerRule.Problem> addressProblem(Server server) {
        Optional<String> ip = server.option("ip").filter(address -> !address.isBlank());
        if (ip.isEmpty()) {
            return problem("ip", "is missing: write the BMC's name or address");
        }
        return ip.get().matches(HOST) ? Optional.empty()
                : problem("ip", "is neither a name nor an address: write bmc.example or 10.10.0.14, without scheme or port");
    }

    private static Optional<ServerRule.Problem> numberProblem(Server server, String option, int most) {
        return server.option(option)
                .filter(value -> !value.matches("[1-9][0-9]{0,4}") || Integer.parseInt(value) > most)
                .flatMap(value -> problem(option, "found \"" + value + "\", write a whole number from 1 to " + most));
    }

    private static Optional<ServerRule.Problem> problem(String option, String message) {
        return Optional.of(new ServerRule.Problem(option, message));
    }

    private static int number(Server server, String option, int otherwise) {
        return server.option(option).map(Integer::parseInt).orElse(otherwise);
    }

    /** Host and port as messages and URLs write them. */
    public String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** The URL of that path. */
    public URI uri(String path) {
        return URI.create("https://" + authority() + path);
    }
}
