package org.serverconsole.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What was measured on the way, in {@code target/endtoend/figures.txt}. Nothing is asserted by it. */
final class Figures {

    private Figures() { }

    static void note(String figure) throws IOException {
        Path file = Path.of("target/endtoend/figures.txt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, figure + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
