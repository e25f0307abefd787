package org.serverconsole.journal;

import org.serverconsole.config.ConfigException;

/** There is no journal to be read: Guacamole has not been started with this extension yet, or writes another. */
public final class NoJournalException extends ConfigException {

    NoJournalException(String message, Throwable cause) {
        super(message, cause);
    }
}
