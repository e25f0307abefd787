package org.serverconsole.guacamole;

import org.serverconsole.adapter.AdapterException;
import org.serverconsole.session.EndReason;

/**
 * The status codes of the {@code error} instruction that ends a console's tunnel. They lie in a range of the Guacamole
 * protocol that Guacamole itself does not use, so that no page reconnects by itself; the sentence for the customer is the
 * translation {@code CLIENT.ERROR_CLIENT_<code in hexadecimal>}.
 */
enum ConsoleStatus {
    EXPIRED(0x250),
    SUPERSEDED(0x251),
    CLOSED_BY_CUSTOMER(0x252),
    CLOSED_BY_PANEL(0x253),
    REVOKED(0x254),
    NODE_SHUTDOWN(0x255),
    CONSOLE_LOST(0x256),
    LEFT_BY_CUSTOMER(0x257),
    UNREACHABLE(0x260),
    REJECTED_CREDENTIALS(0x261),
    BUSY(0x262),
    POWERED_OFF(0x263),
    UNSUPPORTED(0x264),
    TIMEOUT(0x265),
    UNKNOWN_SERVER(0x266),
    PROTOCOL(0x267),
    NO_PICTURE(0x268),
    INTERNAL(0x269);

    private final int code;

    ConsoleStatus(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static ConsoleStatus of(EndReason reason) {
        return valueOf(reason.name());
    }

    /** What somebody is told who looks on: whoever closed the console, it was not this reader. */
    static ConsoleStatus toWatcher(EndReason reason) {
        return switch (reason) {
            case CLOSED_BY_CUSTOMER, SUPERSEDED -> LEFT_BY_CUSTOMER;
            default -> of(reason);
        };
    }

    static ConsoleStatus of(AdapterException.Kind kind) {
        return valueOf(kind.name());
    }
}
