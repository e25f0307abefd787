package org.serverconsole.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.Finding;
import org.serverconsole.inventory.Server;

/** Reaches the management systems of servers: those of one BMC one after the other, others side by side. */
record CheckServers(Map<String, ConsoleAdapter> adapters, CheckReport report) {

    private static final int AT_ONCE = 16;

    /** Reports in the order given, each as soon as it and those before it are done. */
    void reach(Collection<Server> servers) {
        Map<String, List<Server>> turns = new LinkedHashMap<>();
        Map<Server, CompletableFuture<List<Finding>>> looks = new LinkedHashMap<>();
        for (Server server : servers) {
            turns.computeIfAbsent(adapters.get(server.type()).turn(server), turn -> new ArrayList<>()).add(server);
            looks.put(server, new CompletableFuture<>());
        }
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            turns.values().forEach(turn -> pool.execute(
                    () -> turn.forEach(server -> looks.get(server).complete(look(server)))));
            looks.forEach((server, look) -> look.join().forEach(finding -> report.add(finding.outcome(),
                    server.id() + " " + finding.subject().name().toLowerCase(Locale.ROOT), finding.detail())));
        } finally {
            pool.shutdownNow();
        }
    }

    private List<Finding> look(Server server) {
        List<Finding> found = new ArrayList<>();
        try {
            adapters.get(server.type()).probe(server, found::add);
        } catch (AdapterException e) {
            found.add(Finding.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            found.add(Finding.fault(Finding.Subject.CONNECTION, "interrupted"));
        } catch (RuntimeException e) {
            // Of what nobody expected, not the message: it could quote a password.
            found.add(Finding.fault(Finding.Subject.CONSOLE,
                    "an error that should not be, " + e.getClass().getName() + " at " + e.getStackTrace()[0]));
        }
        return found;
    }
}
