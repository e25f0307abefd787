package org.serverconsole.rfb;

import java.util.Optional;
import org.serverconsole.config.Secret;

/**
 * One RFB server and what may be said to it. Made with {@link #at} and what is to be different.
 *
 * @param host name or address
 * @param port TCP port, 1 to 65535
 * @param transport what carries RFB
 * @param username for security type Plain; empty where there is none
 * @param password 8 characters count in VNC Authentication (RFC 6143, 7.2.2), all of them in Plain; {@link Secret#NONE} where
 *     there is none
 * @param trust which certificates the server may show, in the transport's TLS or in VeNCrypt's X509 types. Without it
 *     VeNCrypt's X509 types are not chosen, and a transport with TLS is refused
 * @param certificateRequired whether only a connection will do that is encrypted under a certificate {@code trust} accepts.
 *     What a server offers can be changed on the way, so that nothing less keeps a listener out
 * @param passwordToAnyone whether Plain may send the password unencrypted (256), or to a server without certificate
 *     (TLSPlain, 259)
 */
public record RfbTarget(String host, int port, Transport transport, String username, Secret password,
        Optional<TlsTrust> trust, boolean certificateRequired, boolean passwordToAnyone) {

    private static final int HIGHEST_PORT = 65535;

    public RfbTarget {
        if (host.isBlank() || port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("no RFB server can be at host \"" + host + "\", port " + port);
        }
        if (trust.isEmpty() && (transport.encrypted() || certificateRequired)) {
            throw new IllegalArgumentException("TLS with " + host + " needs to be told which certificates to trust");
        }
    }

    /** A server over plain TCP, without password. */
    public static RfbTarget at(String host, int port) {
        return new RfbTarget(host, port, new Transport.Tcp(), "", Secret.NONE, Optional.empty(), false, false);
    }

    /** At most 8 characters count where the server asks for VNC Authentication. */
    public RfbTarget withPassword(Secret password) {
        return withAccount(username, password);
    }

    /** Also for servers that ask for a user name (Plain). */
    public RfbTarget withAccount(String username, Secret password) {
        return new RfbTarget(host, port, transport, username, password, trust, certificateRequired, passwordToAnyone);
    }

    /** Over that transport; one with TLS needs {@link #trusting} or {@link #requiring} said first. */
    public RfbTarget over(Transport transport) {
        return new RfbTarget(host, port, transport, username, password, trust, certificateRequired, passwordToAnyone);
    }

    /** Encrypted under a certificate if the server offers that, else as it comes. */
    public RfbTarget trusting(TlsTrust trust) {
        return new RfbTarget(host, port, transport, username, password, Optional.of(trust), certificateRequired, passwordToAnyone);
    }

    /** Encrypted under a certificate, or not at all. */
    public RfbTarget requiring(TlsTrust trust) {
        return new RfbTarget(host, port, transport, username, password, Optional.of(trust), true, passwordToAnyone);
    }

    public RfbTarget withPasswordToAnyone() {
        return new RfbTarget(host, port, transport, username, password, trust, certificateRequired, true);
    }

    /** Host and port as they stand in a URL. */
    String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** What messages call the server. */
    String peer() {
        return transport instanceof Transport.WebSocket web
                ? (web.encrypted() ? "wss://" : "ws://") + authority() + web.path() : authority();
    }
}
