package org.serverconsole.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What the demo has to show. */
interface Show extends AutoCloseable {

    /** Starts everything; what has been started until a failure ends with {@link #close}. */
    void start(Path jar) throws Steps.Failure;

    /** Looks at everything as a customer does. */
    void check() throws Steps.Failure;

    /** Prints what to try, with fresh links. */
    void printLinks();

    /** What the programs have said. */
    List<Path> logs() throws IOException;

    @Override
    void close();
}
