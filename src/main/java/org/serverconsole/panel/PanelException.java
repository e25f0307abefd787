package org.serverconsole.panel;

import java.time.Duration;
import java.util.Optional;
import org.serverconsole.access.AccessException;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.location.LocationException;
import org.serverconsole.session.NoRoomException;

/** A refusal of the panel's API. The message is for the panel's developer and holds nothing that tells a guesser anything. */
final class PanelException extends Exception {

    /** How soon a busy API is worth another try. */
    private static final Duration SOON = Duration.ofSeconds(5);

    /** How soon there may be room again: consoles are closed every now and then. */
    private static final Duration ROOM = Duration.ofSeconds(60);

    /** What a program can decide by, each with its HTTP status. */
    enum Code {
        /** A parameter is missing or odd. */
        BAD_REQUEST(400),
        /** The server has a PIN, and none came. */
        PIN_MISSING(400),
        /** The token, the server or the PIN is not good; which, is not told. */
        PIN_REJECTED(403),
        /** No console session of that key or server is this customer's. */
        NO_SESSION(404),
        /** The console session can last no longer. */
        AT_LIMIT(409),
        /** The machine is off. */
        POWERED_OFF(409),
        /** Too much at once; Retry-After says when again. */
        TOO_MANY(429),
        /** The server's vendor has no such thing. */
        UNSUPPORTED(501),
        /** The vendor cannot be reached, or not be understood, or refused our login. */
        VENDOR_FAILED(502),
        /** The vendor, this API's journal, or the panel that it asks, is busy or down. */
        UNAVAILABLE(503),
        /** The server's location cannot be reached, and nothing has been done there. */
        LOCATION_AWAY(503),
        /** The vendor did not answer in time. */
        VENDOR_TIMEOUT(504);

        private final int status;

        Code(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    private final Code code;
    private final Optional<Duration> retryAfter;

    private PanelException(Code code, String message, Optional<Duration> retryAfter, Throwable cause) {
        super(message, cause, true, false);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    PanelException(Code code, String message) {
        this(code, message, Optional.empty(), null);
    }

    static PanelException bad(String message) {
        return new PanelException(Code.BAD_REQUEST, message);
    }

    static PanelException noSession() {
        return new PanelException(Code.NO_SESSION, "there is no such console session, or it is not open");
    }

    /** In the same words for a wrong token, server and PIN, also where the PIN is locked or the server unknown. */
    static PanelException of(AccessException e) {
        return switch (e.refusal()) {
            case PIN_MISSING -> new PanelException(Code.PIN_MISSING, "pin is missing", Optional.empty(), e);
            case UNAVAILABLE -> new PanelException(
                    Code.UNAVAILABLE, "this cannot be done just now", Optional.of(SOON), e);
            case TOO_MANY -> new PanelException(Code.TOO_MANY, "too much is asked at once", Optional.of(e.retryAfter()), e);
            case TOKEN, PIN_WRONG, PIN_LOCKED, NOT_SET_UP ->
                    new PanelException(Code.PIN_REJECTED, "token, server or PIN is not accepted", Optional.empty(), e);
        };
    }

    static PanelException of(NoRoomException e) {
        return switch (e.reason()) {
            case CUSTOMER_FULL -> new PanelException(
                    Code.TOO_MANY, "the customer has as many consoles open as may be", Optional.of(ROOM), e);
            case NODE_FULL -> new PanelException(Code.TOO_MANY, "as many consoles are open as may be", Optional.of(ROOM), e);
            case DRAINING -> new PanelException(Code.UNAVAILABLE, "no new console is opened here just now", Optional.of(ROOM), e);
        };
    }

    static PanelException of(AdapterException e) {
        return switch (e.kind()) {
            case POWERED_OFF -> new PanelException(Code.POWERED_OFF, "the server is powered off", Optional.empty(), e);
            case UNSUPPORTED -> new PanelException(Code.UNSUPPORTED, "the server's vendor has no such thing", Optional.empty(), e);
            case BUSY -> new PanelException(Code.UNAVAILABLE, "the management system is busy", Optional.of(SOON), e);
            case TIMEOUT -> new PanelException(Code.VENDOR_TIMEOUT, "the management system did not answer in time", Optional.empty(), e);
            case UNREACHABLE, REJECTED_CREDENTIALS, UNKNOWN_SERVER, PROTOCOL ->
                    new PanelException(Code.VENDOR_FAILED, "the management system cannot be used", Optional.empty(), e);
        };
    }

    static PanelException of(LocationException e) {
        return e.kind() == LocationException.Kind.UNKNOWN
                ? new PanelException(Code.UNAVAILABLE, "the server's location has taken this, and has not said what came of it",
                        Optional.of(SOON), e)
                : new PanelException(Code.LOCATION_AWAY, "the server's location cannot be reached just now; nothing has been done",
                        Optional.of(SOON), e);
    }

    static PanelException unavailable(RuntimeException e) {
        return new PanelException(Code.UNAVAILABLE, "this cannot be done just now", Optional.of(SOON), e);
    }

    Code code() {
        return code;
    }

    /** When the same is worth another try. */
    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
