package org.serverconsole.demo;

import java.io.PrintStream;
import java.nio.file.FileSystemException;

/** Says what is being done, and remembers it for the case that it fails. */
final class Steps {

    /** What a step does; returns what it made. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws Exception;
    }

    /** What a step does where nothing comes of it. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    /** A step failed; the message names it. */
    static final class Failure extends Exception {

        private static final long serialVersionUID = 1;

        Failure(String step, Exception cause) {
            super("failed while " + step + ": " + reason(cause), cause);
        }

        /** Of a file that is missing or locked, the message is the path alone. */
        private static String reason(Exception cause) {
            return cause.getMessage() == null || cause instanceof FileSystemException ? cause.toString() : cause.getMessage();
        }
    }

    private final PrintStream out;

    Steps(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs one step.
     *
     * @param what as it follows "failed while"
     */
    <T> T run(String what, Work<T> work) throws Failure {
        out.println("test/demo: " + what);
        try {
            return work.run();
        } catch (Exception e) {
            throw new Failure(what, e);
        }
    }

    void run(String what, Action action) throws Failure {
        run(what, () -> {
            action.run();
            return true;
        });
    }
}
