package org.serverconsole.rfb;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import org.serverconsole.config.Secret;

/** Connects to RFB servers as a client (RFC 6143, section 7.1) up to the point just before ClientInit. */
public interface RfbConnector {

    /**
     * A connector over TCP.
     *
     * @param group NIO event loops; {@link #connect} must not be called on one of them, since it blocks
     */
    static RfbConnector on(EventLoopGroup group) {
        return new NettyRfbConnector(group);
    }

    /**
     * Connects and authenticates with security type None or VNC Authentication.
     *
     * @param host name or address
     * @param port TCP port, 1 to 65535
     * @param password at most 8 characters count (RFC 6143, 7.2.2); {@link Secret#NONE} where there is none
     * @param deadline how long all of it may take
     * @return the channel, auto-read off, nothing read beyond SecurityResult
     */
    Channel connect(String host, int port, Secret password, Duration deadline) throws RfbException, InterruptedException;
}
