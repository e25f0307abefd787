package org.serverconsole.session;

import java.time.Duration;
import java.util.Optional;
import org.serverconsole.adapter.AdapterException;

/**
 * What becomes of a console session. Told to the listeners of {@link ConsoleSessions} by threads of all kinds: they must not
 * block, and what they throw is logged and stops nothing.
 */
public sealed interface SessionEvent {

    ConsoleSession session();

    /** It has started, and its vendor is being asked. */
    record Started(ConsoleSession session) implements SessionEvent { }

    /**
     * The vendor gave a console, for a browser or ahead of one.
     *
     * @param took from asking the vendor to the open stream
     */
    record Opened(ConsoleSession session, Duration took) implements SessionEvent { }

    /**
     * The vendor gave no console.
     *
     * @param kind why, or empty where it was an error of ours
     */
    record Failed(ConsoleSession session, Optional<AdapterException.Kind> kind, Duration took) implements SessionEvent { }

    /** Its deadline has moved. */
    record Extended(ConsoleSession session) implements SessionEvent { }

    /**
     * guacd records what is shown of it.
     *
     * @param name what guacd calls the recording
     */
    record Recorded(ConsoleSession session, String name) implements SessionEvent { }

    /**
     * Somebody looks on at it.
     *
     * @param who as his token names him
     */
    record Watched(ConsoleSession session, String who, String address) implements SessionEvent { }

    /** Its server has closed the console that was shown. The session lives, so that it can be opened again. */
    record Lost(ConsoleSession session) implements SessionEvent { }

    /** It is over. */
    record Ended(ConsoleSession session, EndReason reason) implements SessionEvent { }
}
