package org.serverconsole.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Pattern;
import org.serverconsole.config.Secret;

/** Finds the key that signs, or the operator's. No message quotes the file's name: somebody may have written the key there. */
final class KeyFile {

    private static final String STANDARD_INPUT = "-";

    /** HS256 asks for a key as long as its hash (RFC 7518, 3.2). */
    private static final int SHORTEST = 32;

    /** Far more than two keys; a wrong file is not read to its end. */
    private static final int READ_AT_MOST = 4096;

    /** What a header can carry (RFC 6750, 2.1). */
    private static final Pattern OPERATOR_KEY = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private final InputStream standardInput;

    KeyFile(InputStream standardInput) {
        this.standardInput = standardInput;
    }

    /**
     * @return base64 of at least 32 bytes
     */
    Secret read(String name) throws CommandException {
        // The second of two keys is the one that goes.
        String key = content(name).split(",", 2)[0].strip();
        if (key.isEmpty()) {
            throw new CommandException("--key-file: there is no key in it; make one with keygen");
        }
        try {
            int length = Base64.getDecoder().decode(key).length;
            if (length < SHORTEST) {
                throw new CommandException("--key-file: the key is " + length + " bytes long, but at least " + SHORTEST
                        + " are needed; make one with keygen");
            }
        } catch (IllegalArgumentException e) {
            // Its message quotes the key, so it is not passed on.
            throw new CommandException("--key-file: what is in it is not base64; write the key alone into it, as keygen prints it");
        }
        return Secret.of(key);
    }

    /**
     * The operator's key: the first line, since keygen prints its hash in the second.
     */
    Secret readOperatorKey(String name) throws CommandException {
        String key = content(name).strip().split("\\R", 2)[0].strip();
        if (!OPERATOR_KEY.matcher(key).matches()) {
            throw new CommandException("--key-file: the first line is no key for the operator's API; make one with keygen --operator");
        }
        return Secret.of(key);
    }

    private String content(String name) throws CommandException {
        try {
            return new String(bytes(name), StandardCharsets.UTF_8);
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new CommandException("--key-file: there is no such file; write the path of the file that has the key,"
                    + " or - for standard input", e);
        } catch (IOException e) {
            throw new CommandException("--key-file: the file cannot be read (" + e.getClass().getSimpleName()
                    + "); check its permissions, or write - for standard input", e);
        }
    }

    private byte[] bytes(String name) throws IOException {
        if (name.equals(STANDARD_INPUT)) {
            return standardInput.readNBytes(READ_AT_MOST);
        }
        try (InputStream file = Files.newInputStream(Path.of(name))) {
            return file.readNBytes(READ_AT_MOST);
        }
    }
}
