package org.serverconsole.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A server of the demo: its inventory entry, and a way to see from behind that what was typed at its console has arrived. */
interface DemoServer extends AutoCloseable {

    /** How a server of one kind is started; returns when there is something to look at. */
    @FunctionalInterface
    interface Kind {

        /** @param folder for its files, empty; deleted after its end */
        DemoServer start(Path folder, DemoOptions options) throws IOException, InterruptedException;
    }

    /** As in a login URL. */
    String id();

    /** What a person is about to see, in a few words. */
    String description();

    /** Its entry in the inventory, without PIN and label. */
    Map<String, Object> entry();

    /** PEM of the authority behind its certificate, where it has one. */
    default Optional<Path> authority() {
        return Optional.empty();
    }

    /** A line to type, without Enter. */
    String line();

    /** Whether the line has arrived at the server, as the server itself tells. */
    boolean hasReceivedLine() throws IOException;

    @Override
    void close() throws IOException, InterruptedException;
}
