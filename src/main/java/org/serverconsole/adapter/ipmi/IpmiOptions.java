package org.serverconsole.adapter.ipmi;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.serverconsole.adapter.lan.IpmiClient;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rmcp.BmcLogin;
import org.serverconsole.rmcp.CipherSuite;
import org.serverconsole.rmcp.Privilege;

/**
 * What an inventory entry of type {@code ipmi} says.
 *
 * @param host the BMC's name or address
 * @param suite the cipher suite to insist on, or empty for the strongest the BMC has
 * @param privilege what sessions for consoles and power are opened for
 * @param timeout how long the BMC may take for all of one operation
 */
record IpmiOptions(
        String host, int port, String username, Secret password, Optional<CipherSuite> suite, Privilege privilege,
        Duration timeout) {

    private static final String IP = "ip";
    private static final String PORT = "ipport";
    private static final String USERNAME = "username";
    private static final String PASSWORD = "password";
    private static final String CIPHER = "cipher";
    private static final String PRIVILEGE = "privlvl";
    private static final String TIMEOUT = "timeout";

    private static final String DEFAULT_PORT = "623";
    private static final String DEFAULT_PRIVILEGE = "operator";
    private static final String DEFAULT_TIMEOUT = "10";
    private static final String AUTO = "auto";
    private static final List<String> CIPHERS = List.of(AUTO, "17", "3");
    private static final int LONGEST_TIMEOUT = 60;

    /** To be used of an entry without {@link #problem}. */
    static IpmiOptions of(Server server) {
        return new IpmiOptions(
                server.option(IP).orElseThrow(),
                Integer.parseInt(server.option(PORT).orElse(DEFAULT_PORT)),
                server.option(USERNAME).orElseThrow(),
                server.password(),
                server.option(CIPHER).filter(cipher -> !cipher.equals(AUTO)).map(Integer::parseInt).flatMap(CipherSuite::of),
                privilege(server.option(PRIVILEGE).orElse(DEFAULT_PRIVILEGE)).orElseThrow(),
                Duration.ofSeconds(Integer.parseInt(server.option(TIMEOUT).orElse(DEFAULT_TIMEOUT))));
    }

    /** Whom the BMC is to let in. */
    IpmiClient.Peer peer() {
        return new IpmiClient.Peer(host, port, username, password, suite);
    }

    private static Optional<Privilege> privilege(String name) {
        return Arrays.stream(Privilege.values()).filter(each -> text(each).equals(name)).findFirst();
    }

    private static String text(Privilege privilege) {
        return privilege.name().toLowerCase(Locale.ROOT);
    }

    static Set<String> names() {
        return Set.of(IP, PORT, USERNAME, CIPHER, PRIVILEGE, TIMEOUT);
    }

    static Optional<ServerRule.Problem> problem(Server server) {
        return missing(server, IP, "write the name or address of the BMC")
                .or(() -> numberProblem(server, PORT, 65535))
                .or(() -> missing(server, USERNAME, "write the BMC's account"))
                .or(() -> tooLong(USERNAME, server.option(USERNAME).orElseThrow(), BmcLogin.LONGEST_NAME))
                .or(() -> passwordProblem(server))
                .or(() -> choiceProblem(server, CIPHER, CIPHERS))
                .or(() -> choiceProblem(server, PRIVILEGE, Arrays.stream(Privilege.values()).map(IpmiOptions::text).toList()))
                .or(() -> numberProblem(server, TIMEOUT, LONGEST_TIMEOUT));
    }

    private static Optional<ServerRule.Problem> missing(Server server, String option, String instead) {
        return server.option(option).filter(value -> !value.isBlank()).isPresent()
                ? Optional.empty()
                : problem(option, "is missing: " + instead);
    }

    private static Optional<ServerRule.Problem> passwordProblem(Server server) {
        return server.password().isEmpty()
                ? problem(PASSWORD, "is missing: write the account's password")
                : tooLong(PASSWORD, server.password().reveal(), BmcLogin.LONGEST_PASSWORD);
    }

    private static Optional<ServerRule.Problem> tooLong(String option, String value, int most) {
        return value.getBytes(StandardCharsets.UTF_8).length <= most
                ? Optional.empty()
                : problem(option, "is longer than IPMI has room for: write at most " + most + " bytes");
    }

    private static Optional<ServerRule.Problem> numberProblem(Server server, String option, int most) {
        return server.option(option)
                .filter(value -> !value.matches("[1-9][0-9]{0,4}") || Integer.parseInt(value) > most)
                .flatMap(value -> problem(option, "found \"" + value + "\", write a whole number from 1 to " + most));
    }

    private static Optional<ServerRule.Problem> choiceProblem(Server server, String option, List<String> choices) {
        return server.option(option)
                .filter(value -> !choices.contains(value))
                .flatMap(value -> problem(option, "found \"" + value + "\", write one of " + String.join(", ", choices)));
    }

    private static Optional<ServerRule.Problem> problem(String option, String message) {
        return Optional.of(new ServerRule.Problem(option, message));
    }
}
