package org.serverconsole.access;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.config.PinPolicy;
import org.serverconsole.inventory.Inventory;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.PinLimit;

/**
 * Asks for the PIN of a server. Only for callers whose token is good: each PIN costs exactly one bcrypt of the usual cost,
 * whether it is right, wrong, locked, too long or for a server that nobody knows, so that time tells none from another; and
 * a PIN while locked is never compared with the server's.
 *
 * <p>Attempts are counted in the journal before they are evaluated, for the server and for the customer.
 */
final class PinGate {

    /** The cost of hashes that {@code java -jar <this jar> pin} makes. */
    private static final int USUAL_COST = 12;

    /** Stands for a PIN that bcrypt cannot take. */
    private static final byte[] NO_PIN = {'-'};

    private final PinPolicy policy;
    private final PinLimit limit;
    private final Inventory inventory;
    private final Journal journal;
    private final Clock clock;
    private final PinCheck check;
    private final Turns turns;

    /** The cost of the hash met last, so that a decoy takes as long as the inventory's own do. */
    private volatile int lastCost = USUAL_COST;

    PinGate(ConsoleConfig config, Inventory inventory, Journal journal, Clock clock, PinCheck check, Turns turns) {
        this.policy = config.pin();
        this.limit = new PinLimit(config.pinAttempts(), config.pinLockout().toSeconds());
        this.inventory = inventory;
        this.journal = journal;
        this.clock = clock;
        this.check = check;
        this.turns = turns;
    }

    /**
     * The server, where the customer may pass.
     *
     * @param serverId of a server that the customer's token names
     * @param pin what was typed; empty text is none
     */
    Server pass(String serverId, String customer, Optional<String> pin) throws AccessException {
        Optional<Server> server = inventory.find(serverId);
        if (policy == PinPolicy.OFF) {
            return server.orElseThrow(PinGate::unknown);
        }
        if (policy == PinPolicy.OPTIONAL && server.isPresent() && server.get().pin().isEmpty()) {
            return server.get();
        }
        Optional<PinHash> hash = server.flatMap(known -> PinHash.of(known.pin()));
        Optional<String> typed = pin.filter(text -> !text.isEmpty());
        if (typed.isPresent()) {
            byte[] bytes = typed.get().getBytes(StandardCharsets.UTF_8);
            inTurn(serverId, customer, hash.isPresent(), locked -> isRight(bytes, hash, locked));
        } else if (hash.isPresent()) {
            throw new AccessException(Refusal.PIN_MISSING, "no PIN was given");
        }
        return server.filter(known -> hash.isPresent()).orElseThrow(() -> server.isEmpty()
                ? unknown() : new AccessException(Refusal.NOT_SET_UP, "the server has no PIN, and console-pin requires one"));
    }

    /**
     * The same where the panel judges PINs: no bcrypt is spent here, but attempts are counted and locked as ever, and a
     * question that is asked while locked does not contain the PIN.
     *
     * @param unasked what the panel says of the customer without a PIN
     */
    Server pass(String serverId, String customer, Optional<String> pin, Introspection.Pin unasked, PanelsWord panel)
            throws AccessException {
        Optional<Server> server = inventory.find(serverId);
        if (unasked != Introspection.Pin.ACCEPTED) {
            Optional<String> typed = pin.filter(text -> !text.isEmpty());
            if (typed.isEmpty()) {
                throw new AccessException(Refusal.PIN_MISSING, "no PIN was given");
            }
            inTurn(serverId, customer, true, locked -> panel.accepts(typed.filter(text -> !locked)));
        }
        return server.orElseThrow(PinGate::unknown);
    }

    /** Asks the panel about a PIN, or, where there is none, for no other reason than to take as long. */
    @FunctionalInterface
    interface PanelsWord {
        boolean accepts(Optional<String> pin) throws AccessException;
    }

    @FunctionalInterface
    private interface Evaluation {
        boolean isRight(boolean locked) throws AccessException;
    }

    /**
     * @param hasPin whether the server has a PIN; where not, that is the operator's mistake, which must not lock the customer
     *     out of his other servers
     */
    private void inTurn(String serverId, String customer, boolean hasPin, Evaluation evaluation) throws AccessException {
        try (Turns.Turn turn = turns.take(List.of("customer:" + customer, "server:" + serverId))) {
            List<String> subjects = hasPin
                    ? List.of("server:" + serverId, "customer:" + customer) : List.of("server:" + serverId);
            Optional<Instant> locked = journal.beginPinAttempt(subjects, limit, clock.instant());
            boolean right = evaluation.isRight(locked.isPresent());
            if (locked.isPresent()) {
                throw new AccessException(Refusal.PIN_LOCKED, "too many wrong PINs, locked until " + locked.get());
            }
            if (hasPin && !right) {
                throw new AccessException(Refusal.PIN_WRONG, "the PIN is wrong");
            }
            if (right) {
                journal.pinAccepted(subjects);
            }
        }
    }

    /** Spends one bcrypt in any case, and compares with the server's own hash only where it may matter. */
    private boolean isRight(byte[] typed, Optional<PinHash> hash, boolean locked) {
        int cost = hash.map(PinHash::cost).orElse(lastCost);
        lastCost = cost;
        boolean usable = PinHash.canBeOf(typed);
        Optional<PinHash> own = hash.filter(known -> usable && !locked);
        PinHash compared = own.orElseGet(() -> PinHash.decoy(cost));
        return check.matches(usable ? typed : NO_PIN, compared) && own.isPresent();
    }

    private static AccessException unknown() {
        return new AccessException(Refusal.NOT_SET_UP, "the inventory does not know the server");
    }
}
