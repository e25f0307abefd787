package org.serverconsole.kiosk;

import java.net.URI;
import org.serverconsole.rfb.TlsTrust;

/**
 * The one HTTPS server that a kiosk may reach.
 *
 * @param host name or address
 * @param port TCP port, 1 to 65535
 * @param trust which certificates it may show; asked on each connection
 */
public record Site(String host, int port, TlsTrust trust) {

    private static final int HTTPS = 443;

    /** Host and port as CONNECT names them. */
    String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** The URL of that path, with or without query. */
    URI url(String path) {
        String authority = port == HTTPS ? authority().substring(0, authority().lastIndexOf(':')) : authority();
        return URI.create("https://" + authority + path);
    }
}
