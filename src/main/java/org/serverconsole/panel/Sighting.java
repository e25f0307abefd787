package org.serverconsole.panel;

import java.util.Optional;
import org.serverconsole.session.ConsoleSession;

/**
 * A console session at any point of its life, also before and after it.
 *
 * @param key the session's key
 * @param live the session, where it is live here
 * @param endReason why it ended, where it has
 */
record Sighting(String key, String serverId, String customer, State state, Optional<ConsoleSession> live,
        Optional<String> endReason) {

    enum State {
        /** Its login URL has not been opened yet. */
        WAITING,
        /** Its login URL was not opened in time. */
        LAPSED,
        /** It is live. */
        OPEN,
        /** It is live at another node. */
        ELSEWHERE,
        /** It was live. */
        ENDED
    }

    boolean isLive() {
        return state == State.OPEN || state == State.ELSEWHERE;
    }
}
