package org.serverconsole.rfb;

import io.netty.buffer.ByteBuf;

/** Text of unknown origin as it may stand in a message: one line of printable ASCII. */
final class Printable {

    private static final int LONGEST = 160;

    private Printable() { }

    /** The first line of those bytes, anything else than printable ASCII replaced by a question mark. */
    static String line(ByteBuf bytes) {
        StringBuilder line = new StringBuilder();
        for (int i = bytes.readerIndex(); i < bytes.writerIndex() && line.length() < LONGEST; i++) {
            byte b = bytes.getByte(i);
            if (b == '\n' || b == '\r' || b == 0) {
                break;
            }
            line.append(b >= ' ' && b < 0x7f ? (char) b : '?');
        }
        return line.toString().strip();
    }
}
