package org.serverconsole.rmcp;

import java.util.Arrays;
import java.util.Optional;

/**
 * The cipher suites spoken here (22.15.2), the stronger one first. Both authenticate, check and encrypt every packet;
 * those that do not, suite 0 above all, are never offered.
 */
public enum CipherSuite {

    /** RAKP-HMAC-SHA256, HMAC-SHA256-128, AES-CBC-128. */
    SUITE_17(17, 3, 4, "HmacSHA256", 32, 16),
    /** RAKP-HMAC-SHA1, HMAC-SHA1-96, AES-CBC-128. */
    SUITE_3(3, 1, 1, "HmacSHA1", 20, 12);

    static final int AES_CBC_128 = 1;

    private final int id;
    private final int authentication;
    private final int integrity;
    private final String hmac;
    private final int hashLength;
    private final int codeLength;

    CipherSuite(int id, int authentication, int integrity, String hmac, int hashLength, int codeLength) {
        this.id = id;
        this.authentication = authentication;
        this.integrity = integrity;
        this.hmac = hmac;
        this.hashLength = hashLength;
        this.codeLength = codeLength;
    }

    /** The suite of that number, or empty where it is not spoken here. */
    public static Optional<CipherSuite> of(int id) {
        return Arrays.stream(values()).filter(suite -> suite.id == id).findFirst();
    }

    /** The specification's number. */
    public int id() {
        return id;
    }

    int authentication() {
        return authentication;
    }

    int integrity() {
        return integrity;
    }

    /** The JDK's name of its keyed hash. */
    String hmac() {
        return hmac;
    }

    /** How many bytes that hash has. */
    int hashLength() {
        return hashLength;
    }

    /** How many of them go into RAKP 4 and behind every packet. */
    int codeLength() {
        return codeLength;
    }
}
