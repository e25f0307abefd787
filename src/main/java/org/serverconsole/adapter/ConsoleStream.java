package org.serverconsole.adapter;

import io.netty.channel.Channel;
import java.util.Map;

/**
 * An open, already authenticated console.
 *
 * @param protocol what is spoken on it
 * @param channel the open channel, standing just before ClientInit where it is RFB; auto-read is off and nothing has been read
 *     beyond the handshake. Closing it gives the console back as far as the connection goes.
 * @param parameters what guacd must be told for this vendor, by guacd's parameter names, such as {@code color-depth}
 */
public record ConsoleStream(Protocol protocol, Channel channel, Map<String, String> parameters) {

    /** What a console speaks. */
    public enum Protocol { RFB, TERMINAL }

    public ConsoleStream {
        parameters = Map.copyOf(parameters);
    }
}
