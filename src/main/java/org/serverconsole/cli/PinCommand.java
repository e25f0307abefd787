package org.serverconsole.cli;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.serverconsole.config.Secret;
import picocli.CommandLine.Command;

/** Hashes a PIN as the inventory wants it. */
@Command(
        name = "pin",
        description = "Read a PIN from standard input and print its bcrypt hash.",
        optionListHeading = "%n",
        footer = {
            "",
            "The hash is the value of \"pin\" of a server in servers.json. At a terminal the PIN is asked for twice and not"
                    + " shown; else it is the one line that standard input has.",
            "",
            "  java -jar guacamole-auth-console.jar pin",
            "  java -jar guacamole-auth-console.jar pin < file-with-the-pin"})
final class PinCommand implements Callable<Integer> {

    /** bcrypt looks at no more. */
    private static final int LONGEST = 72;

    /** Enough to see that it is too long; a wrong file is not read to its end. */
    private static final int READ_AT_MOST = 1024;

    /** About a third of a second for each try of somebody who has stolen the inventory. */
    private static final int COST = 12;

    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2B;

    private final Shell shell;

    PinCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws CommandException {
        Secret pin = shell.terminal().isPresent() ? ask(shell.terminal().get()) : read();
        shell.out().println(BCrypt.with(VERSION, shell.random(), LongPasswordStrategies.strict(VERSION))
                .hashToString(COST, pin.reveal().toCharArray()));
        return 0;
    }

    private static Secret ask(Terminal terminal) throws CommandException {
        Secret pin = checked(terminal.ask("PIN: "));
        if (!terminal.ask("The same PIN again: ").equals(pin)) {
            throw new CommandException("the two PINs differ; start again and type the same one twice");
        }
        return pin;
    }

    private Secret read() throws CommandException {
        try {
            String content = StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(shell.in().readNBytes(READ_AT_MOST))).toString();
            // Editors and echo end a file with a line break that is no part of the PIN.
            return checked(Secret.of(content.replaceFirst("\\r?\\n\\z", "")));
        } catch (CharacterCodingException e) {
            throw new CommandException("standard input is not UTF-8; write the PIN alone to it", e);
        } catch (IOException e) {
            throw new CommandException("standard input cannot be read; write the PIN to it", e);
        }
    }

    private static Secret checked(Secret pin) throws CommandException {
        String text = pin.reveal();
        if (text.isEmpty()) {
            throw new CommandException("the PIN is empty; write one of 1 to " + LONGEST + " bytes");
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new CommandException("the PIN is too long; write one of 1 to " + LONGEST + " bytes (as UTF-8)");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new CommandException("a line break or another control character is in the PIN; write the PIN alone, in one line");
        }
        if (!text.equals(text.strip())) {
            throw new CommandException("the PIN begins or ends with a blank, which no customer would type; write it without");
        }
        return pin;
    }
}
