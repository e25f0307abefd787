package org.serverconsole.guacamole;

import org.apache.guacamole.language.TranslatableGuacamoleInsufficientCredentialsException;
import org.apache.guacamole.language.TranslatableMessage;
import org.apache.guacamole.net.auth.credentials.CredentialsInfo;
import org.apache.guacamole.protocol.GuacamoleStatus;

/**
 * Too much is going on just now. To HTTP this is 429, and yet of the one kind that the extension auth-ban does not count: it
 * would ban whoever shares an address with a crowd.
 */
final class NotNow extends TranslatableGuacamoleInsufficientCredentialsException {

    private static final long serialVersionUID = 1;

    NotNow(TranslatableMessage message) {
        super("Not now.", message, CredentialsInfo.EMPTY);
    }

    @Override
    public GuacamoleStatus getStatus() {
        return GuacamoleStatus.CLIENT_TOO_MANY;
    }
}
