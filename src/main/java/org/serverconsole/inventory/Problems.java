package org.serverconsole.inventory;

import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.serverconsole.config.ConfigException;

/** What is wrong with a file or an answer, by line, so that the operator sees all of it at once. */
final class Problems {

    private static final int SHOWN = 20;

    /** What is printed of the names in the file; anything else might be a secret that slipped out of its place. */
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final String name;
    private final String fullName;
    private final Map<Integer, Set<String>> byLine = new TreeMap<>();
    private final Set<Json> faulty = Collections.newSetFromMap(new IdentityHashMap<>());
    private int count;

    Problems(Path file) {
        this(file.getFileName().toString(), file.toString());
    }

    /**
     * @param name before the number of a line
     * @param fullName where there is no line to be told
     */
    Problems(String name, String fullName) {
        this.name = name;
        this.fullName = fullName;
    }

    /** Adds a problem of one line. The same on the same line, such as that of a host of many servers, is one problem. */
    void add(int line, String message) {
        put(line, name + " line " + line + ": " + message);
    }

    /** Adds a problem of a value, of which nothing more is to be said then. */
    void add(Json value, String message) {
        blame(value);
        add(value.line(), message);
    }

    /** A problem that has been added is that value's. */
    void blame(Json value) {
        faulty.add(value);
    }

    boolean has(Json value) {
        return faulty.contains(value);
    }

    /** Adds a problem of the file as a whole. */
    void addFile(String message) {
        put(0, "console-servers: " + fullName + " " + message);
    }

    private void put(int line, String message) {
        String oneLine = CONTROL.matcher(message).replaceAll("?");
        if (byLine.computeIfAbsent(line, l -> new LinkedHashSet<>()).add(oneLine)) {
            count++;
        }
    }

    /** How many there are so far. */
    int count() {
        return count;
    }

    void throwIfAny() throws ConfigException {
        if (byLine.isEmpty()) {
            return;
        }
        List<String> all = byLine.values().stream().flatMap(Set::stream).toList();
        String shown = String.join("\n", all.subList(0, Math.min(SHOWN, all.size())));
        throw new ConfigException(all.size() > SHOWN ? shown + "\nand " + (all.size() - SHOWN) + " more" : shown, all);
    }

    /** A name of the file as messages show it. */
    static String quoted(String name) {
        return PLAIN_NAME.matcher(name).matches() ? "\"" + name + "\"" : "a name";
    }
}
