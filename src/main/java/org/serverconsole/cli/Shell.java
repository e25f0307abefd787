package org.serverconsole.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * What a command works with.
 *
 * @param environment the variables of this process
 * @param terminal where somebody types what must not be seen, or empty where standard input is a pipe or a file
 */
record Shell(
        InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, Optional<Terminal> terminal, Clock clock,
        SecureRandom random) {

    static Shell ofThisProcess() {
        return new Shell(
                System.in, System.out, System.err, System.getenv(), Terminal.ofThisProcess(), Clock.systemUTC(), new SecureRandom());
    }

    PrintWriter outWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }
}
