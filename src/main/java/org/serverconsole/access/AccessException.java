package org.serverconsole.access;

import java.time.Duration;
import java.util.Optional;

/**
 * Why somebody may not open a console. The message is for the log and contains neither token nor PIN. Without a stack trace: it is
 * an answer, which anybody in the world can ask for, and not a fault to be found.
 */
public final class AccessException extends Exception {

    /** What the customer is told. */
    public enum Refusal {
        /** The token is not good for this console, for whatever reason: the same words for all. */
        TOKEN,
        /** The PIN is missing; it is asked for. */
        PIN_MISSING,
        /** The PIN is wrong; it is asked for again. */
        PIN_WRONG,
        /** Too many wrong PINs; also said to a right one. */
        PIN_LOCKED,
        /** Too much at once, of this caller's or of all; {@link #retryAfter} tells when again. */
        TOO_MANY,
        /** The panel, which must be asked, cannot be: nobody can tell just now. */
        UNAVAILABLE,
        /** The operator has not set up the server: it has no PIN where one is required, or the inventory does not know it. */
        NOT_SET_UP
    }

    private final Refusal refusal;
    private final Optional<String> customer;
    private final Duration retryAfter;

    public AccessException(Refusal refusal, String message) {
        this(refusal, message, Duration.ZERO);
    }

    private AccessException(Refusal refusal, String message, Duration retryAfter) {
        super(message, null, true, false);
        this.refusal = refusal;
        this.retryAfter = retryAfter;
        customer = Optional.empty();
    }

    private AccessException(AccessException of, String customer) {
        super(of.getMessage(), null, true, false);
        refusal = of.refusal;
        retryAfter = of.retryAfter;
        this.customer = Optional.of(customer);
    }

    /** The same refusal of a customer whom a good token has named. */
    AccessException of(String namedCustomer) {
        return new AccessException(this, namedCustomer);
    }

    /** Too much at once. */
    static AccessException tooMany(String why, Duration retryAfter) {
        return new AccessException(Refusal.TOO_MANY, why, retryAfter);
    }

    /** A token that is refused; the log is told why, the customer never. */
    static AccessException token(String why) {
        return new AccessException(Refusal.TOKEN, "the session token is refused: " + why);
    }

    static AccessException unavailable(String why) {
        return new AccessException(Refusal.UNAVAILABLE, why);
    }

    public Refusal refusal() {
        return refusal;
    }

    /** Who was refused, where a good token said so; else it may be anybody. */
    public Optional<String> customer() {
        return customer;
    }

    /** When the same is worth another try, where it has been too much; otherwise nothing. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
