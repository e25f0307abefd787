package org.serverconsole.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** By what a new version of the file is told from the old one; all empty where there is no file. */
record Stamp(Optional<FileTime> modified, long size, Optional<Object> key, boolean readable) {

    private static final Logger LOG = LoggerFactory.getLogger(Stamp.class);

    static Stamp of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(Optional.of(attributes.lastModifiedTime()), attributes.size(),
                    Optional.ofNullable(attributes.fileKey()), Files.isReadable(file));
        } catch (IOException e) {
            // Its name is not told: somebody may have written the password itself in place of its file.
            LOG.trace("a file is not there, or not for us; reading it tells why");
            return new Stamp(Optional.empty(), 0, Optional.empty(), false);
        }
    }
}
