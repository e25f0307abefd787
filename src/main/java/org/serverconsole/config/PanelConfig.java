package org.serverconsole.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings of what panels and operators use.
 *
 * @param introspectionUrl {@code console-token-introspection-url}: where the panel says whether a token is good, https
 * @param panelKey {@code console-panel-key}: the bearer key with which the panel is asked, or {@link Secret#NONE}
 * @param ticketLifetime {@code console-ticket-lifetime}: time to redeem a login ticket
 * @param page {@code console-page}: which page minted login URLs open
 * @param publicUrl {@code console-public-url}: this Guacamole as customers reach it, ending in a slash
 * @param returnUrl {@code console-return-url}: where "Back to the panel" leads
 * @param operatorKey {@code console-operator-key}: SHA-256 of the key that opens the operator's API, 64 lower-case hex digits
 * @param location {@code console-location}: this node's location, or empty text
 * @param recordingPath {@code console-recording-path}: where guacd records consoles, a path of guacd's machine
 * @param keys {@code console-keys}: what the console page offers beside the usual key combinations
 * @param limits {@code console-max-...}
 */
public record PanelConfig(
        Optional<URI> introspectionUrl,
        Secret panelKey,
        Duration ticketLifetime,
        LoginPage page,
        Optional<URI> publicUrl,
        Optional<URI> returnUrl,
        Optional<String> operatorKey,
        String location,
        Optional<Path> recordingPath,
        List<KeyChord> keys,
        Limits limits) {

    public PanelConfig {
        keys = List.copyOf(keys);
    }

    /**
     * How much is too much; what is beyond it is refused for a while.
     *
     * @param sessions {@code console-max-sessions}: consoles at once on this node
     * @param sessionsPerCustomer {@code console-max-sessions-per-customer}: consoles of one customer at once
     * @param loginsPerMinute {@code console-max-logins-per-minute}: of one customer, for one server, from one address
     */
    public record Limits(int sessions, int sessionsPerCustomer, int loginsPerMinute) { }
}
