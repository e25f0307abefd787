package org.serverconsole.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.serverconsole.session.NoRoomException.Reason;

/**
 * How many console sessions there may be. A place is taken before a session starts, so that many that start at once do not
 * overrun a limit together. The session that takes another's server takes its place as well.
 */
final class Capacity {

    private record Place(String serverId, String customer) { }

    private final int most;
    private final int mostPerCustomer;
    private final Map<String, Place> taken = new HashMap<>();
    private boolean draining;

    Capacity(int most, int mostPerCustomer) {
        this.most = most;
        this.mostPerCustomer = mostPerCustomer;
    }

    synchronized void drain(boolean drain) {
        draining = drain;
    }

    synchronized boolean draining() {
        return draining;
    }

    /** Takes a place for the session of that ID. To be given back. */
    synchronized void take(String sessionId, String serverId, String customer) throws NoRoomException {
        require(serverId, customer);
        taken.put(sessionId, new Place(serverId, customer));
    }

    synchronized void giveBack(String sessionId) {
        taken.remove(sessionId);
    }

    synchronized void require(String serverId, String customer) throws NoRoomException {
        if (draining) {
            throw new NoRoomException(Reason.DRAINING, "this node is being drained");
        }
        if (servers(place -> true).size() >= most && servers(place -> place.serverId().equals(serverId)).isEmpty()) {
            throw new NoRoomException(Reason.NODE_FULL, "console-max-sessions: " + most + " consoles are open");
        }
        Set<String> own = servers(place -> place.customer().equals(customer));
        if (own.size() >= mostPerCustomer && !own.contains(serverId)) {
            throw new NoRoomException(Reason.CUSTOMER_FULL,
                    "console-max-sessions-per-customer: " + mostPerCustomer + " consoles of this customer are open");
        }
    }

    private Set<String> servers(Predicate<Place> which) {
        return taken.values().stream().filter(which).map(Place::serverId).collect(Collectors.toSet());
    }
}
