package org.serverconsole.kiosk;

/** Why there is no kiosk, or why a page did not do what it should. The message is for the log and contains no secret. */
public final class KioskException extends Exception {

    /** What went wrong, as far as anybody outside the kiosk needs to know. */
    public enum Reason {
        /** A program is missing, or may not be run like this. */
        UNSUPPORTED,
        /** As many kiosks are open as may be. */
        BUSY,
        /** A page did not come that far in time. */
        TIMEOUT,
        /** The BMC cannot be reached from the browser. */
        UNREACHABLE,
        /** The BMC did not accept the account. */
        REJECTED_CREDENTIALS,
        /** Page or browser did what they are not known to do. */
        PROTOCOL
    }

    private final Reason reason;

    public KioskException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public KioskException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
