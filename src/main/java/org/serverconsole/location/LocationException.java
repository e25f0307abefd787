package org.serverconsole.location;

/** Another location could not be asked. The message is for the log, and says what to look at. */
public final class LocationException extends Exception {

    /** How far it got. */
    public enum Kind {
        /** There is no broker here, or it is away. */
        NO_BROKER,
        /** No node of that location is at the broker. */
        NO_NODE,
        /** No node of that location has answered in time. What was to be done has not been begun, and is not going to be. */
        NO_ANSWER,
        /** A node there has taken it and then fallen silent: it may have been done. */
        UNKNOWN
    }

    private final Kind kind;

    LocationException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
