package org.serverconsole.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

/** Every adapter of the jar, found as a service, started, and guarded by one {@link CircuitBreaker}. */
public final class Adapters implements AutoCloseable {

    private final Map<String, ConsoleAdapter> byType = new TreeMap<>();

    private Adapters() { }

    public static Adapters start(AdapterEnvironment environment) {
        Adapters adapters = new Adapters();
        CircuitBreaker breaker = new CircuitBreaker(System::nanoTime, CircuitBreaker.REST);
        try {
            // Guacamole gives every extension a class loader of its own, which no thread carries as its context.
            for (ConsoleAdapter adapter : ServiceLoader.load(ConsoleAdapter.class, Adapters.class.getClassLoader())) {
                adapters.byType.put(adapter.type(), new GuardedAdapter(adapter, breaker));
                adapter.start(environment);
            }
            return adapters;
        } catch (RuntimeException e) {
            adapters.close();
            throw e;
        }
    }

    /** By their type, started. */
    public Map<String, ConsoleAdapter> byType() {
        return Map.copyOf(byType);
    }

    /** What must hold of every server: a type that there is, and whatever that type's adapter wants. */
    public ServerRule rule() {
        return new ServerRule() {
            @Override
            public Optional<Problem> check(Server server) {
                return checkAll(server).stream().findFirst();
            }

            @Override
            public List<Problem> checkAll(Server server) {
                ConsoleAdapter adapter = byType.get(server.type());
                return adapter != null ? adapter.checkAll(server) : List.of(new Problem("type",
                        "type \"" + server.type() + "\" is not known, write one of " + String.join(", ", byType.keySet())));
            }

            @Override
            public Set<String> options(String type) {
                return Optional.ofNullable(byType.get(type)).map(ConsoleAdapter::options).orElse(Set.of());
            }
        };
    }

    /** Has all of them log out. */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (ConsoleAdapter adapter : byType.values()) {
            try {
                adapter.close();
            } catch (RuntimeException e) {
                // The others are to log out all the same.
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
