package org.serverconsole.access;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** A client's address as text, never as a name: nothing here asks the DNS. */
final class ClientAddress {

    private ClientAddress() { }

    static boolean isAddress(String text) {
        return parse(text).isPresent();
    }

    /** Whether both are addresses, and the same one; {@code ::ffff:192.0.2.1} is {@code 192.0.2.1}. */
    static boolean same(String one, String other) {
        Optional<InetAddress> address = parse(one);
        return address.isPresent() && address.equals(parse(other));
    }

    private static Optional<InetAddress> parse(String text) {
        if (!NetUtil.isValidIpV4Address(text) && !NetUtil.isValidIpV6Address(text)) {
            return Optional.empty();
        }
        try {
            // Without the zone, which is this machine's matter. An address mapped into IPv6 becomes an IPv4 one.
            return Optional.of(InetAddress.getByName(text.replaceFirst("%[^\\]]*", "")));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address that is none: " + text, e);
        }
    }
}
