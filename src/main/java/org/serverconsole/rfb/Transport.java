package org.serverconsole.rfb;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.serverconsole.config.Secret;

/** What carries RFB to a server. */
public sealed interface Transport {

    /** Whether TLS is spoken before anything else. */
    boolean encrypted();

    /** RFB itself; encrypted only if the server asks for it within the handshake (VeNCrypt). */
    record Tcp() implements Transport {

        @Override
        public boolean encrypted() {
            return false;
        }
    }

    /** TLS from the first byte. */
    record Tls() implements Transport {

        @Override
        public boolean encrypted() {
            return true;
        }
    }

    /**
     * Binary frames of a WebSocket (RFC 6455), of at most 1 KiB towards the server (more and OpenBMC's bmcweb hangs up).
     *
     * @param path begins with a slash, percent-encoded, without a query
     * @param query what follows the question mark, percent-encoded; secret, since Proxmox has its ticket there.
     *     {@link Secret#NONE} where there is none
     * @param headers sent with the request, such as {@code Cookie}
     * @param subprotocols offered in that order; the server may choose none. Secret, since bmcweb expects the XSRF token of a
     *     login with cookies there
     * @param encrypted whether over TLS (wss)
     */
    record WebSocket(String path, Secret query, Map<String, Secret> headers, List<Secret> subprotocols, boolean encrypted)
            implements Transport {

        private static final Secret BINARY = Secret.of("binary");

        public WebSocket {
            if (!path.startsWith("/") || path.indexOf('?') >= 0 || path.indexOf('#') >= 0 || !isUri(path)) {
                throw new IllegalArgumentException("\"" + path + "\" is no percent-encoded path that begins with a slash");
            }
            if (query.reveal().indexOf('#') >= 0 || !isUri("/?" + query.reveal())) {
                throw new IllegalArgumentException("the query after " + path + " is not percent-encoded");
            }
            headers = Map.copyOf(headers);
            subprotocols = List.copyOf(subprotocols);
        }

        /** Offers the subprotocol {@code binary}, as noVNC does. */
        public static WebSocket at(String path, boolean encrypted) {
            return new WebSocket(path, Secret.NONE, Map.of(), List.of(BINARY), encrypted);
        }

        public WebSocket withQuery(Secret query) {
            return new WebSocket(path, query, headers, subprotocols, encrypted);
        }

        public WebSocket withHeader(String name, Secret value) {
            Map<String, Secret> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new WebSocket(path, query, more, subprotocols, encrypted);
        }

        /** Offers that one beside those offered already. */
        public WebSocket withSubprotocol(Secret subprotocol) {
            return new WebSocket(path, query, headers, Stream.concat(subprotocols.stream(), Stream.of(subprotocol)).toList(),
                    encrypted);
        }

        private static boolean isUri(String text) {
            try {
                new URI(text);
                return true;
            } catch (URISyntaxException e) {
                // Not passed on, since it quotes what may be secret.
                return false;
            }
        }
    }
}
