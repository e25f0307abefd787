package org.serverconsole.panel;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a panel can ask for, by the names of the original API in lower case. */
enum PanelAction {
    /** A login URL for a server's console. */
    NOVNC,
    /** How a console session stands. */
    CHECK_NOVNC,
    /** More time for a console session. */
    EXTEND_NOVNC,
    /** The end of a console session, or of a login URL nobody has used. */
    STOP_NOVNC,
    /** The end of the server's console session, and a new login URL. */
    RECREATE_NOVNC,
    /** A file for virt-viewer, from vendors that have one. */
    CONSOLE,
    /** Whether the server has power. */
    STATUS,
    ON,
    OFF,
    SOFT_OFF,
    REBOOT;

    static Optional<PanelAction> of(String name) {
        return Arrays.stream(values()).filter(action -> action.wireName().equals(name)).findAny();
    }

    /** Whether it is about a console session, which a key names, and not about a server. */
    boolean isAboutSession() {
        return this == CHECK_NOVNC || this == EXTEND_NOVNC || this == STOP_NOVNC;
    }

    /** Whether it takes as long as the server's vendor does. */
    boolean asksVendor() {
        return switch (this) {
            case STATUS, ON, OFF, SOFT_OFF, REBOOT, CONSOLE -> true;
            case NOVNC, CHECK_NOVNC, EXTEND_NOVNC, STOP_NOVNC, RECREATE_NOVNC -> false;
        };
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
