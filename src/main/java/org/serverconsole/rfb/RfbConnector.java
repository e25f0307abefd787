package org.serverconsole.rfb;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import org.serverconsole.config.Secret;

/** Connects to RFB servers as a client (RFC 6143, section 7.1) up to the point just before ClientInit. */
@FunctionalInterface
public interface RfbConnector {

    /**
     * A connector over TCP, TLS and WebSocket, with security types None, VNC Authentication and VeNCrypt (0.2).
     *
     * @param group NIO event loops; {@link #connect} must not be called on one of them, since it blocks
     */
    static RfbConnector on(EventLoopGroup group) {
        return new NettyRfbConnector(group);
    }

    /**
     * Connects and authenticates. Of what the server offers, X509 types are preferred to anonymous TLS, and that to none.
     *
     * @param deadline how long all of it may take
     * @return a channel that reads and writes the bytes of RFB, whatever carries them; auto-read off, nothing read beyond
     *     SecurityResult
     */
    Channel connect(RfbTarget target, Duration deadline) throws RfbException, InterruptedException;

    /**
     * Connects over TCP and authenticates, without checking any certificate.
     *
     * @param host name or address
     * @param port TCP port, 1 to 65535
     * @param password at most 8 characters count (RFC 6143, 7.2.2); {@link Secret#NONE} where there is none
     * @param deadline how long all of it may take
     * @return as {@link #connect(RfbTarget, Duration)}
     */
    default Channel connect(String host, int port, Secret password, Duration deadline)
            throws RfbException, InterruptedException {
        return connect(RfbTarget.at(host, port).withPassword(password), deadline);
    }
}
