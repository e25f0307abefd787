package org.serverconsole.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.serverconsole.config.Secret;

/**
 * Asks the operator's API of a running Guacamole.
 *
 * @param guacamole its URL, ending in a slash
 */
record OperatorClient(URI guacamole, Secret key) {

    private static final String PATH = "api/ext/console/operator/";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * @throws CommandException where the key, which opens every console's door, would travel in clear to another machine
     */
    static OperatorClient of(URI guacamole, Secret key) throws CommandException {
        if (!"https".equalsIgnoreCase(guacamole.getScheme()) && !isThisMachine(guacamole.getHost())) {
            throw new CommandException("--url: the operator's key would be sent in clear; write an https URL");
        }
        return new OperatorClient(guacamole, key);
    }

    private static boolean isThisMachine(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The lines of the answer. */
    Stream<String> get(String what, Map<String, String> parameters) throws CommandException, InterruptedException {
        String query = parameters.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest request = HttpRequest.newBuilder(guacamole.resolve(PATH + what + "?" + query)).timeout(PATIENCE)
                .header("Authorization", "Bearer " + key.reveal()).build();
        try {
            HttpResponse<Stream<String>> answer = HttpClient.newBuilder().connectTimeout(PATIENCE).build()
                    .send(request, HttpResponse.BodyHandlers.ofLines());
            if (answer.statusCode() == 200) {
                return answer.body();
            }
            throw refused(answer.statusCode());
        } catch (SSLException e) {
            throw new CommandException("--url: the certificate of " + guacamole.getHost() + " is not one that Java trusts ("
                    + e.getMessage() + "); write -Djavax.net.ssl.trustStore=... after java, or correct it", e);
        } catch (HttpTimeoutException e) {
            throw new CommandException("--url: " + guacamole.getAuthority() + " did not answer in time", e);
        } catch (IOException e) {
            throw new CommandException("--url: " + guacamole.getAuthority() + " cannot be reached ("
                    + e.getClass().getSimpleName() + ")", e);
        }
    }

    private CommandException refused(int status) {
        return switch (status) {
            case 401 -> new CommandException("--key-file: that is not the operator's key; its hash is console-operator-key");
            case 404 -> new CommandException("--url: there is no operator's API; set console-operator-key (made by keygen"
                    + " --operator), or correct the URL");
            default -> new CommandException("--url: " + guacamole.getAuthority() + " answered with HTTP " + status);
        };
    }
}
