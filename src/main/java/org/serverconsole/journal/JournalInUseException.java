package org.serverconsole.journal;

import org.serverconsole.config.ConfigException;

/** Another process has the journal's file open. */
public final class JournalInUseException extends ConfigException {

    JournalInUseException(String message, Throwable cause) {
        super(message, cause);
    }
}
