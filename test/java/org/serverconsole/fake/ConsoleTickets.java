package org.serverconsole.fake;

import java.time.Duration;

/** What a fake engine does with a ticket: for one, sets it as VNC password of a real QEMU. */
@FunctionalInterface
public interface ConsoleTickets {

    /** Replaces the ticket there was. */
    void set(String value, Duration expiry);
}
