package org.serverconsole.guacamole;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.io.GuacamoleReader;
import org.apache.guacamole.io.GuacamoleWriter;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.apache.guacamole.protocol.GuacamoleParser;
import org.serverconsole.access.References;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.Watcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the browser of somebody who looks on reads from. It shows the display that the customer sees, joined at guacd, and
 * the next one where that is replaced. Nothing that this browser sends goes anywhere.
 *
 * <p>A thread of its own reads from guacd, however slow the browser is: guacd would otherwise have the customer wait for it.
 * Who lags too far behind skips to the present.
 */
final class WatchingSocket implements GuacamoleSocket, GuacamoleReader, GuacamoleWriter, Watcher {

    private static final Logger LOGGER = LoggerFactory.getLogger(WatchingSocket.class);

    /** Guacamole's tunnels, and guacd's users, are taken for dead after 15 seconds of silence. */
    private static final long SILENCE_SECONDS = 5;

    /** In characters, twice as many bytes: some dozen full pictures. */
    private static final long MOST_WAITING = 8_000_000;

    /** Before the same display is joined again. */
    private static final long AGAIN_MILLIS = 1000;

    private static final char[] END = new char[0];

    private final AtomicBoolean told = new AtomicBoolean();
    private final ConsoleSession session;
    private final Guacd guacd;
    private final GuacamoleClientInformation information;
    private final References references;
    private final BlockingQueue<char[]> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong waitingCharacters = new AtomicLong();
    private final GuacamoleParser parser = new GuacamoleParser();

    private Optional<String> wanted = Optional.empty();
    private Optional<GuacamoleSocket> joined = Optional.empty();
    private volatile boolean over;
    private volatile boolean finished;

    /**
     * @param threads where guacd is read from
     */
    WatchingSocket(ConsoleSession session, Guacd guacd, GuacamoleClientInformation information, References references,
            Executor threads) {
        this.session = session;
        this.guacd = guacd;
        this.information = information;
        this.references = references;
        tell(Instructions.name(session.server().label()));
        tell(Instructions.timeLeft(session.timeLeft().toSeconds()));
        session.watch(this);
        threads.execute(this::follow);
    }

    @Override
    public synchronized void show(Optional<String> display) {
        if (!display.equals(wanted)) {
            wanted = display;
            leave();
        }
    }

    @Override
    public void cut(EndReason reason) {
        if (told.getAndSet(true)) {
            return;
        }
        String reference = references.next();
        LOGGER.info("[{}] Watching console session {} of server {} ends: {}", reference, session.id(), session.server().id(),
                reason);
        stop();
        waiting.clear();
        waiting.add(Instructions.error(reference, ConsoleStatus.toWatcher(reason)));
        waiting.add(END);
    }

    /** Says why the session has ended, where it has: Guacamole may close the tunnel before that is told. */
    @Override
    public void close() {
        session.unwatch(this);
        session.ended().ifPresent(this::cut);
        stop();
        waiting.add(END);
    }

    /** Shows one display after the other until all is over. */
    private void follow() {
        try {
            for (Optional<String> display = awaitDisplay(); display.isPresent(); display = awaitDisplay()) {
                show(display.get());
                pauseUnlessAnotherThan(display.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    /** The display to show, or empty once all is over. */
    private synchronized Optional<String> awaitDisplay() throws InterruptedException {
        while (wanted.isEmpty() && !over) {
            wait();
        }
        return over ? Optional.empty() : wanted;
    }

    private void show(String display) {
        try {
            GuacamoleSocket socket = guacd.join(display, information);
            if (took(display, socket)) {
                pass(socket);
            }
            close(socket);
        } catch (GuacamoleException e) {
            LOGGER.debug("The display that is watched of session {} cannot be joined, or is gone: {}", session.id(), e.getMessage());
        }
    }

    private synchronized void pauseUnlessAnotherThan(String display) throws InterruptedException {
        if (!over && wanted.equals(Optional.of(display))) {
            wait(AGAIN_MILLIS);
        }
    }

    /** False where another display is wanted by now. */
    private synchronized boolean took(String display, GuacamoleSocket socket) {
        if (over || !wanted.equals(Optional.of(display))) {
            return false;
        }
        joined = Optional.of(socket);
        return true;
    }

    /** Passes on what guacd draws, until it is left or the watcher is too far behind. */
    private void pass(GuacamoleSocket display) throws GuacamoleException {
        long heard = System.nanoTime();
        char[] instruction = display.getReader().read();
        while (instruction != null && !Instructions.isA(instruction, "error")) {
            // The vendor's name of the console is not what the customer calls the server.
            if (!Instructions.isA(instruction, "name")) {
                tell(instruction);
            }
            if (waitingCharacters.get() > MOST_WAITING) {
                skip();
                return;
            }
            if (System.nanoTime() - heard > TimeUnit.SECONDS.toNanos(SILENCE_SECONDS)) {
                display.getWriter().write(Instructions.NOP);
                heard = System.nanoTime();
            }
            instruction = display.getReader().read();
        }
    }

    private void tell(char[] instruction) {
        waitingCharacters.addAndGet(instruction.length);
        waiting.add(instruction);
    }

    private void skip() {
        LOGGER.debug("Somebody who watches session {} is too far behind, and is shown the present.", session.id());
        for (char[] skipped = waiting.poll(); skipped != null; skipped = waiting.poll()) {
            waitingCharacters.addAndGet(-skipped.length);
        }
    }

    private synchronized void stop() {
        over = true;
        leave();
    }

    private synchronized void leave() {
        joined.ifPresent(WatchingSocket::close);
        joined = Optional.empty();
        notifyAll();
    }

    private static void close(GuacamoleSocket display) {
        try {
            display.close();
        } catch (GuacamoleException e) {
            LOGGER.debug("Closing a connection to guacd: {}", e.getMessage());
        }
    }

    @Override
    public char[] read() {
        if (finished) {
            return null;
        }
        try {
            char[] instruction = waiting.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
            if (instruction == null) {
                return Instructions.NOP;
            }
            waitingCharacters.addAndGet(-instruction.length);
            finished = instruction == END;
            return finished ? null : instruction;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            finished = true;
            return null;
        }
    }

    @Override
    public GuacamoleInstruction readInstruction() throws GuacamoleException {
        while (!parser.hasNext()) {
            char[] instruction = read();
            if (instruction == null) {
                return null;
            }
            int parsed = 0;
            while (parsed < instruction.length) {
                parsed += parser.append(instruction, parsed, instruction.length - parsed);
            }
        }
        return parser.next();
    }

    /** The end is nothing to wait for: Guacamole would keep back what comes before it, which says why, and never send it. */
    @Override
    public boolean available() {
        char[] next = waiting.peek();
        return next != null && next != END;
    }

    @Override
    public void write(char[] chunk, int offset, int length) {
        // Whoever looks on touches nothing.
    }

    @Override
    public void write(char[] chunk) {
        // As above.
    }

    @Override
    public void writeInstruction(GuacamoleInstruction instruction) {
        // As above.
    }

    @Override
    public GuacamoleReader getReader() {
        return this;
    }

    @Override
    public GuacamoleWriter getWriter() {
        return this;
    }

    @Override
    public boolean isOpen() {
        return !finished;
    }

    @Override
    public String getProtocol() {
        return "vnc";
    }
}
