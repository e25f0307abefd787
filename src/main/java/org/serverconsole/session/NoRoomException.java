package org.serverconsole.session;

/** Why no further console session is started just now. The message is for the log and names the property to change, if any. */
public final class NoRoomException extends Exception {

    /** What there is no room in. */
    public enum Reason {
        /** The operator lets this node run empty. */
        DRAINING,
        /** As many consoles are open on this node as may be. */
        NODE_FULL,
        /** As many consoles of this customer are open as may be. */
        CUSTOMER_FULL
    }

    private final Reason reason;

    NoRoomException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
