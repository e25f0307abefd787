package org.serverconsole.adapter;

import java.util.Map;

/** One opening of a console, as the adapter sees it. */
public interface Opening {

    /** What the customer is told while waiting. */
    enum Step {
        /** The management system is being asked. */
        ASKING_VENDOR,
        /** The console itself is being connected. */
        CONNECTING_CONSOLE
    }

    /** Says which step runs now. */
    void step(Step step);

    /**
     * Journals how to undo a change at the vendor, durably, before this returns. To be called before the change is made.
     * The same undo a second time in one console session is one lease.
     *
     * @param undo what {@link ConsoleAdapter#revoke} needs, without any secret
     */
    void lease(Map<String, String> undo);
}
