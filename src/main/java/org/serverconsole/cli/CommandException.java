package org.serverconsole.cli;

/** What was asked for could not be done. The message says what to write instead, in one line and without a secret. */
final class CommandException extends Exception {

    CommandException(String message) {
        super(message);
    }

    CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
