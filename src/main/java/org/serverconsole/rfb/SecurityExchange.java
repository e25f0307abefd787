package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** What one security type says between its choice and SecurityResult. */
interface SecurityExchange {

    /**
     * Goes on as far as it can with what has come; asked again when more has come or the channel has become encrypted.
     *
     * @return whether it has finished, so that SecurityResult comes next
     */
    boolean proceed(ChannelHandlerContext ctx, ByteBuf in) throws RfbException;

    /** Why the server refuses afterwards, unless its words say otherwise. */
    RfbException.Reason refusedFor();
}
