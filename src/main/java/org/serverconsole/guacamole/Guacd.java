package org.serverconsole.guacamole;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.net.InetGuacamoleSocket;
import org.apache.guacamole.net.SSLGuacamoleSocket;
import org.apache.guacamole.net.auth.GuacamoleProxyConfiguration;
import org.apache.guacamole.protocol.ConfiguredGuacamoleSocket;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleConfiguration;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.relay.RelayPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How guacd is reached and what it is told. Of what an adapter asks for, guacd gets only what cannot lead it elsewhere.
 *
 * @param proxy where guacd listens
 * @param relayAddress the relay's address as guacd reaches it
 * @param recordingPath where it records consoles, a path of its own machine, or empty
 */
record Guacd(GuacamoleProxyConfiguration proxy, String relayAddress, Optional<Path> recordingPath) {

    private static final Logger LOGGER = LoggerFactory.getLogger(Guacd.class);

    private static final Set<String> ALLOWED_FOR_VNC =
            Set.of("color-depth", "encodings", "cursor", "force-lossless", "swap-red-blue");

    private static final Set<String> ALLOWED_FOR_TELNET =
            Set.of("backspace", "color-scheme", "font-name", "font-size", "scrollback", "terminal-type");

    /** Matches no line: guacd is not to answer a prompt of the console's. */
    private static final String NEVER = "x^";

    GuacamoleSocket connect() throws GuacamoleException {
        return switch (proxy.getEncryptionMethod()) {
            case SSL -> new SSLGuacamoleSocket(proxy.getHostname(), proxy.getPort());
            case NONE -> new InetGuacamoleSocket(proxy.getHostname(), proxy.getPort());
        };
    }

    /**
     * Looks on at a display that somebody else has opened. Blocks until guacd is ready.
     *
     * @param display guacd's name of it
     */
    GuacamoleSocket join(String display, GuacamoleClientInformation information) throws GuacamoleException {
        GuacamoleConfiguration configuration = new GuacamoleConfiguration();
        configuration.setConnectionID(display);
        configuration.setParameter("read-only", "true");
        GuacamoleSocket socket = connect();
        try {
            return new ConfiguredGuacamoleSocket(socket, configuration, information);
        } catch (GuacamoleException e) {
            socket.close();
            throw e;
        }
    }

    static RelayPort.Protocol protocol(ConsoleStream stream) {
        return switch (stream.protocol()) {
            case RFB -> RelayPort.Protocol.RFB;
            case TERMINAL -> RelayPort.Protocol.TELNET;
        };
    }

    /**
     * @param name of this display and no other, in letters, digits and hyphens: what its recording is called
     */
    GuacamoleConfiguration configuration(ConsoleStream stream, RelayPort port, String name) {
        GuacamoleConfiguration configuration = new GuacamoleConfiguration();
        switch (protocol(stream)) {
            case RFB -> {
                configuration.setProtocol("vnc");
                allow(ALLOWED_FOR_VNC, stream, configuration);
                configuration.setParameter("password", port.password().reveal());
                // The browser's size is not the server's: a BMC would be asked for it and some break.
                configuration.setParameter("disable-display-resize", "true");
            }
            case TELNET -> {
                configuration.setProtocol("telnet");
                allow(ALLOWED_FOR_TELNET, stream, configuration);
                configuration.setParameter("username", port.password().reveal());
                configuration.setParameter("username-regex", NEVER);
            }
        }
        configuration.setParameter("hostname", relayAddress);
        configuration.setParameter("port", Integer.toString(port.port()));
        recordingPath.ifPresent(path -> {
            configuration.setParameter("recording-path", path.toString());
            configuration.setParameter("recording-name", name);
            configuration.setParameter("create-recording-path", "true");
        });
        return configuration;
    }

    private static void allow(Set<String> allowed, ConsoleStream stream, GuacamoleConfiguration configuration) {
        stream.parameters().forEach((name, value) -> {
            if (allowed.contains(name)) {
                configuration.setParameter(name, value);
            } else {
                LOGGER.warn("guacd's parameter {} is not one an adapter may set; it is left out.", name);
            }
        });
    }
}
