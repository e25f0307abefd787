package org.serverconsole.config;

/** Property {@code console-page}: which page a minted login URL opens. */
public enum LoginPage {

    /** This extension's own. */
    CONSOLE,

    /** Guacamole's application, with its menu. */
    GUACAMOLE
}
