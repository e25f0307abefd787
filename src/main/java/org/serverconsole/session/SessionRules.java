package org.serverconsole.session;

import java.time.Duration;
import org.serverconsole.config.ConsoleConfig;

/**
 * How long console sessions last and how many there may be.
 *
 * @param duration how long a session lasts, and how long from then on where it is extended
 * @param limit how far extensions may reach, counted from the start
 * @param most servers with a live session on this node at once
 * @param mostPerCustomer the same of one customer
 */
public record SessionRules(Duration duration, Duration limit, int most, int mostPerCustomer) {

    public static SessionRules of(ConsoleConfig config) {
        return new SessionRules(config.sessionDuration(), config.sessionLimit(),
                config.panel().limits().sessions(), config.panel().limits().sessionsPerCustomer());
    }
}
