package org.serverconsole.rmcp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts, signs and checks the packets of one session (13.28.4, 13.29); not for several threads. */
final class SessionKeys {

    private static final int BLOCK = 16;
    private static final byte INTEGRITY_PAD = (byte) 0xFF;
    private static final byte NEXT_HEADER = 7;
    /** Pad length and next header. */
    private static final int TRAILER = 2;
    /** The code covers the packet behind RMCP's own header. */
    private static final int SIGNED_FROM = 4;

    private final CipherSuite suite;
    private final Hmac integrity;
    private final SecretKeySpec confidentiality;
    private final Cipher cipher;

    /**
     * @param integrityKey K1
     * @param confidentialityKey K2, of which AES takes the first 128 bits
     */
    SessionKeys(CipherSuite suite, byte[] integrityKey, byte[] confidentialityKey) {
        this.suite = suite;
        this.integrity = new Hmac(suite.hmac(), integrityKey);
        this.confidentiality = new SecretKeySpec(confidentialityKey, 0, BLOCK, "AES");
        try {
            this.cipher = Cipher.getInstance("AES/CBC/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES", e);
        }
    }

    /** A packet of the session with that payload. */
    byte[] seal(int payloadType, int sessionId, int sequence, byte[] payload, SecureRandom random) {
        byte[] encrypted = encrypt(payload, random);
        int unpadded = Datagram.HEADER - SIGNED_FROM + encrypted.length + TRAILER;
        int padding = -unpadded & 3;
        ByteBuffer packet = Datagram.header(SIGNED_FROM + unpadded + padding + suite.codeLength(),
                payloadType | Datagram.ENCRYPTED | Datagram.AUTHENTICATED, sessionId, sequence, encrypted.length).put(encrypted);
        for (int i = 0; i < padding; i++) {
            packet.put(INTEGRITY_PAD);
        }
        packet.put((byte) padding).put(NEXT_HEADER);
        packet.put(integrity.code(packet.array(), SIGNED_FROM, packet.position(), suite.codeLength()));
        return packet.array();
    }

    /** The payload of a packet, or empty where it is not one that the other side of this session made. */
    Optional<byte[]> open(Datagram packet) {
        int signedTo = packet.bytes().length - suite.codeLength();
        if (!packet.encrypted() || !packet.authenticated() || signedTo < Datagram.HEADER + packet.payload().length + TRAILER) {
            return Optional.empty();
        }
        byte[] expected = integrity.code(packet.bytes(), SIGNED_FROM, signedTo, suite.codeLength());
        byte[] found = Arrays.copyOfRange(packet.bytes(), signedTo, packet.bytes().length);
        return MessageDigest.isEqual(expected, found) ? decrypt(packet.payload()) : Optional.empty();
    }

    private byte[] encrypt(byte[] payload, SecureRandom random) {
        byte[] vector = new byte[BLOCK];
        random.nextBytes(vector);
        int padding = BLOCK - 1 - payload.length % BLOCK;
        byte[] padded = Arrays.copyOf(payload, payload.length + padding + 1);
        for (int i = 0; i < padding; i++) {
            padded[payload.length + i] = (byte) (i + 1);
        }
        padded[padded.length - 1] = (byte) padding;
        byte[] encrypted = crypt(Cipher.ENCRYPT_MODE, vector, padded, 0);
        return ByteBuffer.allocate(BLOCK + encrypted.length).put(vector).put(encrypted).array();
    }

    private Optional<byte[]> decrypt(byte[] encrypted) {
        if (encrypted.length < 2 * BLOCK || encrypted.length % BLOCK != 0) {
            return Optional.empty();
        }
        byte[] padded = crypt(Cipher.DECRYPT_MODE, Arrays.copyOf(encrypted, BLOCK), encrypted, BLOCK);
        int length = padded.length - 1 - (padded[padded.length - 1] & 0xFF);
        return length < 0 ? Optional.empty() : Optional.of(Arrays.copyOf(padded, length));
    }

    private byte[] crypt(int mode, byte[] vector, byte[] bytes, int from) {
        try {
            cipher.init(mode, confidentiality, new IvParameterSpec(vector));
            return cipher.doFinal(bytes, from, bytes.length - from);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES failed", e);
        }
    }
}
