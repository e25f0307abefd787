package org.serverconsole.adapter;

/**
 * One thing seen when a management system was looked at, for the operator: in one line, without a secret.
 *
 * @param subject what was looked at
 * @param outcome what came of it
 * @param detail what was found, and what to change where that is needed
 */
public record Finding(Subject subject, Outcome outcome, String detail) {

    /** What is looked at, in this order. */
    public enum Subject { CONNECTION, CERTIFICATE, LOGIN, LICENCE, CONSOLE }

    /** What came of it. */
    public enum Outcome {
        OK,
        /** It works, and is worth a thought. */
        WARNING,
        /** No console is to be had like this. */
        FAULT,
        /** Cannot be told without opening a console. */
        UNKNOWN
    }

    public static Finding ok(Subject subject, String detail) {
        return new Finding(subject, Outcome.OK, detail);
    }

    public static Finding warning(Subject subject, String detail) {
        return new Finding(subject, Outcome.WARNING, detail);
    }

    public static Finding fault(Subject subject, String detail) {
        return new Finding(subject, Outcome.FAULT, detail);
    }

    /** A failure as a finding, of that which failed. */
    public static Finding of(AdapterException failure) {
        return fault(subject(failure), failure.getMessage());
    }

    private static Subject subject(AdapterException failure) {
        if (Trust.refusal(failure).isPresent()) {
            return Subject.CERTIFICATE;
        }
        return switch (failure.kind()) {
            case UNREACHABLE, TIMEOUT -> Subject.CONNECTION;
            case REJECTED_CREDENTIALS -> Subject.LOGIN;
            case BUSY, POWERED_OFF, UNSUPPORTED, UNKNOWN_SERVER, PROTOCOL -> Subject.CONSOLE;
        };
    }
}
