package org.serverconsole.session;

import java.util.HashMap;
import java.util.Map;
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

    /** How many places there are of each server: two for a moment, where one session takes over from another. */
    private final Map<String, Integer> servers = new HashMap<>();

    /** The same of each customer's servers. Counted, since to look through all of them would slow each login by all others. */
    private final Map<String, Map<String, Integer>> customers = new HashMap<>();
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

    /**
     * Takes a place for the session of that ID. To be given back.
     *
     * @param elsewhere how many other servers the customer is at through other nodes
     */
    synchronized void take(String sessionId, String serverId, String customer, int elsewhere) throws NoRoomException {
        require(serverId, customer, elsewhere);
        taken.put(sessionId, new Place(serverId, customer));
        servers.merge(serverId, 1, Integer::sum);
        customers.computeIfAbsent(customer, first -> new HashMap<>()).merge(serverId, 1, Integer::sum);
    }

    synchronized void giveBack(String sessionId) {
        Place place = taken.remove(sessionId);
        if (place == null) {
            return;
        }
        servers.computeIfPresent(place.serverId(), Capacity::oneLess);
        customers.computeIfPresent(place.customer(), (customer, own) -> {
            own.computeIfPresent(place.serverId(), Capacity::oneLess);
            return own.isEmpty() ? null : own;
        });
    }

    /** Whether the session of that ID has a place. */
    synchronized boolean has(String sessionId) {
        return taken.containsKey(sessionId);
    }

    private static Integer oneLess(String key, int count) {
        return count == 1 ? null : count - 1;
    }

    /** @param elsewhere how many other servers the customer is at through other nodes */
    synchronized void require(String serverId, String customer, int elsewhere) throws NoRoomException {
        if (draining) {
            throw new NoRoomException(Reason.DRAINING, "this node is being drained");
        }
        if (servers.size() >= most && !servers.containsKey(serverId)) {
            throw new NoRoomException(Reason.NODE_FULL, "console-max-sessions: " + most + " consoles are open");
        }
        Map<String, Integer> own = customers.getOrDefault(customer, Map.of());
        if (own.size() + elsewhere >= mostPerCustomer && !own.containsKey(serverId)) {
            throw new NoRoomException(Reason.CUSTOMER_FULL,
                    "console-max-sessions-per-customer: " + mostPerCustomer + " consoles of this customer are open");
        }
    }
}
