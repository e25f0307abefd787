package org.serverconsole.panel;

import java.util.Locale;
import java.util.Optional;
import org.serverconsole.access.AccessException;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.access.Admission;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.journal.Audit;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.location.LocationException;
import org.serverconsole.location.Order;
import org.serverconsole.location.SessionKey;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.NoRoomException;

/**
 * What is left behind by everybody who asks for something, at Guacamole's door or at the panel's API: an event of the audit
 * and a count in the metrics. Told by whoever has answered. Safe for use by many threads; never throws.
 */
public record Trail(Audit audit, Metrics metrics) {

    /** The action of whoever comes to Guacamole's door; the panel's have names of their own. */
    public static final String LOGIN = "login";

    /**
     * Somebody got what he asked for.
     *
     * @param address the caller's: the customer's at Guacamole's door, the panel's at its API
     */
    public void admitted(String action, Admission admission, String address) {
        metrics.asked(action, AuditEvent.OK);
        audit.write(event(action, AuditEvent.OK, admission, address));
    }

    /** The same of what asks for no PIN, such as {@code check_novnc}. */
    void done(String action, String customer, String serverId, String key, String address) {
        metrics.asked(action, AuditEvent.OK);
        audit.write(AuditEvent.at(audit.now(), action, AuditEvent.OK)
                .server(serverId).customer(customer).address(address).key(key));
    }

    /** The same for another location. */
    void ordered(Order order, String serverId, String key, String from) {
        metrics.asked(order.action(), AuditEvent.OK);
        audit.write(event(order, AuditEvent.OK, serverId).key(key).reason("for " + from));
    }

    /** Another location has answered. */
    void forwarded(Order order, String serverId, PanelAnswer answer, String location) {
        metrics.asked(order.action(), answer.outcome());
        metrics.forwarded(location, answer.outcome());
        AuditEvent event = event(order, answer.outcome(), serverId).reason("at " + location + ", " + answer.reference());
        // The key of a refusal is its reference.
        audit.write(answer.outcome().equals(AuditEvent.OK) ? event.key(SessionKey.parse(answer.key()).session()) : event);
    }

    /** Another location has not answered. */
    PanelException away(Order order, String serverId, LocationException e, String location, String reference) {
        PanelException refusal = PanelException.of(e);
        metrics.asked(order.action(), refusal.code().name());
        metrics.forwarded(location, e.kind().name());
        audit.write(event(order, refusal.code().name(), serverId).reason(reference + ": " + e.getMessage()));
        return refusal;
    }

    /** The vendor did not do it. */
    PanelException failed(String action, AdapterException e, String customer, String serverId, String address, String reference) {
        PanelException refusal = PanelException.of(e);
        metrics.asked(action, refusal.code().name());
        audit.write(AuditEvent.at(audit.now(), action, refusal.code().name())
                .server(serverId).customer(customer).address(address).reason(reference + ": " + e.kind()));
        return refusal;
    }

    private AuditEvent event(Order order, String outcome, String serverId) {
        return AuditEvent.at(audit.now(), order.action(), outcome)
                .server(serverId).customer(order.customer()).address(order.caller());
    }

    /**
     * Somebody was refused.
     *
     * @param serverId as asked for, which may be anything
     * @param reference what the customer was told to name
     */
    public void refused(String action, AccessException e, String serverId, String address, String reference) {
        metrics.asked(action, e.refusal().name());
        metrics.pinRefused(e.refusal());
        AuditEvent event = AuditEvent.at(audit.now(), action, e.refusal().name())
                .server(serverId).address(address).reason(reference + ": " + e.getMessage());
        if (e.customer().isEmpty()) {
            audit.writeOfStranger(event);
        } else if (e.refusal() != Refusal.PIN_MISSING) {
            // A missing PIN is asked for: the answer to that is what counts.
            audit.write(event.customer(e.customer().get()));
        }
    }

    /** Somebody was admitted, and then refused for another reason. */
    public void failed(String action, String outcome, Admission admission, String address, String reason) {
        metrics.asked(action, outcome);
        audit.write(event(action, outcome, admission, address).reason(reason));
    }

    /** There was no room for one console more. */
    public void noRoom(String action, NoRoomException e, Admission admission, String address, String reference) {
        failed(action, e.reason().name(), admission, address, reference + ": " + e.getMessage());
    }

    /** The same where a console was only to be promised, so that it has no key. */
    void noRoom(String action, NoRoomException e, String customer, String serverId, String address, String reference) {
        metrics.asked(action, e.reason().name());
        audit.write(AuditEvent.at(audit.now(), action, e.reason().name()).server(serverId).customer(customer)
                .address(address).reason(reference + ": " + e.getMessage()));
    }

    /**
     * The customer of an open console had its server's power switched; told as where a panel does it, and with the console's key.
     *
     * @param address the customer's
     * @param failure why the vendor did not do it, or empty where it did
     * @param reference what the customer was told to name, or under which the log has it
     */
    public void power(PowerControl.Action action, ConsoleSession session, String address, Optional<AdapterException> failure,
            String reference) {
        String name = action == PowerControl.Action.RESET ? PanelAction.REBOOT.wireName() : action.name().toLowerCase(Locale.ROOT);
        String outcome = failure.map(e -> PanelException.of(e).code().name()).orElse(AuditEvent.OK);
        metrics.asked(name, outcome);
        AuditEvent event = AuditEvent.at(audit.now(), name, outcome).server(session.server().id())
                .customer(session.customer()).address(address).key(session.id());
        audit.write(failure.isEmpty() ? event : event.reason(reference + ": " + failure.get().kind()));
    }

    private AuditEvent event(String action, String outcome, Admission admission, String address) {
        return AuditEvent.at(audit.now(), action, outcome).server(admission.server().id())
                .customer(admission.token().customer()).address(address).key(admission.key());
    }
}
