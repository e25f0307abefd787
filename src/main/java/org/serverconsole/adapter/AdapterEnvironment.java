package org.serverconsole.adapter;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.serverconsole.kiosk.Kiosks;
import org.serverconsole.rfb.RfbConnector;

/**
 * What every adapter is given.
 *
 * @param rfb connects to RFB consoles and authenticates
 * @param random for passwords and tickets
 * @param caFile the PEM file of property {@code console-ca-file}, or empty for the JVM's own certificate authorities
 * @param kiosks browsers for consoles that are web pages
 */
public record AdapterEnvironment(RfbConnector rfb, SecureRandom random, Optional<Path> caFile, Kiosks kiosks) {

    /** A house without kiosks, for adapters that open none. */
    public AdapterEnvironment(RfbConnector rfb, SecureRandom random, Optional<Path> caFile) {
        this(rfb, random, caFile, Kiosks.none());
    }
}
