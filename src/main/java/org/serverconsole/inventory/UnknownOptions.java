package org.serverconsole.inventory;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Options that the type of their server does not know, which are used for nothing. Most are misspelt, so that the operator is
 * warned of them; some are only notes, so that they refuse nothing.
 */
final class UnknownOptions {

    private static final int SHOWN = 20;

    /** Of what is taken for a part of a name, as {@code user} and {@code port} are. */
    private static final int SHORTEST_PART = 4;

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
                                + "\" has no such option; " + near(name, known).map(meant -> "is \"" + meant + "\" meant?")
                                .orElse("correct its name, or take it out"), 0));
            }
        });
    }

    void warn(Consumer<String> warnings) {
        found.values().stream().limit(SHOWN).map(Found::warning).forEach(warnings);
        if (found.size() > SHOWN) {
            warnings.accept("options that their types do not have: " + (found.size() - SHOWN) + " more");
        }
    }

    /** The known name that was probably meant. */
    private static Optional<String> near(String name, Set<String> known) {
        String written = letters(name);
        if (!Problems.isPlain(name) || written.isEmpty()) {
            return Optional.empty();
        }
        return Stream.concat(known.stream(), ServerReader.OF_EVERY_TYPE.stream())
                .filter(each -> distance(written, letters(each)) <= Math.max(1, (written.length() + 1) / 3)
                        || written.length() >= SHORTEST_PART && letters(each).contains(written))
                .min(Comparator.<String>comparingInt(each -> distance(written, letters(each))).thenComparing(each -> each));
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** How many letters have to be put in, taken out or replaced between the two (Levenshtein). */
    private static int distance(String one, String other) {
        int[] before = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] now = new int[other.length() + 1];
            now[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(replaced, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[other.length()];
    }
}
