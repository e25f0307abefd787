package org.serverconsole.inventory;

import java.util.Map;

/** A value of the file that remembers its line: that of its name, or its own where it has none. */
sealed interface Json {

    int line();

    /** What it is, for messages; never what is in it. */
    String kind();

    /** A string. */
    record Text(int line, String value) implements Json {

        @Override
        public String kind() {
            return "text";
        }

        /** It may be a password. */
        @Override
        public String toString() {
            return "text on line " + line;
        }
    }

    /** A number, true or false, as it is written in the file. */
    record Literal(int line, String value, String kind) implements Json {

        @Override
        public String toString() {
            return kind + " on line " + line;
        }
    }

    /** An object, in the file's order. */
    record Fields(int line, Map<String, Json> values) implements Json {

        @Override
        public String kind() {
            return "an object";
        }
    }

    /** A list or null, neither of which has a place in an inventory. */
    record Other(int line, String kind) implements Json { }
}
