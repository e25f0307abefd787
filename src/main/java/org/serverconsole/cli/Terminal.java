package org.serverconsole.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.serverconsole.config.Secret;

/** Where somebody sits and types. */
@FunctionalInterface
interface Terminal {

    /**
     * Asks for a secret and does not show what is typed.
     *
     * @return what was typed, or {@link Secret#NONE}
     * @throws CommandException where it would be shown
     */
    Secret ask(String prompt) throws CommandException;

    static Optional<Terminal> ofThisProcess() {
        // Java 22 to 24 would by default take a pipe for a terminal.
        System.setProperty("jdk.console", "java.base");
        Console console = System.console();
        if (console != null) {
            return Optional.of(prompt -> typed(console.readPassword("%s", prompt)));
        }
        if (isInputTyped()) {
            return Optional.of(prompt -> {
                throw new CommandException("standard output is not a terminal, so what you type would be seen: leave standard"
                        + " output alone, or give the PIN on standard input");
            });
        }
        return Optional.empty();
    }

    private static Secret typed(char[] characters) {
        return characters == null ? Secret.NONE : Secret.of(new String(characters));
    }

    /** Java knows a terminal only where standard output is one as well; Linux says it of standard input alone. */
    private static boolean isInputTyped() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString().matches("/dev/(pts/|tty).*");
        } catch (IOException | UnsupportedOperationException e) {
            return false; // another system: what comes is read as from a pipe
        }
    }
}
