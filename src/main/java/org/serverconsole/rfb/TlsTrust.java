package org.serverconsole.rfb;

import javax.net.ssl.SSLContext;

/**
 * Which certificates an RFB server may show.
 *
 * @param context its trust manager decides; that of a pinned certificate is an
 *     {@link javax.net.ssl.X509ExtendedTrustManager}, since of any other the JDK checks more than the pin
 * @param checkHostName whether the certificate must be for {@code hostName}. It is then set as endpoint identification
 *     ({@code HTTPS}), by which the JDK's trust managers, and those that delegate to them, compare it
 * @param hostName the name or address in the certificate where it is not that of the connection; empty where it is
 */
public record TlsTrust(SSLContext context, boolean checkHostName, String hostName) {

    public TlsTrust(SSLContext context, boolean checkHostName) {
        this(context, checkHostName, "");
    }

    /** The same, where the certificate is for another name than the one connected to. */
    public TlsTrust named(String hostName) {
        return new TlsTrust(context, checkHostName, hostName);
    }
}
