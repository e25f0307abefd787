package org.serverconsole.panel;

import java.net.URI;
import java.util.Optional;
import org.serverconsole.access.References;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.inventory.Inventory;
import org.serverconsole.inventory.Server;
import org.serverconsole.location.Answer;
import org.serverconsole.location.Locations;
import org.serverconsole.location.Order;
import org.serverconsole.session.NoRoomException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what other locations order, where tokens and PINs have been looked at. What this node knows of a server is what its own
 * inventory says.
 *
 * @param publicUrl which {@code console-broker} needs
 */
record LocationDesk(Inventory inventory, Locations locations, PanelWork work, Optional<URI> publicUrl, References references,
        Trail trail) implements Locations.Desk {

    private static final Logger LOGGER = LoggerFactory.getLogger(LocationDesk.class);

    @Override
    public boolean isBusy() {
        return work.sessions().draining();
    }

    @Override
    public Answer carryOut(Order order, String from) {
        String reference = references.next();
        LOGGER.info("[{}] {} orders {} of {} for customer {}", reference, from, order.action(), order.servers(), order.customer());
        try {
            return carryOut(order, from, reference).answer();
        } catch (PanelException e) {
            String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            LOGGER.info("[{}] the order was refused: {}: {}", reference, e.code(), why);
            return PanelAnswer.refused(e, reference).answer();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return PanelAnswer.refused(PanelException.unavailable(new IllegalStateException("interrupted", e)), reference).answer();
        } catch (RuntimeException e) {
            LOGGER.error("[{}] the order failed", reference, e);
            return PanelAnswer.refused(PanelException.unavailable(e), reference).answer();
        }
    }

    private PanelAnswer carryOut(Order order, String from, String reference) throws PanelException, InterruptedException {
        PanelAction action = PanelAction.of(order.action()).orElseThrow(() -> PanelException.bad("there is no such action here"));
        String server = order.servers().stream().findFirst().orElse("");
        try {
            PanelAnswer answer = carryOut(action, order, server, reference);
            trail.ordered(order, answer.serverId(), answer.key(), from);
            return answer.withKey(locations.key(answer.serverId(), answer.key()));
        } catch (AdapterException e) {
            throw trail.failed(order.action(), e, order.customer(), server, order.caller(), "for " + from + ", " + reference);
        } catch (NoRoomException e) {
            trail.noRoom(order.action(), e, order.customer(), server, order.caller(), "for " + from + ", " + reference);
            throw PanelException.of(e);
        }
    }

    private PanelAnswer carryOut(PanelAction action, Order order, String serverId, String reference)
            throws AdapterException, NoRoomException, PanelException, InterruptedException {
        if (action.isAboutSession()) {
            return work.ofSession(action, order, work.find(order).orElseThrow(PanelException::noSession), reference);
        }
        if (action == PanelAction.CONSOLE) {
            throw new PanelException(PanelException.Code.UNSUPPORTED, "such a file is given out at the server's own location only");
        }
        return work.ofServer(action, order, here(serverId), publicUrl.orElseThrow(), reference);
    }

    private Server here(String serverId) {
        Optional<Server> server = inventory.find(serverId);
        if (server.isEmpty() || locations.elsewhere(server.get()).isPresent()) {
            throw new IllegalStateException("another location's inventory says that server " + serverId + " is at "
                    + locations.own() + ", and this node's console-servers does not; correct one of them");
        }
        return server.get();
    }
}
