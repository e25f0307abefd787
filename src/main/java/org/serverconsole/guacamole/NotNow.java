package org.serverconsole.guacamole;

import org.apache.guacamole.language.TranslatableGuacamoleInsufficientCredentialsException;
import org.apache.guacamole.language.TranslatableMessage;
import org.apache.guacamole.net.auth.credentials.CredentialsInfo;
import org.apache.guacamole.protocol.GuacamoleStatus;

/**
 * Nobody is to blame, and the same may be tried again soon. To HTTP this is the status told, and yet of the one kind that the
 * extension auth-ban does not count: it would ban whoever shares an address with a crowd.
 */
final class NotNow extends TranslatableGuacamoleInsufficientCredentialsException {

    private static final long serialVersionUID = 1;

    private final GuacamoleStatus status;

    NotNow(GuacamoleStatus status, TranslatableMessage message) {
        super("Not now.", message, CredentialsInfo.EMPTY);
        this.status = status;
    }

    @Override
    public GuacamoleStatus getStatus() {
        return status;
    }
}
