package org.serverconsole.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** README.md, for the tests that run what it shows. */
final class Readme {

    private static final Pattern BLOCK = Pattern.compile("^```(\\w+)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private Readme() { }

    /** The blocks of code in that language, in their order. */
    static List<String> blocks(String language) throws IOException {
        return BLOCK.matcher(Files.readString(Path.of("README.md"))).results()
                .filter(block -> block.group(1).equals(language)).map(block -> block.group(2)).toList();
    }
}
