package org.serverconsole.config;

/** Property {@code console-pin}: who must type a PIN. */
public enum PinPolicy {

    /** Every customer, and every server must have a PIN. */
    REQUIRED,

    /** The customers of those servers that have a PIN. */
    OPTIONAL,

    /** Nobody. */
    OFF
}
