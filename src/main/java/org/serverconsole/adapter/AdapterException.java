package org.serverconsole.adapter;

import org.serverconsole.kiosk.KioskException;
import org.serverconsole.rfb.RfbException;

/**
 * Why a vendor gave no console. The message is for the log, in the vendor's words as far as it has any, and contains no
 * secret; the customer sees a sentence of ours, chosen by {@link #kind()}.
 */
public final class AdapterException extends Exception {

    /** What went wrong, as far as anybody outside the adapter needs to know. */
    public enum Kind {
        /** No connection to the management system or the console. */
        UNREACHABLE,
        /** It refused the password or account of the inventory. */
        REJECTED_CREDENTIALS,
        /** All its consoles are in use, or somebody else holds this one. */
        BUSY,
        /** The machine is off, and has no console then. */
        POWERED_OFF,
        /** It has no console that can be shown here: none at all, no licence, a security type that is not spoken. */
        UNSUPPORTED,
        /** It did not answer in time. */
        TIMEOUT,
        /** It does not know the server of the inventory. */
        UNKNOWN_SERVER,
        /** It answered what its documentation does not know. */
        PROTOCOL
    }

    private final Kind kind;

    public AdapterException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public AdapterException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** The same failure as an adapter tells it: its message kept, its reason as a kind. */
    public static AdapterException of(RfbException e) {
        return new AdapterException(kindOf(e.reason()), e.getMessage(), e);
    }

    /** The same of a kiosk's failure, or the adapter's own that made a scene fail. */
    public static AdapterException of(KioskException e) {
        return e.getCause() instanceof AdapterException ours ? ours : new AdapterException(kindOf(e.reason()), e.getMessage(), e);
    }

    private static Kind kindOf(KioskException.Reason reason) {
        return switch (reason) {
            case UNSUPPORTED -> Kind.UNSUPPORTED;
            case BUSY -> Kind.BUSY;
            case TIMEOUT -> Kind.TIMEOUT;
            case UNREACHABLE -> Kind.UNREACHABLE;
            case REJECTED_CREDENTIALS -> Kind.REJECTED_CREDENTIALS;
            case PROTOCOL -> Kind.PROTOCOL;
        };
    }

    private static Kind kindOf(RfbException.Reason reason) {
        return switch (reason) {
            case UNREACHABLE -> Kind.UNREACHABLE;
            case TIMEOUT -> Kind.TIMEOUT;
            case REJECTED_PASSWORD -> Kind.REJECTED_CREDENTIALS;
            case BUSY -> Kind.BUSY;
            case UNSUPPORTED_SECURITY -> Kind.UNSUPPORTED;
            case PROTOCOL -> Kind.PROTOCOL;
        };
    }

    public Kind kind() {
        return kind;
    }
}
