package org.serverconsole.rmcp;

/** What a session may do (6.8). Serial over LAN and power need an operator, changing users an administrator. */
public enum Privilege {

    USER(2),
    OPERATOR(3),
    ADMINISTRATOR(4);

    private final int level;

    Privilege(int level) {
        this.level = level;
    }

    int level() {
        return level;
    }
}
