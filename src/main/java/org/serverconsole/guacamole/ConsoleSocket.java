package org.serverconsole.guacamole;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.io.GuacamoleReader;
import org.apache.guacamole.io.GuacamoleWriter;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.apache.guacamole.protocol.GuacamoleParser;
import org.serverconsole.access.References;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.relay.RelayPort;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.PendingStream;
import org.serverconsole.session.Viewer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a browser's tunnel reads from and writes to. It exists before the vendor has answered, so that the customer learns
 * everything in one place and once: which step runs, why there is no console, why it ended. The display behind it comes
 * later, and is replaced unseen where guacd hangs before the first frame.
 *
 * <p>One thread reads, which does all the work; any thread may write, cut and close.
 */
final class ConsoleSocket implements GuacamoleSocket, GuacamoleReader, GuacamoleWriter, Viewer {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConsoleSocket.class);

    private static final int MOST_DISPLAYS = 3;

    /** Guacamole's tunnels are taken for dead after 15 seconds of silence. */
    private static final long SILENCE_SECONDS = 5;

    /** Put where the reading thread waits, to have it look at what has changed. */
    private static final char[] WAKE = new char[0];

    private final ConsoleSession session;
    private final Display.Factory displays;
    private final References references;

    private final BlockingQueue<char[]> told = new LinkedBlockingQueue<>();
    private final Deque<char[]> outgoing = new ArrayDeque<>();
    private final Deque<char[]> held = new ArrayDeque<>();
    private final GuacamoleParser parser = new GuacamoleParser();
    private int displaysTried;
    private boolean finished;

    private volatile PendingStream pending;
    private volatile Display display;
    private volatile boolean live;
    private volatile EndReason cut;
    private volatile boolean closed;

    ConsoleSocket(ConsoleSession session, Display.Factory displays, References references) {
        this.session = session;
        this.displays = displays;
        this.references = references;
        outgoing.add(Instructions.name(session.server().label()));
        outgoing.add(Instructions.timeLeft(session.timeLeft().toSeconds()));
        session.attach(this);
    }

    @Override
    public char[] read() {
        while (outgoing.isEmpty() && !finished) {
            advance();
        }
        return outgoing.poll();
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

    @Override
    public boolean available() throws GuacamoleException {
        Display current = display;
        return !outgoing.isEmpty() || live && current != null && cut == null && current.available();
    }

    /**
     * What the customer types before there is anything to see goes nowhere, nor what he types as the console is cut: the HTTP
     * tunnel would be closed for that, before the page has read why.
     */
    @Override
    public void write(char[] chunk, int offset, int length) {
        Display current = display;
        if (!live || current == null) {
            return;
        }
        try {
            current.write(chunk, offset, length);
        } catch (GuacamoleException e) {
            LOGGER.debug("The display of session {} takes no more: {}", session.id(), e.getMessage());
        }
    }

    @Override
    public void write(char[] chunk) {
        write(chunk, 0, chunk.length);
    }

    @Override
    public void writeInstruction(GuacamoleInstruction instruction) {
        write(instruction.toString().toCharArray());
    }

    @Override
    public void cut(EndReason reason) {
        cut = reason;
        release();
    }

    @Override
    public void timeLeft(Duration left) {
        told.add(Instructions.timeLeft(left.toSeconds()));
    }

    @Override
    public void watchers(int count) {
        told.add(Instructions.watchers(count));
    }

    @Override
    public void close() {
        closed = true;
        session.detach(this);
        release();
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
        return !closed;
    }

    @Override
    public String getProtocol() {
        return "vnc";
    }

    /** Lets go of guacd and the console, and has the reading thread find out why. */
    private void release() {
        PendingStream waiting = pending;
        if (waiting != null) {
            waiting.abandon();
        }
        Display current = display;
        if (current != null) {
            current.close();
            session.notShowing(current.id());
        }
        told.add(WAKE);
    }

    private void advance() {
        EndReason end = end();
        if (end != null) {
            finish(ConsoleStatus.of(end), "console session " + session.id() + " ended");
        } else if (closed) {
            finished = true;
        } else if (display != null) {
            readDisplay();
        } else if (pending != null) {
            awaitStream();
        } else {
            takeStream();
        }
    }

    /**
     * Why this must end, or null. Also to be told once closed: whoever asks for anything of a session that has ended loses
     * Guacamole's own session at once, and this tunnel with it, while its page still waits to learn the reason.
     */
    private EndReason end() {
        EndReason told = cut;
        return told != null || !closed ? told : session.ended().orElse(null);
    }

    private void takeStream() {
        PendingStream taken = session.takeStream();
        pending = taken;
        if (cut != null || closed) {
            taken.abandon();
        }
        taken.onStep(step -> told.add(Instructions.step(step)));
        taken.stream().whenComplete((stream, failure) -> told.add(WAKE));
    }

    private void awaitStream() {
        try {
            char[] news = told.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
            if (news == null) {
                outgoing.add(Instructions.NOP);
            } else if (news != WAKE) {
                outgoing.add(news);
            } else if (pending.stream().toCompletableFuture().isDone() && cut == null && !closed) {
                CompletableFuture<ConsoleStream> opened = pending.stream().toCompletableFuture();
                outgoing.add(Instructions.startingDisplay());
                openDisplay(opened.join());
            }
        } catch (CompletionException e) {
            refuse(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            finished = true;
        }
    }

    private void refuse(Throwable failure) {
        outgoing.clear();
        if (failure instanceof AdapterException e) {
            finish(ConsoleStatus.of(e.kind()), e.kind() + ": " + e.getMessage());
        } else {
            LOGGER.error("Opening a console of server {} failed unexpectedly.", session.server().id(), failure);
            finish(ConsoleStatus.INTERNAL, failure.toString());
        }
    }

    private void openDisplay(ConsoleStream stream) {
        displaysTried++;
        String name = session.id() + "-" + session.nextDisplay();
        if (displays.guacd().recordingPath().isPresent()) {
            LOGGER.info("Console of server {} for customer {} is recorded as {}.",
                    session.server().id(), session.customer(), name);
            session.recorded(name);
        }
        Display opened;
        try {
            opened = displays.open(stream, name);
        } catch (GuacamoleException | IOException e) {
            finish(ConsoleStatus.INTERNAL, "guacd (properties guacd-hostname, guacd-port): " + e.getMessage());
            return;
        }
        display = opened;
        if (cut != null || closed) {
            opened.close();
            return;
        }
        try {
            opened.start();
        } catch (GuacamoleException e) {
            displayLost("guacd refused: " + e.getMessage());
        }
    }

    private void readDisplay() {
        // guacd says something every few seconds even where nothing moves.
        for (char[] news = told.poll(); news != null; news = told.poll()) {
            if (news != WAKE) {
                outgoing.add(news);
            }
        }
        char[] instruction;
        try {
            instruction = display.read();
        } catch (GuacamoleException e) {
            displayLost(e.getMessage());
            return;
        }
        if (instruction == null) {
            displayLost("guacd closed the connection");
        } else if (Instructions.isA(instruction, "error")) {
            displayLost("guacd said " + new String(instruction));
        } else if (live) {
            outgoing.add(instruction);
        } else {
            hold(instruction);
        }
    }

    /** Nothing reaches the browser before there is a frame, so that a display that hangs can be replaced unseen. */
    private void hold(char[] instruction) {
        if (Instructions.isA(instruction, "nop")) {
            // Without it the browser would take a tunnel for dead whose first frame is long in coming.
            outgoing.add(instruction);
            return;
        }
        // The vendor's name of the console is not what the customer calls the server.
        if (!Instructions.isA(instruction, "name")) {
            held.add(instruction);
        }
        if (Instructions.isA(instruction, "sync")) {
            display.framed();
            live = true;
            outgoing.addAll(held);
            held.clear();
            // Not before: guacd 1.3 crashes where somebody joins a terminal that it has not drawn yet.
            session.showing(display.id());
        }
    }

    private void displayLost(String detail) {
        Display lost = display;
        RelayPort.End end = lost.end();
        lost.close();
        session.notShowing(lost.id());
        display = null;
        pending = null;
        held.clear();
        if (closed || cut != null) {
            return;
        }
        if (end == RelayPort.End.CONSOLE) {
            session.lost();
            finish(ConsoleStatus.CONSOLE_LOST, "the console closed the connection");
        } else if (live) {
            finish(ConsoleStatus.INTERNAL, detail);
        } else if (displaysTried < MOST_DISPLAYS) {
            LOGGER.info("guacd has shown nothing of server {} ({}); trying again.", session.server().id(),
                    lost.hung() ? "it hangs" : detail);
        } else {
            finish(ConsoleStatus.NO_PICTURE, "guacd has shown nothing in " + MOST_DISPLAYS + " attempts: " + detail);
        }
    }

    private void finish(ConsoleStatus status, String detail) {
        String reference = references.next();
        LOGGER.info("[{}] Console of server {} for customer {}: {}: {}",
                reference, session.server().id(), session.customer(), status, detail);
        outgoing.add(Instructions.error(reference, status));
        finished = true;
    }
}
