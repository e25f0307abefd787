package org.serverconsole.panel;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.Journal.SessionEnd;
import org.serverconsole.journal.Journal.SessionRecord;
import org.serverconsole.journal.Journal.SessionState;
import org.serverconsole.journal.Journal.TicketRecord;
import org.serverconsole.panel.Sighting.State;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.EndReason;

/** Finds console sessions, live ones and those that only the journal knows. */
final class Sightings {

    private final ConsoleSessions sessions;
    private final Journal journal;
    private final Clock clock;

    Sightings(ConsoleSessions sessions, Journal journal, Clock clock) {
        this.sessions = sessions;
        this.journal = journal;
        this.clock = clock;
    }

    /** The live session of that server. */
    Optional<Sighting> ofServer(String serverId) {
        Optional<Sighting> here = sessions.ofServer(serverId).map(Sightings::live);
        return here.isPresent() || !journal.isShared() ? here : journal.liveSession(serverId).map(this::journalled);
    }

    /** Until when a session lasts, where it is live, here or elsewhere. */
    Optional<Duration> timeLeft(Sighting sighting) {
        return switch (sighting.state()) {
            case OPEN -> sighting.live().map(ConsoleSession::timeLeft);
            case ELSEWHERE -> journal.session(sighting.key())
                    .map(known -> Duration.between(clock.instant(), known.session().deadline()))
                    .map(left -> left.isNegative() ? Duration.ZERO : left);
            case WAITING, LAPSED, ENDED -> Optional.empty();
        };
    }

    /**
     * Moves the deadline of a session that is live, here or elsewhere.
     *
     * @return false where it cannot be moved any further
     */
    boolean extend(Sighting sighting) {
        if (sighting.live().isPresent()) {
            return sighting.live().get().extend();
        }
        return journal.session(sighting.key()).map(SessionState::session)
                .flatMap(session -> sessions.laterDeadline(session.started(), session.deadline()))
                .map(deadline -> journal.wantDeadline(sighting.key(), deadline)).orElse(false);
    }

    Optional<Sighting> ofKey(String key) {
        Optional<Sighting> live = sessions.find(key).map(Sightings::live);
        if (live.isPresent()) {
            return live;
        }
        Optional<Sighting> journalled = journal.session(key).map(this::journalled);
        return journalled.isPresent() ? journalled : journal.ticketOf(key).map(this::promised);
    }

    /**
     * Ends a session, or makes its login URL worthless.
     *
     * @return false where it had ended before
     */
    boolean stop(Sighting sighting) {
        return switch (sighting.state()) {
            case OPEN -> {
                sighting.live().ifPresent(session -> session.end(EndReason.CLOSED_BY_PANEL));
                yield true;
            }
            case ELSEWHERE -> journal.wantEnd(sighting.key(), EndReason.CLOSED_BY_PANEL.name());
            case WAITING -> {
                useUp(sighting);
                yield true;
            }
            case LAPSED, ENDED -> false;
        };
    }

    /** Whoever redeems a ticket first has it; here that is the panel, which opens nothing with it. */
    private void useUp(Sighting sighting) {
        Instant now = clock.instant();
        TicketRecord ticket = journal.ticketOf(sighting.key()).orElseThrow();
        boolean first = journal.useUp(ticket.tokenHash(), ticket.expires(),
                new SessionRecord(sighting.key(), ticket.serverId(), ticket.customer(), now, now), EndReason.CLOSED_BY_PANEL.name());
        if (!first) {
            endOpened(sighting);
        }
    }

    /** Somebody has just opened it, here or at another node. */
    private void endOpened(Sighting sighting) {
        if (sessions.expects(sighting.key())) {
            sessions.end(sighting.key(), EndReason.CLOSED_BY_PANEL);
        } else {
            journal.wantEnd(sighting.key(), EndReason.CLOSED_BY_PANEL.name());
        }
    }

    private static Sighting live(ConsoleSession session) {
        return new Sighting(session.id(), session.server().id(), session.customer(), State.OPEN, Optional.of(session),
                Optional.empty());
    }

    /** One that is not live here is so at another node, or has ended, also where nobody has written down why. */
    private Sighting journalled(SessionState known) {
        SessionRecord session = known.session();
        return new Sighting(session.id(), session.serverId(), session.customer(), state(known), Optional.empty(),
                known.ended().map(SessionEnd::reason));
    }

    private State state(SessionState known) {
        if (known.ended().isPresent()) {
            return State.ENDED;
        }
        if (journal.isShared()) {
            return State.ELSEWHERE;
        }
        // Its login URL is being opened at this instant.
        return sessions.expects(known.session().id()) ? State.WAITING : State.ENDED;
    }

    private Sighting promised(TicketRecord ticket) {
        return new Sighting(ticket.sessionId(), ticket.serverId(), ticket.customer(),
                clock.instant().isBefore(ticket.expires()) ? State.WAITING : State.LAPSED, Optional.empty(), Optional.empty());
    }
}
