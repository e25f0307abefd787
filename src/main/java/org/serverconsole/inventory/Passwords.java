package org.serverconsole.inventory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Map;
import org.serverconsole.config.Secret;

/** Finds the passwords that the file gives, or says where they are. */
final class Passwords {

    /** Far more than any password; a wrong path is not read to its end. */
    private static final int LONGEST = 4096;

    private final Path folder;
    private final Map<String, String> environment;
    private final Problems problems;
    private final ReadableByAll readableByAll;
    private final Map<Path, Stamp> files;

    /** A host's password is read once, not once for each of its servers. */
    private final Map<Json, Secret> known = new IdentityHashMap<>();

    /** @param files takes each file that a password is looked for in, as it was before that */
    Passwords(Path inventory, Map<String, String> environment, Problems problems, ReadableByAll readableByAll,
            Map<Path, Stamp> files) {
        this.folder = inventory.toAbsolutePath().getParent();
        this.environment = environment;
        this.problems = problems;
        this.readableByAll = readableByAll;
        this.files = files;
    }

    /**
     * The password, or {@link Secret#NONE} and a problem where there is none to be had.
     *
     * @param whose the server or host that it stands at, for messages
     */
    Secret read(String whose, Json password) {
        return known.computeIfAbsent(password, each -> findOrBlame(whose + ": ", each));
    }

    private Secret findOrBlame(String whose, Json password) {
        int before = problems.count();
        Secret found = find(whose, password);
        if (problems.count() > before) {
            problems.blame(password);
        }
        return found;
    }

    private Secret find(String whose, Json password) {
        if (password instanceof Json.Text text) {
            return notEmpty(text.value(), password.line(), whose + "\"password\"");
        }
        if (password instanceof Json.Fields fields && fields.values().size() == 1) {
            if (fields.values().get("file") instanceof Json.Text file) {
                return fromFile(whose, file);
            }
            if (fields.values().get("env") instanceof Json.Text name) {
                return fromEnvironment(whose, name);
            }
        }
        problems.add(password.line(), whose + "\"password\" cannot be used as it is"
                + "; write \"password\": \"...\", {\"file\": \"<path>\"} or {\"env\": \"<NAME>\"}");
        return Secret.NONE;
    }

    private Secret fromEnvironment(String whose, Json.Text name) {
        String value = environment.get(name.value());
        if (value == null) {
            problems.add(name.line(), whose + "the environment variable of \"env\" is not set; set it, or name another");
            return Secret.NONE;
        }
        return notEmpty(value, name.line(), whose + "the environment variable of \"env\"");
    }

    private Secret fromFile(String whose, Json.Text name) {
        try {
            Path file = folder.resolve(name.value());
            files.computeIfAbsent(file, Stamp::of);
            readableByAll.check(file);
            return content(whose, file, name.line());
        } catch (CharacterCodingException e) {
            problems.add(name.line(), whose + "the password file is not UTF-8; write the password alone into it");
        } catch (IOException e) {
            problems.add(name.line(), whose + "the password file cannot be read (" + e.getClass().getSimpleName()
                    + "); check its path, which starts at " + folder + ", and its permissions");
        } catch (InvalidPathException e) {
            problems.add(name.line(), whose + "\"file\" is not a path; write the path of the password file");
        }
        return Secret.NONE;
    }

    private Secret content(String whose, Path file, int line) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LONGEST + 1);
        }
        if (bytes.length > LONGEST) {
            problems.add(line, whose + "the password file is longer than " + LONGEST + " bytes; write the password alone into it");
            return Secret.NONE;
        }
        String content = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        // Editors and echo end a file with a line break that is no part of the password.
        return notEmpty(content.replaceFirst("\\r?\\n\\z", ""), line, whose + "the password file");
    }

    private Secret notEmpty(String value, int line, String where) {
        if (value.isEmpty()) {
            problems.add(line, where + " is empty; write the password, or leave \"password\" out where there is none");
        }
        return Secret.of(value);
    }
}
