package org.serverconsole.guacamole;

import java.util.Collections;
import java.util.Date;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.net.GuacamoleTunnel;
import org.apache.guacamole.net.auth.AbstractConnection;
import org.apache.guacamole.net.auth.ActivityRecordSet;
import org.apache.guacamole.net.auth.ConnectionRecord;
import org.apache.guacamole.net.auth.simple.SimpleActivityRecordSet;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleConfiguration;
import org.serverconsole.session.ConsoleSession;

/** The one connection of a console session. Its identifier is the server's ID, which Guacamole writes to its log. */
final class ConsoleConnection extends AbstractConnection {

    private final ConsoleSession session;
    private final BiFunction<ConsoleSession, GuacamoleClientInformation, GuacamoleSocket> sockets;

    ConsoleConnection(
            ConsoleSession session,
            BiFunction<ConsoleSession, GuacamoleClientInformation, GuacamoleSocket> sockets) {
        this.session = session;
        this.sockets = sockets;
        setIdentifier(session.server().id());
        setName(session.server().label());
        // A connection without its parent is not in the tree, and a page that looks for it there finds none.
        setParentIdentifier("ROOT");
        GuacamoleConfiguration protocolOnly = new GuacamoleConfiguration();
        protocolOnly.setProtocol("vnc");
        setConfiguration(protocolOnly);
    }

    /** Never fails for the vendor's sake: what went wrong is said in the tunnel, once, and no page tries again by itself. */
    @Override
    public GuacamoleTunnel connect(GuacamoleClientInformation information, Map<String, String> tokens)
            throws GuacamoleException {
        ConsoleUserContext.requireLive(session);
        return new ConsoleTunnel(session, sockets.apply(session, information));
    }

    @Override
    public int getActiveConnections() {
        return 0;
    }

    @Override
    public Date getLastActive() {
        return new Date();
    }

    @Override
    public ActivityRecordSet<ConnectionRecord> getConnectionHistory() {
        return new SimpleActivityRecordSet<>();
    }

    @Override
    public Map<String, String> getAttributes() {
        return Collections.emptyMap();
    }

    @Override
    public void setAttributes(Map<String, String> attributes) {
        // A console session has none, and nobody may give it any.
    }
}
