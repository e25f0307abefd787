package org.serverconsole.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** For programs that must be told on which port to listen. */
public final class FreePort {

    private FreePort() { }

    /** A TCP port of 127.0.0.1 on which nobody listens. */
    public static int find() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
