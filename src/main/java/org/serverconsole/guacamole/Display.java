package org.serverconsole.guacamole;

import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.protocol.ConfiguredGuacamoleSocket;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleConfiguration;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.relay.Relay;
import org.serverconsole.relay.RelayPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt at showing a console stream through guacd: the relay's port, the connection to guacd, and the guard over both. */
final class Display implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Display.class);

    /**
     * guacd 1.6.0 deadlocks before the first frame on about 2 % of its connections (GUACAMOLE-2270): one that has drawn
     * nothing for so long will not draw any more.
     */
    private static final int FIRST_FRAME_SECONDS = 3;

    /** Of a first frame that is still coming over a slow line, in a second. A display that hangs asks its console for no more. */
    private static final int STILL_COMING = 16 * 1024;

    /** guacd hears nothing of a browser that sees nothing yet, and takes it for gone after 15 seconds. */
    private static final int LONGEST_FIRST_FRAME_SECONDS = 12;

    private final RelayPort port;
    private final GuacamoleSocket guacd;
    private final GuacamoleConfiguration configuration;
    private final GuacamoleClientInformation information;
    private final Future<?> guard;
    private int seconds;
    private long bytes;
    private volatile boolean hung;
    private volatile String id = "";

    private Display(RelayPort port, GuacamoleSocket guacd, GuacamoleConfiguration configuration, Factory factory) {
        this.port = port;
        this.guacd = guacd;
        this.configuration = configuration;
        information = factory.information();
        guard = factory.timer().scheduleAtFixedRate(this::look, 1, 1, TimeUnit.SECONDS);
    }

    /** Opens displays for one tunnel. */
    record Factory(Guacd guacd, Relay relay, GuacamoleClientInformation information, ScheduledExecutorService timer) {

        /**
         * Connects to guacd, no further. Takes the stream, also where it fails.
         *
         * @param name of this display and no other
         * @throws GuacamoleException where guacd does not answer
         * @throws IOException where the relay can open no port
         */
        Display open(ConsoleStream stream, String name) throws GuacamoleException, IOException {
            RelayPort port = relay.offer(stream.channel(), Guacd.protocol(stream));
            try {
                return new Display(port, guacd.connect(), guacd.configuration(stream, port, name), this);
            } catch (GuacamoleException e) {
                port.close();
                throw e;
            }
        }
    }

    /** Tells guacd what to show; blocks until guacd is ready, or the display is closed. */
    void start() throws GuacamoleException {
        id = new ConfiguredGuacamoleSocket(guacd, configuration, information).getConnectionID();
    }

    /** What guacd calls it once it has started, and others may join it by; empty text before. */
    String id() {
        return id;
    }

    /** One whole instruction, or null at the end. */
    char[] read() throws GuacamoleException {
        return guacd.getReader().read();
    }

    boolean available() throws GuacamoleException {
        return guacd.getReader().available();
    }

    void write(char[] chunk, int offset, int length) throws GuacamoleException {
        guacd.getWriter().write(chunk, offset, length);
    }

    /** The first frame has come. */
    void framed() {
        guard.cancel(false);
    }

    boolean hung() {
        return hung;
    }

    RelayPort.End end() {
        return port.end();
    }

    /** Cuts guacd and the console; what waits in {@link #read} comes back. Idempotent. */
    @Override
    public void close() {
        guard.cancel(false);
        port.close();
        try {
            guacd.close();
        } catch (GuacamoleException e) {
            LOGGER.debug("Closing the connection to guacd: {}", e.getMessage());
        }
    }

    /** On the timer's thread, each second until the first frame has come. */
    private void look() {
        seconds++;
        long before = bytes;
        bytes = port.consoleBytes();
        boolean isComing = bytes - before >= STILL_COMING && seconds < LONGEST_FIRST_FRAME_SECONDS;
        if (seconds >= FIRST_FRAME_SECONDS && !isComing) {
            hung = true;
            close();
        }
    }
}
