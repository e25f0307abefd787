package org.serverconsole.fake;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A BMC's side of one RMCP+ session, written from IPMI 2.0's chapters 13.17 to 13.34 and shown right by ipmitool. */
final class FakeBmcSession {

    private static final int HEADER = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    final int suite;
    final int consoleId;
    final int id;
    final SocketAddress peer;
    byte[] consoleRandom = {};
    final byte[] random = new byte[16];
    int role;
    FakeBmc.User user = FakeBmc.User.NOBODY;
    boolean active;
    int privilege = 2;
    long lastHeard = System.nanoTime();

    private byte[] sessionKey = {};
    private int sequence;
    private int highest;
    private final BitSet seen = new BitSet();

    FakeBmcSession(int suite, int consoleId, int id, SocketAddress peer) {
        this.suite = suite;
        this.consoleId = consoleId;
        this.id = id;
        this.peer = peer;
        RANDOM.nextBytes(random);
    }

    private String algorithm() {
        return suite == 17 ? "HmacSHA256" : "HmacSHA1";
    }

    private int codeLength() {
        return suite == 17 ? 16 : 12;
    }

    byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(algorithm());
            mac.init(new SecretKeySpec(key, algorithm()));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] userKey() {
        return Arrays.copyOf(user.password, 20);
    }

    private byte[] roleAndName(byte[] name) {
        return ByteBuffer.allocate(2 + name.length).put((byte) role).put((byte) name.length).put(name).array();
    }

    /** The code of RAKP 2; also makes the session's key. */
    byte[] challenge(byte[] guid, byte[] name) {
        byte[] last = roleAndName(name);
        sessionKey = hmac(userKey(), consoleRandom, random, last);
        return hmac(userKey(), little(consoleId), little(id), consoleRandom, random, guid, last);
    }

    boolean provesPassword(byte[] code, byte[] name) {
        return Arrays.equals(code, hmac(userKey(), random, little(consoleId), roleAndName(name)));
    }

    /** The code of RAKP 4. */
    byte[] acceptance(byte[] guid) {
        return Arrays.copyOf(hmac(sessionKey, consoleRandom, little(id), guid), codeLength());
    }

    private byte[] key(int number) {
        byte[] constant = new byte[20];
        Arrays.fill(constant, (byte) number);
        return hmac(sessionKey, constant);
    }

    static byte[] little(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    /** What the packet carries, if it is one of this session that has not been seen. */
    Optional<byte[]> open(byte[] packet) {
        ByteBuffer header = ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN);
        int length = header.getShort(14) & 0xFFFF;
        int signedTo = packet.length - codeLength();
        if ((packet[5] & 0xC0) != 0xC0 || signedTo < HEADER + length + 2) {
            return Optional.empty();
        }
        byte[] code = Arrays.copyOf(hmac(key(1), Arrays.copyOfRange(packet, 4, signedTo)), codeLength());
        if (!Arrays.equals(code, Arrays.copyOfRange(packet, signedTo, packet.length)) || !isNew(header.getInt(10))) {
            return Optional.empty();
        }
        byte[] clear = crypt(Cipher.DECRYPT_MODE, Arrays.copyOfRange(packet, HEADER, HEADER + 16),
                Arrays.copyOfRange(packet, HEADER + 16, HEADER + length));
        int padding = clear[clear.length - 1];
        for (int i = 0; i < padding; i++) {
            if (clear[clear.length - 1 - padding + i] != i + 1) {
                return Optional.empty();
            }
        }
        return Optional.of(Arrays.copyOf(clear, clear.length - 1 - padding));
    }

    /** 6.12.13: at most 15 ahead and 16 behind. */
    private boolean isNew(int number) {
        if (number <= 0 || number - highest > 15 || highest - number > 16 || seen.get(number)) {
            return false;
        }
        seen.set(number);
        highest = Math.max(highest, number);
        return true;
    }

    byte[] seal(int payloadType, byte[] payload) {
        int padding = 15 - payload.length % 16;
        byte[] padded = Arrays.copyOf(payload, payload.length + padding + 1);
        for (int i = 0; i < padding; i++) {
            padded[payload.length + i] = (byte) (i + 1);
        }
        padded[padded.length - 1] = (byte) padding;
        byte[] vector = new byte[16];
        RANDOM.nextBytes(vector);
        byte[] encrypted = crypt(Cipher.ENCRYPT_MODE, vector, padded);
        int length = 16 + encrypted.length;
        int pad = -(HEADER - 4 + length + 2) & 3;
        ByteBuffer packet = ByteBuffer.allocate(HEADER + length + pad + 2 + codeLength()).order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {6, 0, (byte) 0xFF, 7, 6, (byte) (0xC0 | payloadType)})
                .putInt(consoleId).putInt(++sequence).putShort((short) length).put(vector).put(encrypted);
        for (int i = 0; i < pad; i++) {
            packet.put((byte) 0xFF);
        }
        packet.put((byte) pad).put((byte) 7);
        packet.put(hmac(key(1), Arrays.copyOfRange(packet.array(), 4, packet.position())), 0, codeLength());
        return packet.array();
    }

    private byte[] crypt(int mode, byte[] vector, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
            cipher.init(mode, new SecretKeySpec(key(2), 0, 16, "AES"), new IvParameterSpec(vector));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
