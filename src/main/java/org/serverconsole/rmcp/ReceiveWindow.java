package org.serverconsole.rmcp;

/**
 * Which sequence numbers of a session have been received (6.12.13). A number is new once; old ones are accepted for a while,
 * since UDP reorders. Unlike a BMC, this accepts any number ahead: who can make its authentication code is the BMC, and
 * after a gap in the network it is far ahead.
 */
final class ReceiveWindow {

    private static final int WIDTH = 32;

    private int highest;
    private int seen;

    /** True once for each number, unless it is too old; to be asked only of packets known to be genuine. */
    boolean accept(int sequence) {
        if (sequence == 0) {
            return false;
        }
        int ahead = sequence - highest;
        if (ahead > 0) {
            seen = ahead >= WIDTH ? 1 : seen << ahead | 1;
            highest = sequence;
            return true;
        }
        if (-ahead >= WIDTH || (seen & 1 << -ahead) != 0) {
            return false;
        }
        seen |= 1 << -ahead;
        return true;
    }
}
