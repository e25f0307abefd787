package org.serverconsole.panel;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.serverconsole.access.Tickets.Ticket;
import org.serverconsole.config.LoginPage;

/**
 * Makes login URLs.
 *
 * @param page which page they open
 * @param publicUrl this Guacamole as customers reach it, or empty where the panel reaches it the same way
 */
record LoginUrls(LoginPage page, Optional<URI> publicUrl) {

    /**
     * @param called Guacamole's URL as the panel has called it, ending in a slash
     */
    String of(String serverId, Ticket ticket, Optional<String> locale, URI called) {
        String login = "username=" + URLEncoder.encode(serverId, StandardCharsets.UTF_8)
                + "&password=" + URLEncoder.encode(ticket.text().reveal(), StandardCharsets.UTF_8);
        return publicUrl.orElse(called) + switch (page) {
            case CONSOLE -> "app/ext/console/open.html#" + login
                    + locale.map(tag -> "&locale=" + URLEncoder.encode(tag, StandardCharsets.UTF_8)).orElse("");
            case GUACAMOLE -> "#/?" + login;
        };
    }
}
