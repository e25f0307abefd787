package org.serverconsole.relay;

import java.util.concurrent.CompletionStage;
import org.serverconsole.config.Secret;

/** A one-shot port that leads to one console stream. Closing it cuts guacd and the console, whichever has been connected. */
public interface RelayPort extends AutoCloseable {

    /** What guacd speaks to the port. */
    enum Protocol {
        /** RFB 3.8 with VNC Authentication; the console is an RFB stream just before ClientInit. */
        RFB,
        /** Telnet, the password as the environment variable {@code USER}; the console is bytes and {@link TerminalSignal}s. */
        TELNET
    }

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

    /** What guacd must know: 8 characters. */
    Secret password();

    /** Who ended it, as far as it has ended. */
    End end();

    /** Completes once, with who ended it; on an event loop, so what follows must not block. */
    CompletionStage<End> ended();

    /** How many bytes the console has sent since guacd was connected to it. */
    long consoleBytes();

    @Override
    void close();
}
