package org.serverconsole.session;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

/** An adapter that does what a test tells it, and remembers what it was asked, in order. */
final class ScriptedAdapter implements ConsoleAdapter {

    final List<String> asked;
    final List<EmbeddedChannel> channels = new CopyOnWriteArrayList<>();
    final BlockingQueue<Object> permits = new LinkedBlockingQueue<>();
    /** Whoever holds its permit keeps an opening from its lease, even one that has been given up. */
    final Semaphore door = new Semaphore(1);
    volatile boolean held;
    volatile Optional<AdapterException> openFailure = Optional.empty();
    volatile Optional<AdapterException> revokeFailure = Optional.empty();

    ScriptedAdapter() {
        this(new CopyOnWriteArrayList<>());
    }

    /** @param asked takes what it is asked, beside what others are */
    ScriptedAdapter(List<String> asked) {
        this.asked = asked;
    }

    @Override
    public String type() {
        return "scripted";
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return Optional.empty();
    }

    @Override
    public void start(AdapterEnvironment environment) {
        asked.add("start");
    }

    @Override
    public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
        asked.add("open " + server.id());
        opening.step(Opening.Step.ASKING_VENDOR);
        door.acquireUninterruptibly();
        door.release();
        opening.lease(Map.of("console", server.id()));
        if (held) {
            permits.take();
        }
        if (openFailure.isPresent()) {
            throw openFailure.get();
        }
        opening.step(Opening.Step.CONNECTING_CONSOLE);
        EmbeddedChannel channel = new EmbeddedChannel();
        channels.add(channel);
        return new ConsoleStream(ConsoleStream.Protocol.RFB, channel, Map.of());
    }

    @Override
    public void revoke(Server server, Map<String, String> undo) throws AdapterException {
        asked.add("revoke " + undo.get("console"));
        if (revokeFailure.isPresent()) {
            throw revokeFailure.get();
        }
    }

    @Override
    public void close() {
        asked.add("close");
    }
}
