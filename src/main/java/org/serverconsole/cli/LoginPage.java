package org.serverconsole.cli;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The page that a login URL opens. */
enum LoginPage {

    /** The extension's own. */
    CONSOLE("app/ext/console/open.html#"),

    /** Guacamole's application. */
    GUACAMOLE("#/?");

    private final String path;

    LoginPage(String path) {
        this.path = path;
    }

    /** Server and token stand behind the {@code #}, which no browser sends to a web server or its log. */
    String loginUrl(URI base, String server, String token) {
        return base + path + "username=" + encoded(server) + "&password=" + encoded(token);
    }

    private static String encoded(String value) {
        // URLEncoder's + for a space is a form's, not a URL's.
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
