package org.serverconsole.inventory;

import java.util.List;
import java.util.Optional;

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
     * @param option the option to change, such as {@code ip}; its line is what the operator is shown
     * @param message what is wrong with it and what to write instead, without a secret
     */
    record Problem(String option, String message) { }
}
