package org.serverconsole.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files with secrets that every user of the machine may read; the operator is warned of them. */
final class ReadableByAll {

    private static final Logger LOG = LoggerFactory.getLogger(JsonInventory.class);

    private static final int SHOWN = 10;

    private final Set<Path> files = new TreeSet<>();

    void check(Path file) {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                files.add(file);
            }
        } catch (UnsupportedOperationException e) {
            LOG.trace("no POSIX permissions here, so none are checked");
        } catch (IOException e) {
            LOG.trace("permissions of an inventory or password file cannot be read; reading the file itself tells why");
        }
    }

    void warn(Consumer<String> warnings) {
        if (!files.isEmpty()) {
            warnings.accept("readable by every user of this machine, though passwords or PIN hashes are in it: "
                    + files.stream().limit(SHOWN).map(Path::toString).collect(Collectors.joining(", "))
                    + (files.size() > SHOWN ? " and " + (files.size() - SHOWN) + " more" : "")
                    + "; take the right away (chmod o-r)");
        }
    }
}
