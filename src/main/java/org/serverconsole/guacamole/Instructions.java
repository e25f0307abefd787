package org.serverconsole.guacamole;

import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.serverconsole.adapter.Opening;

/** The instructions of the Guacamole protocol that this extension itself sends to the browser, or looks for in guacd's. */
final class Instructions {

    /** Keeps a tunnel alive that has nothing to say. */
    static final char[] NOP = "3.nop;".toCharArray();

    private static final int STEP = 4097;
    private static final int TIME_LEFT = 4098;
    private static final int WATCHERS = 4099;

    private Instructions() { }

    static char[] name(String label) {
        return encode("name", label);
    }

    static char[] step(Opening.Step step) {
        return encode("msg", Integer.toString(STEP), step.name());
    }

    /** The display is being started by guacd; the vendor has done its part. */
    static char[] startingDisplay() {
        return encode("msg", Integer.toString(STEP), "STARTING_DISPLAY");
    }

    static char[] timeLeft(long seconds) {
        return encode("msg", Integer.toString(TIME_LEFT), Long.toString(seconds));
    }

    /** How many look on. */
    static char[] watchers(int count) {
        return encode("msg", Integer.toString(WATCHERS), Integer.toString(count));
    }

    static char[] error(String reference, ConsoleStatus status) {
        return encode("error", reference, Integer.toString(status.code()));
    }

    static boolean isA(char[] instruction, String opcode) {
        String start = opcode.length() + "." + opcode;
        if (instruction.length <= start.length()) {
            return false;
        }
        for (int i = 0; i < start.length(); i++) {
            if (instruction[i] != start.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static char[] encode(String opcode, String... arguments) {
        return new GuacamoleInstruction(opcode, arguments).toString().toCharArray();
    }
}
