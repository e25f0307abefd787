package org.serverconsole.cli;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the key that a panel signs with, or the one that opens the operator's API. */
@Command(
        name = "keygen",
        description = "Print a new random key (32 bytes, base64).",
        optionListHeading = "%n",
        footer = {
            "",
            "It is the value of console-token-key in guacamole.properties; the panel signs session tokens with it.",
            "",
            "  (umask 077; java -jar guacamole-auth-console.jar keygen > console.key)",
            "",
            "With --operator it is the key for the operator's API, to be sent as Authorization: Bearer <key>. The second line that"
                    + " is printed then is its SHA-256, the value of console-operator-key."})
final class KeygenCommand implements Callable<Integer> {

    /** As long as HS256's hash (RFC 7518, 3.2). */
    private static final int KEY_BYTES = 32;

    @Option(names = "--operator", description = "Make a key for the operator's API, and print its hash in a second line.")
    private boolean operator;

    private final Shell shell;

    KeygenCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        byte[] bytes = new byte[KEY_BYTES];
        shell.random().nextBytes(bytes);
        if (operator) {
            // Of characters that a header (RFC 6750), a URL and a shell all take as they are.
            String key = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            shell.out().println(key);
            shell.out().println(sha256(key));
        } else {
            shell.out().println(Base64.getEncoder().encodeToString(bytes));
        }
        return 0;
    }

    /** Of the characters as they are sent, in hex. */
    private static String sha256(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
