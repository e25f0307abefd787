package org.serverconsole.access;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
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

    /**
     * What one client has to itself: an IPv4 address, or the network of 64 bits that an IPv6 address is in. Of text that is
     * neither, the text.
     */
    static String network(String text) {
        Optional<InetAddress> address = parse(text);
        if (address.isEmpty() || address.get().getAddress().length == 4) {
            return address.map(InetAddress::getHostAddress).orElse(text);
        }
        return HexFormat.of().formatHex(address.get().getAddress(), 0, 8);
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
