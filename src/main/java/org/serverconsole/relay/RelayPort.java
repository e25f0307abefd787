package org.serverconsole.relay;

import java.util.concurrent.CompletionStage;
import org.serverconsole.config.Secret;

/** A one-shot port that leads to one console stream. Closing it cuts guacd and the console, whichever has been connected. */
public interface RelayPort extends AutoCloseable {

    /** Who ended the relayed connection. */
    enum End {
        NOT_ENDED,
        /** guacd hung up, or whoever came to the port did not know its password. */
        GUACD,
        /** The console hung up, be it before guacd came. */
        CONSOLE,
        /** {@link RelayPort#close()}, or nobody came and knew the password in time. */
        CLOSED
    }

    int port();

    /** What guacd must answer the relay's VNC Authentication with: 8 characters. */
    Secret password();

    /** Who ended it, as far as it has ended. */
    End end();

    /** Completes once, with who ended it; on an event loop, so what follows must not block. */
    CompletionStage<End> ended();

    /** Whether the console has sent anything since guacd was connected to it. */
    boolean consoleSpoke();

    @Override
    void close();
}
