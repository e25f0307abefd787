package org.serverconsole.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

/**
 * An adapter behind a {@link CircuitBreaker}: its calls fail at once where the server's management system did not answer a
 * moment ago. A console that does not answer although its management system did is that console's own matter.
 */
public final class GuardedAdapter implements ConsoleAdapter {

    private final ConsoleAdapter adapter;
    private final CircuitBreaker breaker;

    public GuardedAdapter(ConsoleAdapter adapter, CircuitBreaker breaker) {
        this.adapter = adapter;
        this.breaker = breaker;
    }

    /** What is guarded. */
    @FunctionalInterface
    private interface Work<T> {
        T with(Progress progress) throws AdapterException, InterruptedException;
    }

    /** How far an opening has come. */
    private static final class Progress {

        private boolean asked;
        private boolean answered;

        private void step(Opening.Step step) {
            answered = asked && step == Opening.Step.CONNECTING_CONSOLE;
            asked = asked || step == Opening.Step.ASKING_VENDOR;
        }
    }

    private <T> T guarded(Server server, Work<T> work) throws AdapterException, InterruptedException {
        CircuitBreaker.Call call = breaker.begin(adapter.managementSystem(server));
        Progress progress = new Progress();
        boolean told = false;
        try {
            T result = work.with(progress);
            call.answered();
            told = true;
            return result;
        } catch (AdapterException e) {
            told = true;
            if (progress.answered || e.kind() != Kind.TIMEOUT && e.kind() != Kind.BUSY) {
                call.answered();
            } else if (e.kind() == Kind.TIMEOUT) {
                call.timedOut();
            } else {
                // Busy may have been said by the system, or by ours while others wait for it.
                call.abandoned();
            }
            throw e;
        } finally {
            if (!told) {
                call.abandoned();
            }
        }
    }

    @Override
    public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
        return guarded(server, progress -> adapter.open(server, new Opening() {
            @Override
            public void step(Step step) {
                progress.step(step);
                opening.step(step);
            }

            @Override
            public void lease(Map<String, String> undo) {
                opening.lease(undo);
            }
        }));
    }

    @Override
    public void revoke(Server server, Map<String, String> undo) throws AdapterException, InterruptedException {
        guarded(server, progress -> {
            adapter.revoke(server, undo);
            return true;
        });
    }

    @Override
    public Optional<PowerControl> power() {
        return adapter.power().map(power -> new PowerControl() {
            @Override
            public State status(Server server) throws AdapterException, InterruptedException {
                return guarded(server, progress -> power.status(server));
            }

            @Override
            public void perform(Server server, Action action) throws AdapterException, InterruptedException {
                guarded(server, progress -> {
                    power.perform(server, action);
                    return true;
                });
            }
        });
    }

    @Override
    public Secret viewerFile(Server server) throws AdapterException, InterruptedException {
        return guarded(server, progress -> adapter.viewerFile(server));
    }

    @Override
    public String managementSystem(Server server) {
        return adapter.managementSystem(server);
    }

    @Override
    public String turn(Server server) {
        return adapter.turn(server);
    }

    @Override
    public Optional<String> lack() {
        return adapter.lack();
    }

    @Override
    public String type() {
        return adapter.type();
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return adapter.check(server);
    }

    @Override
    public List<ServerRule.Problem> checkAll(Server server) {
        return adapter.checkAll(server);
    }

    @Override
    public Set<String> options() {
        return adapter.options();
    }

    /** Not guarded: whoever looks wants to know what is there now. */
    @Override
    public void probe(Server server, Consumer<Finding> found) throws AdapterException, InterruptedException {
        adapter.probe(server, found);
    }

    @Override
    public void start(AdapterEnvironment environment) {
        adapter.start(environment);
    }

    @Override
    public void close() {
        adapter.close();
    }
}
