package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Text of unknown origin as it may stand in a message: one line of printable ASCII. */
final class Printable {

    private static final int LONGEST_LINE = 160;
    private static final int LONGEST_TEXT = 800;

    private Printable() { }

    /** The first line of those bytes, anything else than printable ASCII replaced by a question mark. */
    static String line(ByteBuf bytes) {
        int length = Math.min(bytes.readableBytes(), LONGEST_LINE);
        return line(bytes.toString(bytes.readerIndex(), length, StandardCharsets.ISO_8859_1));
    }

    /** The same of a text that has been decoded already. */
    static String line(String text) {
        String first = text.split("[\\r\\n\\x00]", 2)[0];
        return cut(first, LONGEST_LINE).replaceAll("[^ -~]", "?").strip();
    }

    /** All lines as one. For what was put together on this side, and only quotes the other. */
    static String text(String text) {
        return cut(text, LONGEST_TEXT).replaceAll("[\\r\\n]+", " ").replaceAll("[^ -~]", "?").strip();
    }

    private static String cut(String text, int length) {
        return text.substring(0, Math.min(text.length(), length));
    }
}
