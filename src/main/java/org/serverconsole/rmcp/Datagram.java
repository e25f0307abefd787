package org.serverconsole.rmcp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * One RMCP packet of class IPMI as it came (13.1.3, 13.6): what its header says, and the payload, which may be encrypted
 * and of which nothing has been checked yet.
 *
 * @param plus whether it has RMCP+'s header, not IPMI 1.5's
 * @param sessionId 0 outside a session
 * @param bytes the whole packet
 */
record Datagram(
        boolean plus, int payloadType, boolean encrypted, boolean authenticated, int sessionId, int sequence,
        byte[] payload, byte[] bytes) {

    static final int IPMI = 0x00;
    static final int SOL = 0x01;
    static final int OPEN_SESSION = 0x10;
    static final int OPEN_SESSION_RESPONSE = 0x11;
    static final int RAKP_1 = 0x12;
    static final int RAKP_2 = 0x13;
    static final int RAKP_3 = 0x14;
    static final int RAKP_4 = 0x15;

    static final int ENCRYPTED = 0x80;
    static final int AUTHENTICATED = 0x40;

    /** RMCP version 1.0, no acknowledgment wanted, class IPMI. */
    static final byte[] RMCP = {6, 0, (byte) 0xFF, 7};
    static final int FORMAT_PLUS = 6;
    /** RMCP's header, format, type, session, sequence and length. */
    static final int HEADER = 16;

    private static final int FORMAT_NONE = 0;
    private static final int HEADER_15 = 14;

    /** What the bytes are, or empty where they are no such packet. */
    static Optional<Datagram> read(byte[] bytes) {
        if (bytes.length < HEADER_15 || !Arrays.equals(RMCP, 0, 4, bytes, 0, 4)) {
            return Optional.empty();
        }
        return switch (bytes[4]) {
            case FORMAT_NONE -> read15(bytes);
            case FORMAT_PLUS -> readPlus(bytes);
            default -> Optional.empty();
        };
    }

    private static Optional<Datagram> read15(byte[] bytes) {
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = bytes[13] & 0xFF;
        return HEADER_15 + length > bytes.length ? Optional.empty() : Optional.of(new Datagram(
                false, IPMI, false, false, header.getInt(9), header.getInt(5),
                Arrays.copyOfRange(bytes, HEADER_15, HEADER_15 + length), bytes));
    }

    private static Optional<Datagram> readPlus(byte[] bytes) {
        if (bytes.length < HEADER) {
            return Optional.empty();
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = header.getShort(14) & 0xFFFF;
        return HEADER + length > bytes.length ? Optional.empty() : Optional.of(new Datagram(
                true, bytes[5] & 0x3F, (bytes[5] & ENCRYPTED) != 0, (bytes[5] & AUTHENTICATED) != 0,
                header.getInt(6), header.getInt(10), Arrays.copyOfRange(bytes, HEADER, HEADER + length), bytes));
    }

    /** A message outside a session, in the form of IPMI 1.5, in which every BMC answers what it is asked before a login. */
    static byte[] sessionless(byte[] message) {
        return ByteBuffer.allocate(HEADER_15 + message.length).order(ByteOrder.LITTLE_ENDIAN)
                .put(RMCP).put((byte) FORMAT_NONE).putInt(0).putInt(0).put((byte) message.length).put(message).array();
    }

    /** A message of the handshake, which no session protects yet. */
    static byte[] unprotected(int payloadType, byte[] payload) {
        return header(HEADER + payload.length, payloadType, 0, 0, payload.length).put(payload).array();
    }

    /** A buffer of that size that begins with the header. */
    static ByteBuffer header(int size, int type, int sessionId, int sequence, int payloadLength) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN)
                .put(RMCP).put((byte) FORMAT_PLUS).put((byte) type).putInt(sessionId).putInt(sequence)
                .putShort((short) payloadLength);
    }
}
