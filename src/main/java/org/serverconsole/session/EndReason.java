package org.serverconsole.session;

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
    NODE_SHUTDOWN
}
