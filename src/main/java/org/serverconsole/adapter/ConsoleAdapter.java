package org.serverconsole.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

/**
 * One vendor's way to a console. Found through {@code META-INF/services}, made once with its public constructor without
 * parameters, started once, then used by many threads. For one server, and for all of one {@link #turn}, at most one call
 * runs at a time.
 */
public interface ConsoleAdapter extends AutoCloseable {

    /** The {@code type} of the inventory's servers this adapter serves, such as {@code ovirt}. */
    String type();

    /** What an inventory entry of this type lacks, before it is ever used. */
    Optional<ServerRule.Problem> check(Server server);

    /** Everything it lacks, as far as that can be told at once. */
    default List<ServerRule.Problem> checkAll(Server server) {
        return check(server).stream().toList();
    }

    /**
     * The names of all options that an entry of this type may have, beside those of every entry ({@code label}, {@code pin},
     * {@code password}, {@code location} and so on); empty where it takes whatever there is. Of others the operator is warned.
     */
    default Set<String> options() {
        return Set.of();
    }

    /** Gives the adapter what it needs from the house. */
    void start(AdapterEnvironment environment);

    /**
     * Gets a console now. Blocks, but no longer than its deadlines; may be interrupted.
     *
     * @param opening told which step runs; asked to journal how to undo a change before the vendor is changed
     * @throws AdapterException where there is no console to be had; nothing is left open then
     */
    ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException;

    /**
     * Takes back what an earlier {@link #open} was granted, also after a crash. Idempotent: once more does no harm.
     *
     * @param undo what the adapter journalled through {@link Opening#lease}
     * @throws AdapterException where the vendor could not be told; it will be tried again
     */
    default void revoke(Server server, Map<String, String> undo) throws AdapterException, InterruptedException {
        throw new AdapterException(AdapterException.Kind.UNSUPPORTED, "adapter " + type() + " grants nothing to take back");
    }

    /**
     * Looks whether a console could be had, for the operator: certificate, login, licence, console support. Opens none for
     * anybody and leaves nothing behind. Blocks, but no longer than the adapter's deadlines.
     *
     * @param found told each finding as it is made
     * @throws AdapterException what stood in the way of looking any further, which is a finding as well
     */
    default void probe(Server server, Consumer<Finding> found) throws AdapterException, InterruptedException {
        found.accept(new Finding(Finding.Subject.CONSOLE, Finding.Outcome.UNKNOWN,
                "type \"" + type() + "\" is not looked at; open a console to see"));
    }

    /** What this machine lacks for consoles of this type, and what to install; empty where it lacks nothing. */
    default Optional<String> lack() {
        return Optional.empty();
    }

    /** How this vendor's machines are switched on and off, or empty where it cannot be done. */
    default Optional<PowerControl> power() {
        return Optional.empty();
    }

    /**
     * A file with which virt-viewer opens the console by itself, without this extension between. It holds a password that
     * ends by itself within minutes, and nothing that is good for more than this console.
     *
     * @throws AdapterException {@code UNSUPPORTED} where the vendor has no such file
     */
    default Secret viewerFile(Server server) throws AdapterException, InterruptedException {
        throw new AdapterException(AdapterException.Kind.UNSUPPORTED, "adapter " + type() + " has no file for virt-viewer");
    }

    /**
     * What has to answer before that server has a console, by a name for the log such as {@code idrac 10.10.0.14:443}. Servers
     * with the same are reached or not together.
     */
    default String managementSystem(Server server) {
        return type() + " of server " + server.id();
    }

    /**
     * Servers with the same are asked one after the other: those of one BMC, since a BMC bears no more, and otherwise each
     * server by itself.
     */
    default String turn(Server server) {
        return server.id();
    }

    /** Logs out everywhere, in bounded time. */
    @Override
    void close();
}
