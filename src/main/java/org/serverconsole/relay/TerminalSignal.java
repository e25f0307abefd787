package org.serverconsole.relay;

/** What a terminal can be told beside bytes; a message of its own on the channel of a console that is a terminal. */
public enum TerminalSignal {

    /** The serial line is held at its space level for a moment, which many firmwares and kernels listen for. */
    BREAK
}
