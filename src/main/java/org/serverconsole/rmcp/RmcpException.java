package org.serverconsole.rmcp;

import java.util.OptionalInt;

/** Why a BMC did not do what was asked of it. The message contains no secret. */
public final class RmcpException extends Exception {

    /** What went wrong. */
    public enum Reason {
        /** Packets to it cannot even be sent. */
        UNREACHABLE,
        /** It did not answer in time. */
        TIMEOUT,
        /** It does not know the name, the password is wrong, or the account may not do that. */
        REJECTED,
        /** It has no room for another session or console, or somebody else has the console. */
        BUSY,
        /** It lacks what is asked for, or has it switched off. */
        UNSUPPORTED,
        /** It cannot do that in the state it is in. */
        WRONG_STATE,
        /** It answered what the specification does not know. */
        PROTOCOL,
        /** The session had ended. */
        CLOSED
    }

    private final Reason reason;
    private final int completionCode;

    RmcpException(Reason reason, String message) {
        super(message);
        this.reason = reason;
        this.completionCode = -1;
    }

    private RmcpException(Reason reason, int completionCode, String message) {
        super(message);
        this.reason = reason;
        this.completionCode = completionCode;
    }

    /** A new exception with the same meaning, whose stack is the caller's. */
    RmcpException(RmcpException cause) {
        super(cause.getMessage(), cause);
        this.reason = cause.reason;
        this.completionCode = cause.completionCode;
    }

    /** What a BMC answered instead of success (5.2). */
    static RmcpException completed(int netFn, int command, int code) {
        return new RmcpException(reasonOf(code), code, String.format(
                "the BMC answered %02Xh (%s) to command %02Xh/%02Xh", code, meaningOf(code), netFn, command));
    }

    /** A command's own meaning of the completion code that a BMC answered. */
    RmcpException meaning(Reason other, String message) {
        return new RmcpException(other, completionCode, message);
    }

    private static Reason reasonOf(int code) {
        return switch (code) {
            case 0xC0, 0xC4 -> Reason.BUSY;
            case 0xC1, 0xC2 -> Reason.UNSUPPORTED;
            case 0xC3 -> Reason.TIMEOUT;
            case 0xD4 -> Reason.REJECTED;
            case 0xD5 -> Reason.WRONG_STATE;
            default -> Reason.PROTOCOL;
        };
    }

    private static String meaningOf(int code) {
        return switch (code) {
            case 0xC0 -> "busy";
            case 0xC1, 0xC2 -> "no such command";
            case 0xC3 -> "timeout";
            case 0xC4 -> "out of space";
            case 0xC7, 0xC8 -> "wrong length";
            case 0xC9 -> "out of range";
            case 0xCB -> "not present";
            case 0xCC -> "invalid field";
            case 0xD3 -> "destination unavailable";
            case 0xD4 -> "insufficient privilege";
            case 0xD5 -> "not in this state";
            case 0xFF -> "unspecified error";
            default -> "see the command's description";
        };
    }

    public Reason reason() {
        return reason;
    }

    /** The completion code, where it was the BMC that refused. */
    public OptionalInt completionCode() {
        return completionCode < 0 ? OptionalInt.empty() : OptionalInt.of(completionCode);
    }
}
