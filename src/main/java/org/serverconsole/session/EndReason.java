package org.serverconsole.session;

import java.util.Arrays;
import java.util.Optional;

/** Why a console session ended. */
public enum EndReason {

    /** Its deadline came. */
    EXPIRED,

    /** The customer logged out, or left for so long that Guacamole logged out. */
    CLOSED_BY_CUSTOMER,

    /** The panel asked for it. */
    CLOSED_BY_PANEL,

    /** The operator withdrew it. */
    REVOKED,

    /** A newer console for the same server took its place. */
    SUPERSEDED,

    /** This node is shutting down. */
    NODE_SHUTDOWN;

    /** The reason of that name, or empty where it is another's word. */
    static Optional<EndReason> named(String name) {
        return Arrays.stream(values()).filter(reason -> reason.name().equals(name)).findAny();
    }
}
