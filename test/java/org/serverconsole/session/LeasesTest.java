package org.serverconsole.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.journal.Journal;

/** What vendors granted is taken back, and what could not be is kept in mind. */
class LeasesTest extends ConsoleSessionsFixture {

    @Test
    void whatACrashLeftIsTakenBackAtTheNextStart() throws Exception {
        start("14494", "token-1");
        await().until(() -> journal.openLeases().size() == 1);
        ScriptedAdapter restarted = new ScriptedAdapter();
        try (Journal afterwards = Journal.open(url);
                ConsoleSessions next = new ConsoleSessions(Clock.fixed(NOW, ZoneOffset.UTC), afterwards,
                Map.of("scripted", restarted), new SessionRules(Duration.ofHours(2), Duration.ofHours(8), 10, 10),
                id -> Optional.of(server(id)), timer, List.of())) {
            next.recover().get();
        }

        assertThat(restarted.asked).containsExactly("revoke 14494");
        assertThat(journal.openLeases()).isEmpty();
    }

    @Test
    void aLeaseThatCouldNotBeTakenBackStaysInTheJournal() throws Exception {
        adapter.revokeFailure = Optional.of(new AdapterException(AdapterException.Kind.TIMEOUT, "silent"));
        ConsoleSession session = start("14494", "token-1");
        join(session.takeStream());
        session.end(EndReason.CLOSED_BY_CUSTOMER);
        await().until(() -> adapter.asked.contains("revoke 14494"));

        assertThat(journal.openLeases()).hasSize(1);
        adapter.revokeFailure = Optional.empty();
        sessions.recover().get();
        assertThat(journal.openLeases()).isEmpty();
    }

    @Test
    void recoveryLeavesTheLeaseOfALiveSessionAlone() throws Exception {
        ConsoleSession session = start("14494", "token-1");
        join(session.takeStream());

        sessions.recover().get();

        assertThat(adapter.asked).containsExactly("open 14494");
    }

    @Test
    void shuttingDownTakesEverythingBackAndTellsEverybody() {
        List<EndReason> told = new CopyOnWriteArrayList<>();
        ConsoleSession session = start("14494", "token-1");
        session.attach(told::add);
        join(session.takeStream());

        sessions.close();

        assertThat(told).containsExactly(EndReason.NODE_SHUTDOWN);
        assertThat(adapter.asked).contains("revoke 14494");
    }

    @Test
    void whatCouldNotBeTakenBackIsCountedUntilItHasBeen() throws Exception {
        adapter.revokeFailure = Optional.of(new AdapterException(AdapterException.Kind.TIMEOUT, "silent"));
        ConsoleSession session = start("14494", "token-1");
        join(session.takeStream());
        assertThat(sessions.releasesPending()).isZero();

        session.end(EndReason.CLOSED_BY_CUSTOMER);
        await().untilAsserted(() -> assertThat(sessions.releasesPending()).isEqualTo(1));
        await().until(() -> adapter.asked.contains("revoke 14494"));
        adapter.revokeFailure = Optional.empty();
        sessions.recover().get();

        assertThat(sessions.releasesPending()).isZero();
    }

    @Test
    void whatCouldNotBeTakenBackAtAnEndIsTakenBackBeforeTheServerIsOpenedAgain() {
        ConsoleSession older = start("14494", "token-1");
        join(older.takeStream());
        adapter.held = true;
        PendingStream opening = older.takeStream();
        await().until(() -> adapter.asked.size() == 2);
        List<PendingStream> crowd = Stream.generate(older::takeStream).limit(16).toList();
        older.end(EndReason.CLOSED_BY_CUSTOMER);
        assertThat(sessions.releasesPending()).as("too much waits for the server").isEqualTo(1);
        adapter.held = false;
        // The one that is being opened comes last, so that none of the others is opened.
        crowd.forEach(PendingStream::abandon);
        opening.abandon();
        await().ignoreExceptions().until(() -> sessions.operate(server("14494"), vendor -> true));
        adapter.asked.clear();

        ConsoleSession newer = start("14494", "token-2");
        join(newer.takeStream());

        assertThat(adapter.asked).containsExactly("revoke 14494", "open 14494");
        assertThat(sessions.releasesPending()).isZero();
    }

    @Test
    void aVendorIsNotAskedForASessionThatHasEnded() {
        ConsoleSession session = start("14494", "token-1");
        join(session.takeStream());
        session.end(EndReason.CLOSED_BY_CUSTOMER);

        assertThatThrownBy(() -> join(session.takeStream())).hasCauseInstanceOf(AdapterException.class);

        await().until(() -> adapter.asked.contains("revoke 14494"));
        assertThat(adapter.asked).containsExactly("open 14494", "revoke 14494");
    }

    @Test
    void aSessionWhoseMachineStoodStillEndsAtItsDeadlineAllTheSame() {
        ConsoleSession session = start("14494", "token-1");
        join(session.takeStream());

        clock.advance(Duration.ofHours(2).plusSeconds(10));

        await().until(() -> session.ended().equals(Optional.of(EndReason.EXPIRED)));
        await().until(() -> journal.openLeases().isEmpty());
    }
}
