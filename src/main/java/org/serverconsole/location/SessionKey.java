package org.serverconsole.location;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key of a console session as panels are given it. Where there are several locations it names the server as well, so that every
 * node can tell whom to ask, and whose PIN: {@code 30210.<session>}.
 *
 * @param serverId the server's, or empty where the key does not name it
 * @param session the session's own ID
 */
public record SessionKey(Optional<String> serverId, String session) {

    /** IDs of servers may have dots, those of sessions have none. */
    private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9._-]{1,64})\\.([A-Za-z0-9-]{1,64})");

    /** Whatever it is: what names no server is a session's own ID. */
    public static SessionKey parse(String text) {
        Matcher named = NAMED.matcher(text);
        return named.matches() ? new SessionKey(Optional.of(named.group(1)), named.group(2))
                : new SessionKey(Optional.empty(), text);
    }

    public String text() {
        return serverId.map(id -> id + "." + session).orElse(session);
    }
}
