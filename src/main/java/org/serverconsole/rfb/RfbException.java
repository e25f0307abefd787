package org.serverconsole.rfb;

/** Why an RFB handshake failed. The message says what the other side sent, cut to a line of printable characters. */
public final class RfbException extends Exception {

    /** Where it failed. */
    public enum Reason {
        /** No connection, it broke during the handshake, or the certificate is not to be trusted. */
        UNREACHABLE,
        /** The deadline passed. */
        TIMEOUT,
        /** The password or account was refused. */
        REJECTED_PASSWORD,
        /** The server refuses viewers for now: too many, or too many failures. */
        BUSY,
        /** It offers only security types that are not spoken here, or has no console at that path. */
        UNSUPPORTED_SECURITY,
        /** It does not speak RFB, or not over that transport. */
        PROTOCOL
    }

    private final Reason reason;

    public RfbException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public RfbException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
