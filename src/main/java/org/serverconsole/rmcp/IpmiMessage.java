package org.serverconsole.rmcp;

import java.util.Arrays;
import java.util.Optional;

/** IPMI messages between a remote console and a BMC (13.8). */
final class IpmiMessage {

    private static final byte BMC = 0x20;
    private static final byte CONSOLE = (byte) 0x81;

    /** Address, function, checksum, address, sequence, command, completion code, checksum. */
    private static final int SHORTEST_ANSWER = 8;

    private IpmiMessage() { }

    /** An answer. The data follow the completion code. */
    record Answer(int netFn, int sequence, int command, int code, byte[] data) { }

    /**
     * @param sequence 0 to 63; its answer bears the same
     */
    static byte[] request(int netFn, int sequence, int command, byte... data) {
        byte[] message = new byte[7 + data.length];
        message[0] = BMC;
        message[1] = (byte) (netFn << 2);
        message[2] = checksum(message, 0, 2);
        message[3] = CONSOLE;
        message[4] = (byte) (sequence << 2);
        message[5] = (byte) command;
        System.arraycopy(data, 0, message, 6, data.length);
        message[message.length - 1] = checksum(message, 3, message.length - 1);
        return message;
    }

    /** What a BMC answered, its function as it was asked for; empty where the bytes are no answer. */
    static Optional<Answer> answer(byte[] message) {
        int end = message.length - 1;
        if (message.length < SHORTEST_ANSWER || message[2] != checksum(message, 0, 2) || message[end] != checksum(message, 3, end)
                || (message[1] >> 2 & 1) == 0) {
            return Optional.empty();
        }
        return Optional.of(new Answer((message[1] & 0xFF) >> 2 & ~1, (message[4] & 0xFF) >> 2, message[5] & 0xFF,
                message[6] & 0xFF, Arrays.copyOfRange(message, 7, end)));
    }

    private static byte checksum(byte[] message, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += message[i];
        }
        return (byte) -sum;
    }
}
