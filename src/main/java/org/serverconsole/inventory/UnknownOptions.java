package org.serverconsole.inventory;

import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Options that the type of their server does not know, which are used for nothing. Most are misspelt, so that the operator is
 * warned of them; some are only notes, so that they refuse nothing.
 */
final class UnknownOptions {

    private static final int SHOWN = 20;

    private final String file;
    private final ServerRule rule;
    private final Map<String, Found> found = new LinkedHashMap<>();
    private final Set<Json> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * An option of one name that one type does not know.
     *
     * @param others where it stands beside the first place
     */
    private record Found(String first, int others) {

        Found andAnother() {
            return new Found(first, others + 1);
        }

        String warning() {
            return others == 0 ? first : first + " (it stands in " + others + " more places)";
        }
    }

    UnknownOptions(Path file, ServerRule rule) {
        this.file = file.getFileName().toString();
        this.rule = rule;
    }

    /**
     * Looks at one server. What stands in a host of many counts once.
     *
     * @param own its own options, without those of its host
     * @param all its own, and those of its host
     */
    void look(Server server, Map<String, Json> own, Map<String, Json> all) {
        Set<String> known = rule.options(server.type());
        if (known.isEmpty() || !rule.isHere(server.location())) {
            return;
        }
        all.forEach((name, value) -> {
            if (!known.contains(name) && !ServerReader.OF_EVERY_TYPE.contains(name) && seen.add(value)) {
                String whose = (own.containsKey(name) ? "server " : "host of server ") + Problems.quoted(server.id());
                found.compute(server.type() + " " + name, (key, before) -> before != null ? before.andAnother() : new Found(
                        file + " line " + value.line() + ": " + whose + ", " + Problems.quoted(name) + ": type \"" + server.type()
                                + "\" has no such option; write one of " + names(known) + ", or take it out", 0));
            }
        });
    }

    void warn(Consumer<String> warnings) {
        found.values().stream().limit(SHOWN).map(Found::warning).forEach(warnings);
        if (found.size() > SHOWN) {
            warnings.accept("options that their types do not have: " + (found.size() - SHOWN) + " more");
        }
    }

    private static String names(Set<String> known) {
        return Stream.concat(known.stream(), ServerReader.OF_EVERY_TYPE.stream()).sorted().collect(Collectors.joining(", "));
    }
}
