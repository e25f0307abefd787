package org.serverconsole.journal;

/** Another node has ended a console session, or wants it ended: nothing may be granted to it any more, and nothing has been. */
public final class SessionOverException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SessionOverException(String sessionId) {
        super("console session " + sessionId + " is over, as another node has it");
    }
}
