package org.serverconsole.adapter;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.serverconsole.rfb.RfbConnector;

/**
 * What every adapter is given.
 *
 * @param rfb connects to RFB consoles and authenticates
 * @param random for passwords and tickets
 * @param caFile the PEM file of property {@code console-ca-file}, or empty for the JVM's own certificate authorities
 */
public record AdapterEnvironment(RfbConnector rfb, SecureRandom random, Optional<Path> caFile) { }
