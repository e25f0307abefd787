package org.serverconsole.cli;

import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Makes a key for HS256. */
@Command(
        name = "keygen",
        description = "Print a new random key (32 bytes, base64).",
        optionListHeading = "%n",
        footer = {
            "",
            "It is the value of console-token-key in guacamole.properties; the panel signs session tokens with it.",
            "",
            "  (umask 077; java -jar guacamole-auth-console.jar keygen > console.key)"})
final class KeygenCommand implements Callable<Integer> {

    /** As long as HS256's hash (RFC 7518, 3.2). */
    private static final int KEY_BYTES = 32;

    private final Shell shell;

    KeygenCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        byte[] key = new byte[KEY_BYTES];
        shell.random().nextBytes(key);
        shell.out().println(Base64.getEncoder().encodeToString(key));
        return 0;
    }
}
