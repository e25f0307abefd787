package org.serverconsole.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An IP address, spelled as Java (and so Tomcat) spells a client's. */
final class ClientAddress implements ITypeConverter<String> {

    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

    /** With a colon Java never asks the DNS. */
    private static final Pattern PERHAPS_IPV6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");

    @Override
    public String convert(String value) {
        try {
            if (IPV4.matcher(value).matches() || PERHAPS_IPV6.matcher(value).matches()) {
                return InetAddress.getByName(value).getHostAddress();
            }
        } catch (UnknownHostException e) {
            // Reported below, in the same words as what does not even look like an address.
        }
        throw new TypeConversionException("write an IP address, such as 192.0.2.7 or 2001:db8::7");
    }
}
