package org.serverconsole.adapter.web;

import java.time.Duration;
import java.util.Optional;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.config.Secret;
import org.serverconsole.kiosk.KioskException;
import org.serverconsole.kiosk.Page;

/** A session at a BMC's web server, and the way from there to its console. Used by one thread at a time. */
public interface WebLogin {

    /** What {@link KioskAdapter#logOut} needs, which changes with each {@link #refresh}; empty where it needs nothing. */
    Secret secret();

    /** Leads an empty browser to the console. */
    void play(Page page, Deadline deadline) throws AdapterException, KioskException, InterruptedException;

    /** How often it has to be refreshed, or empty where its page does so. */
    default Optional<Duration> period() {
        return Optional.empty();
    }

    /** Keeps the BMC from forgetting it. */
    default void refresh(Deadline deadline) throws AdapterException, InterruptedException { }
}
