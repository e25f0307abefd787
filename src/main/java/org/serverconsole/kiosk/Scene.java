package org.serverconsole.kiosk;

/** One vendor's way from an empty browser to its console's picture. Played once more where the browser had to be restarted. */
@FunctionalInterface
public interface Scene {

    /** Returns when the console is shown. */
    void play(Page page) throws KioskException, InterruptedException;
}
