package org.serverconsole.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening.Step;

/** A console stream that is being opened, has been opened or could not be. Ends at whoever takes it, or is abandoned. */
public final class PendingStream {

    private final CompletableFuture<ConsoleStream> stream = new CompletableFuture<>();
    private Step step = Step.ASKING_VENDOR;
    private Consumer<Step> listener = ignored -> { };
    private Thread opener;

    /** How the work on a stream is done: blocks, and is interrupted when the stream is abandoned. */
    interface Work {
        ConsoleStream open() throws AdapterException, InterruptedException;
    }

    PendingStream() { }

    /** The stream, or an {@link AdapterException}, or cancelled where it was abandoned. */
    public CompletionStage<ConsoleStream> stream() {
        return stream;
    }

    /** Tells the current step at once, and every further one. */
    public synchronized void onStep(Consumer<Step> newListener) {
        listener = newListener;
        listener.accept(step);
    }

    /** Gives up: what is running is interrupted, what has been opened is closed. Idempotent. */
    public void abandon() {
        stream.cancel(false);
        synchronized (this) {
            if (opener != null) {
                opener.interrupt();
            }
        }
        if (!stream.isCompletedExceptionally()) {
            stream.join().channel().close();
        }
    }

    /** True where a connect may still be served with it: it is on its way, or open, or its failure has not been told yet. */
    boolean isUsable() {
        return !stream.isDone() || stream.isCompletedExceptionally() && !stream.isCancelled()
                || !stream.isCancelled() && stream.join().channel().isActive();
    }

    synchronized void step(Step newStep) {
        step = newStep;
        listener.accept(newStep);
    }

    void fail(AdapterException e) {
        stream.completeExceptionally(e);
    }

    void run(Work work) {
        synchronized (this) {
            if (stream.isDone()) {
                return;
            }
            opener = Thread.currentThread();
        }
        try {
            ConsoleStream opened = work.open();
            if (!stream.complete(opened)) {
                opened.channel().close();
            }
        } catch (InterruptedException e) {
            stream.cancel(false);
        } catch (AdapterException | RuntimeException | Error e) {
            stream.completeExceptionally(e);
        } finally {
            synchronized (this) {
                opener = null;
                // The thread goes back to the pool, and an interrupt that came late must not go with it.
                Thread.interrupted();
            }
        }
    }
}
