package org.serverconsole.adapter.ovirt;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.serverconsole.adapter.Trust;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

/**
 * What an inventory entry of type {@code ovirt} says.
 *
 * @param access how its engine is reached
 * @param plug the virtual machine's ID or name
 */
record OvirtOptions(Access access, String plug) {

    private static final String PATH = "/ovirt-engine/api";
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final int LONGEST_TIMEOUT = 60;

    /**
     * How an engine is reached. Equal ones share one login.
     *
     * @param url ends in {@code /ovirt-engine/api}
     * @param trust which certificate it may show
     * @param filter whether the account sees what it was given rights to, as every account does that is no administrator
     * @param timeout how long the engine may take for a console
     */
    record Access(String url, String username, Secret password, Trust trust, boolean filter, Duration timeout) {

        String host() {
            return URI.create(url).getAuthority();
        }
    }

    /** To be used of an entry without {@link #problem}. */
    static OvirtOptions of(Server server, Optional<Path> caFile) {
        String url = server.option("url").orElseThrow();
        return new OvirtOptions(new Access(
                url.endsWith("/") ? url.substring(0, url.length() - 1) : url,
                server.option("username").orElseThrow(),
                server.password(),
                Trust.of(server, caFile),
                server.yesOrNo("filter").orElse(true),
                Duration.ofSeconds(Integer.parseInt(server.option("timeout").orElse("10")))),
                server.option("plug").orElseThrow());
    }

    boolean plugIsId() {
        return UUID.matcher(plug).matches();
    }

    static Set<String> names() {
        return Trust.optionsAnd("url", "username", "plug", "filter", "timeout");
    }

    static Optional<ServerRule.Problem> problem(Server server) {
        return problems(server).stream().findFirst();
    }

    static List<ServerRule.Problem> problems(Server server) {
        return Stream.of(
                        urlProblem(server),
                        missing(server, "username", "write the engine's account, such as console@internal"),
                        passwordProblem(server),
                        missing(server, "plug", "write the virtual machine's ID or name"),
                        Trust.problem(server),
                        filterProblem(server),
                        timeoutProblem(server))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<ServerRule.Problem> passwordProblem(Server server) {
        return server.password().isEmpty()
                ? Optional.of(new ServerRule.Problem("password", "is missing: write the account's password"))
                : Optional.empty();
    }

    private static Optional<ServerRule.Problem> missing(Server server, String option, String instead) {
        return server.option(option).filter(value -> !value.isBlank()).isPresent()
                ? Optional.empty()
                : Optional.of(new ServerRule.Problem(option, "is missing: " + instead));
    }

    private static Optional<ServerRule.Problem> urlProblem(Server server) {
        String instead = "write https://<engine>" + PATH;
        return missing(server, "url", instead).or(() -> {
            String url = server.option("url").orElseThrow();
            return isApi(url) ? Optional.empty()
                    : Optional.of(new ServerRule.Problem("url", "is '" + withoutUser(url) + "': " + instead));
        });
    }

    private static boolean isApi(String text) {
        try {
            URI url = new URI(text);
            return "https".equals(url.getScheme()) && url.getHost() != null && url.getRawUserInfo() == null
                    && url.getRawQuery() == null && url.getRawFragment() == null
                    // The SDK asks for its tokens below /ovirt-engine whatever the path says.
                    && (PATH.equals(url.getPath()) || (PATH + "/").equals(url.getPath()));
        } catch (URISyntaxException e) {
            // Told with what to write instead, as every other unusable address.
            return false;
        }
    }

    /** An address may have been written with a password in it. */
    private static String withoutUser(String url) {
        return url.replaceFirst("//.*@", "//...@");
    }

    private static Optional<ServerRule.Problem> filterProblem(Server server) {
        return server.option("filter")
                .filter(value -> server.yesOrNo("filter").isEmpty())
                .map(value -> new ServerRule.Problem("filter", "is '" + value + "': write 1 or 0"));
    }

    private static Optional<ServerRule.Problem> timeoutProblem(Server server) {
        return server.option("timeout")
                .filter(value -> !value.matches("[0-9]{1,2}") || Integer.parseInt(value) < 1
                        || Integer.parseInt(value) > LONGEST_TIMEOUT)
                .map(value -> new ServerRule.Problem("timeout",
                        "is '" + value + "': write seconds from 1 to " + LONGEST_TIMEOUT));
    }
}
