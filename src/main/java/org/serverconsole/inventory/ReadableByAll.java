package org.serverconsole.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.TreeSet;
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

    void warn() {
        if (!files.isEmpty()) {
            LOG.warn("readable by every user of this machine, though passwords or PIN hashes are in it: {}{}; take the right away (chmod o-r)",
                    files.stream().limit(SHOWN).map(Path::toString).reduce((a, b) -> a + ", " + b).orElseThrow(),
                    files.size() > SHOWN ? " and " + (files.size() - SHOWN) + " more" : "");
        }
    }
}
