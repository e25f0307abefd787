package org.serverconsole.rmcp;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.serverconsole.config.Secret;

/**
 * How one BMC is logged in to.
 *
 * @param address its resolved address and UDP port, IPv4 or IPv6
 * @param username at most 16 bytes
 * @param password at most 20 bytes
 * @param privilege what the session is opened for; the BMC refuses a login that may not
 * @param suite the only cipher suite to use, or empty for the strongest that the BMC says it has
 */
public record BmcLogin(
        InetSocketAddress address, String username, Secret password, Privilege privilege, Optional<CipherSuite> suite) {

    /** How many bytes of a name there is room for. */
    public static final int LONGEST_NAME = 16;

    /** How many bytes of a password there is room for. */
    public static final int LONGEST_PASSWORD = 20;

    /**
     * @throws IllegalArgumentException where the address is not resolved, or name or password is too long
     */
    public BmcLogin {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("address of the BMC is not resolved");
        }
        if (bytes(username).length > LONGEST_NAME) {
            throw new IllegalArgumentException("name has more than " + LONGEST_NAME + " bytes");
        }
        if (bytes(password.reveal()).length > LONGEST_PASSWORD) {
            throw new IllegalArgumentException("password has more than " + LONGEST_PASSWORD + " bytes");
        }
    }

    byte[] usernameBytes() {
        return bytes(username);
    }

    byte[] passwordBytes() {
        return bytes(password.reveal());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    String peer() {
        return address.getAddress().getHostAddress() + " port " + address.getPort();
    }
}
