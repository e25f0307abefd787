package org.serverconsole.cli;

import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong. */
final class Complaints implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private static final int NOT_DONE = 1;
    private static final int NOT_WRITTEN_AS_IT_MUST_BE = 2;

    private final PrintStream err;

    Complaints(PrintStream err) {
        this.err = err;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        if (command.getParent() == null) {
            say("write one of " + String.join(", ", command.getSubcommands().keySet()) + ", or --help");
        } else {
            String name = command.getCommandName();
            say(name + ": " + (e instanceof UnmatchedArgumentException unmatched ? unmatched(unmatched) : e.getMessage())
                    + "; see " + name + " --help");
        }
        return NOT_WRITTEN_AS_IT_MUST_BE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
        // Of what nobody expected, not the message: it could quote a key or a PIN.
        say(command.getCommandName() + ": " + (e instanceof CommandException
                ? e.getMessage() : "an error that should not be, " + e.getClass().getName() + " at " + e.getStackTrace()[0]));
        return NOT_DONE;
    }

    int cannotWrite() {
        say("standard output could not be written; write to another place");
        return NOT_DONE;
    }

    /** What does not fit is not quoted: somebody may have written a PIN or a key there. */
    private static String unmatched(UnmatchedArgumentException e) {
        List<String> unmatched = e.getUnmatched();
        return unmatched.get(0).matches("--[a-z-]+(=.*)?")
                ? "there is no option " + unmatched.get(0).replaceFirst("=.*", "")
                : "takes options only, and no secret among its arguments";
    }

    private void say(String line) {
        err.println(line.replaceAll("\\p{Cntrl}+", " "));
    }
}
