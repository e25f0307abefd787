package org.serverconsole.relay;

import org.serverconsole.config.Secret;

/** A one-shot port that leads to one console stream. Closing it cuts guacd and the console, whichever has been connected. */
public interface RelayPort extends AutoCloseable {

    /** Who ended the relayed connection. */
    enum End { NOT_ENDED, GUACD, CONSOLE, CLOSED }

    int port();

    /** What guacd must answer the relay's VNC Authentication with: 8 characters. */
    Secret password();

    /** Who ended it, as far as it has ended. */
    End end();

    @Override
    void close();
}
