package org.serverconsole.journal;

/** The journal could not be read or written; what was to be done has not been done. */
public final class JournalException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    JournalException(Throwable cause) {
        super("The journal could not be read or written.", cause);
    }
}
