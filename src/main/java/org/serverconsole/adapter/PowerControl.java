package org.serverconsole.adapter;

import org.serverconsole.inventory.Server;

/**
 * Power of a vendor's servers. Blocks, but no longer than the adapter's deadlines; may be interrupted. For use by many
 * threads, of which at most one at a time asks for one server.
 */
public interface PowerControl {

    /** Whether a machine has power. */
    enum State {
        ON,
        OFF,
        /** The vendor says neither, for example because the machine is being moved or reset right now. */
        UNKNOWN
    }

    /** What can be done to a machine's power. */
    enum Action {
        /** Switched on; no change where it is on. */
        ON,
        /** Switched off at once, as if the plug were pulled; no change where it is off. */
        OFF,
        /** Its operating system is asked to shut down; the answer does not wait until it has. */
        SOFT_OFF,
        /** Switched off, and on again a little later. */
        CYCLE,
        /** Restarted at once without losing power. */
        RESET
    }

    /** Asks the vendor now. */
    State status(Server server) throws AdapterException, InterruptedException;

    /**
     * Returns once the vendor has accepted it, which may be before it has happened.
     *
     * @throws AdapterException where the vendor did not accept it; {@code UNSUPPORTED} where it has no such action,
     *     {@code POWERED_OFF} where the machine must be on for it and is not
     */
    void perform(Server server, Action action) throws AdapterException, InterruptedException;
}
