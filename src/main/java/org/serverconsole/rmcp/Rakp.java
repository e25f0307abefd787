package org.serverconsole.rmcp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What both sides of a login know and prove to each other (13.28, 13.31, 13.32). The password is the key of both logins:
 * a second key, the BMC's own (K_g), is not spoken.
 *
 * @param consoleId the session's number as we chose it
 * @param bmcId the session's number as the BMC chose it
 * @param role what RAKP 1 asked for: the privilege and how the name is looked up
 */
record Rakp(
        CipherSuite suite, byte[] password, byte[] username, int role,
        int consoleId, int bmcId, byte[] consoleRandom, byte[] bmcRandom, byte[] bmcGuid) {

    static final int RANDOM = 16;
    static final int GUID = 16;

    /** What the BMC sends in RAKP 2 where it knows the password. */
    boolean isProofOfBmc(byte[] proof) {
        return MessageDigest.isEqual(proof, userKey().of(buffer(58)
                .putInt(consoleId).putInt(bmcId).put(consoleRandom).put(bmcRandom).put(bmcGuid)
                .put((byte) role).put((byte) username.length).put(username).flip()));
    }

    /** What we send in RAKP 3 to show that we know it. */
    byte[] proofOfConsole() {
        return userKey().of(buffer(22)
                .put(bmcRandom).putInt(consoleId).put((byte) role).put((byte) username.length).put(username).flip());
    }

    /** What the BMC sends in RAKP 4 once it has accepted that. */
    boolean isProofOfSession(byte[] proof) {
        byte[] whole = new Hmac(suite.hmac(), sessionKey()).of(buffer(36)
                .put(consoleRandom).putInt(bmcId).put(bmcGuid).flip());
        return MessageDigest.isEqual(proof, Arrays.copyOf(whole, suite.codeLength()));
    }

    /** The keys of the packets from now on. */
    SessionKeys keys() {
        Hmac sessionKey = new Hmac(suite.hmac(), sessionKey());
        return new SessionKeys(suite, sessionKey.of(constant(1)), sessionKey.of(constant(2)));
    }

    private byte[] sessionKey() {
        return userKey().of(buffer(34)
                .put(consoleRandom).put(bmcRandom).put((byte) role).put((byte) username.length).put(username).flip());
    }

    private Hmac userKey() {
        // Padded with zeros, which also makes an empty password one that the JDK accepts.
        return new Hmac(suite.hmac(), Arrays.copyOf(password, BmcLogin.LONGEST_PASSWORD));
    }

    private ByteBuffer buffer(int sizeWithoutName) {
        return ByteBuffer.allocate(sizeWithoutName + username.length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** 20 bytes whatever the hash: so do the BMCs and ipmitool, although 13.32 may be read otherwise. */
    private static byte[] constant(int value) {
        byte[] constant = new byte[20];
        Arrays.fill(constant, (byte) value);
        return constant;
    }

    /** Not the secrets. */
    @Override
    public String toString() {
        return "RAKP with cipher suite " + suite.id();
    }
}
