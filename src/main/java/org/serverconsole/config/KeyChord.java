package org.serverconsole.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keys that are pressed together, as an operator writes them: {@code Ctrl-Alt-Backspace}.
 *
 * @param name as written
 * @param keysyms X keysyms (X11/keysymdef.h), in the order in which they are pressed
 */
public record KeyChord(String name, List<Integer> keysyms) {

    private static final int F1 = 0xFFBE;
    private static final int FUNCTION_KEYS = 24;
    private static final Map<String, Integer> NAMES = names();

    public KeyChord {
        keysyms = List.copyOf(keysyms);
    }

    /** Reads one; empty where a key between the dashes is none that is known. */
    static Optional<KeyChord> parse(String text) {
        List<Integer> keysyms = new ArrayList<>();
        for (String key : text.split("-", -1)) {
            Optional<Integer> keysym = keysym(key);
            if (keysym.isEmpty()) {
                return Optional.empty();
            }
            keysyms.add(keysym.get());
        }
        return Optional.of(new KeyChord(text, keysyms));
    }

    private static Optional<Integer> keysym(String key) {
        if (key.length() == 1 && key.charAt(0) > ' ' && key.charAt(0) < 0x7F) {
            // A capital letter would need Shift, which is a key of its own here.
            return Optional.of((int) Character.toLowerCase(key.charAt(0)));
        }
        return Optional.ofNullable(NAMES.get(key.toLowerCase(Locale.ROOT)));
    }

    private static Map<String, Integer> names() {
        Map<String, Integer> names = new TreeMap<>(Map.ofEntries(
                Map.entry("ctrl", 0xFFE3), Map.entry("alt", 0xFFE9), Map.entry("altgr", 0xFE03), Map.entry("shift", 0xFFE1),
                Map.entry("win", 0xFFEB), Map.entry("menu", 0xFF67), Map.entry("esc", 0xFF1B), Map.entry("tab", 0xFF09),
                Map.entry("enter", 0xFF0D), Map.entry("space", 0x20), Map.entry("backspace", 0xFF08), Map.entry("del", 0xFFFF),
                Map.entry("insert", 0xFF63), Map.entry("home", 0xFF50), Map.entry("end", 0xFF57), Map.entry("pageup", 0xFF55),
                Map.entry("pagedown", 0xFF56), Map.entry("left", 0xFF51), Map.entry("up", 0xFF52), Map.entry("right", 0xFF53),
                Map.entry("down", 0xFF54), Map.entry("print", 0xFF61), Map.entry("sysrq", 0xFF61), Map.entry("pause", 0xFF13),
                Map.entry("capslock", 0xFFE5), Map.entry("numlock", 0xFF7F), Map.entry("scrolllock", 0xFF14)));
        for (int i = 0; i < FUNCTION_KEYS; i++) {
            names.put("f" + (i + 1), F1 + i);
        }
        return names;
    }

    /** Every name that {@link #parse} knows beside single characters, for who has written another. */
    static String knownNames() {
        return String.join(", ", NAMES.keySet());
    }
}
