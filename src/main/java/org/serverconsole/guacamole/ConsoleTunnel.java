package org.serverconsole.guacamole;

import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleUnauthorizedException;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.net.SimpleGuacamoleTunnel;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

/** The tunnel of one browser to one console session. */
final class ConsoleTunnel extends SimpleGuacamoleTunnel {

    private final ConsoleSession session;

    ConsoleTunnel(ConsoleSession session, GuacamoleSocket socket) {
        super(socket);
        this.session = session;
    }

    /**
     * @throws GuacamoleUnauthorizedException once closed, where the console session has ended: Guacamole then forgets its own
     *     session at once, which it would otherwise do up to a minute later
     */
    @Override
    public void close() throws GuacamoleException {
        if (Shutdown.isUnderWay()) {
            // Before the socket is closed, so that the page is told why.
            session.end(EndReason.NODE_SHUTDOWN);
        }
        super.close();
        if (session.ended().isPresent()) {
            throw new GuacamoleUnauthorizedException("The console session has ended.");
        }
    }
}
