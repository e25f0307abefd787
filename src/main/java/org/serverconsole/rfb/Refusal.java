package org.serverconsole.rfb;

import java.util.Locale;
import java.util.regex.Pattern;
import org.serverconsole.rfb.RfbException.Reason;

/** What servers say when they refuse: free text in every implementation. */
final class Refusal {

    private static final Pattern BUSY = Pattern.compile("too many|busy|in use|already|maximum|limit|try again|lock");

    private Refusal() { }

    /** Why the server refuses, by its words. */
    static Reason reason(String line, Reason unlessBusy) {
        return BUSY.matcher(line.toLowerCase(Locale.ROOT)).find() ? Reason.BUSY : unlessBusy;
    }
}
