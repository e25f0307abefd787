package org.serverconsole.inventory;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What must hold of a server before the inventory accepts it, told from above: a known type with the options it needs. */
@FunctionalInterface
public interface ServerRule {

    /**
     * @return what is wrong, or the first of it, or empty where nothing is
     */
    Optional<Problem> check(Server server);

    /** Everything that is wrong, as far as it can be told at once. */
    default List<Problem> checkAll(Server server) {
        return check(server).stream().toList();
    }

    /**
     * The names of the options that servers of that type may have, beside those that every server may have; empty where the type
     * is not known, or takes whatever there is.
     */
    default Set<String> options(String type) {
        return Set.of();
    }

    /** Whether a server of that location is opened here. Of one of another location nothing needs to be known but its PIN. */
    default boolean isHere(Optional<String> location) {
        return true;
    }

    /**
     * The same rule for a node of a location.
     *
     * @param own its location; where it is empty text, all servers are here
     */
    default ServerRule at(String own) {
        ServerRule rule = this;
        return new ServerRule() {
            @Override
            public Optional<Problem> check(Server server) {
                return rule.check(server);
            }

            @Override
            public List<Problem> checkAll(Server server) {
                return rule.checkAll(server);
            }

            @Override
            public Set<String> options(String type) {
                return rule.options(type);
            }

            @Override
            public boolean isHere(Optional<String> location) {
                return own.isEmpty() || location.isEmpty() || location.get().equals(own);
            }
        };
    }

    /**
     * @param option the option to change, such as {@code ip}; its line is what the operator is shown
     * @param message what is wrong with it and what to write instead, without a secret
     */
    record Problem(String option, String message) { }
}
