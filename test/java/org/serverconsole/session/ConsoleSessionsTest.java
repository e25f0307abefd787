package org.serverconsole.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening.Step;
import org.slf4j.LoggerFactory;

class ConsoleSessionsTest extends ConsoleSessionsFixture {

    @Test
    void theFirstViewerGetsTheStreamOpenedAtLoginAndTheNextOneANewOne() {
        ConsoleSession session = start("14494", "token-1");

        ConsoleStream first = join(session.takeStream());
        ConsoleStream second = join(session.takeStream());

        assertThat(adapter.channels.get(0)).isSameAs(first.channel());
        assertThat(adapter.channels.get(1)).isSameAs(second.channel());
        assertThat(adapter.channels).hasSize(2);
    }

    @Test
    void aStreamThatBrokeBeforeAnybodyCameIsOpenedAnew() {
        ConsoleSession session = start("14494", "token-1");
        await().until(() -> adapter.channels.size() == 1);
        adapter.channels.get(0).close();

        assertThat(join(session.takeStream()).channel().isActive()).isTrue();
        assertThat(adapter.channels).hasSize(2);
    }

    @Test
    void aFailureAtLoginIsToldToTheFirstViewerAndTheNextOneTriesAgain() {
        adapter.openFailure = Optional.of(new AdapterException(AdapterException.Kind.POWERED_OFF, "down"));
        ConsoleSession session = start("14494", "token-1");
        PendingStream failed = session.takeStream();
        assertThatThrownBy(() -> join(failed)).hasCause(adapter.openFailure.get());

        adapter.openFailure = Optional.empty();

        assertThat(join(session.takeStream()).channel().isActive()).isTrue();
    }

    @Test
    void aTokenUsedBeforeStartsNothing() throws Exception {
        Optional<ConsoleSession> session =
                sessions.start(UUID.randomUUID().toString(), server("14494"), "customer", "token-1", record -> false);

        assertThat(session).isEmpty();
        assertThat(adapter.asked).isEmpty();
    }

    @Test
    void aNewerConsoleOfTheSameServerSupersedesTheOlderAndItsLeaseIsTakenBackBeforeTheVendorIsAskedAgain() {
        List<EndReason> told = new CopyOnWriteArrayList<>();
        ConsoleSession older = start("14494", "token-1");
        older.attach(told::add);
        join(older.takeStream());

        ConsoleSession newer = start("14494", "token-2");
        join(newer.takeStream());

        assertThat(told).containsExactly(EndReason.SUPERSEDED);
        assertThat(older.ended()).contains(EndReason.SUPERSEDED);
        assertThat(newer.ended()).isEmpty();
        assertThat(adapter.asked).containsExactly("open 14494", "revoke 14494", "open 14494");
    }

    @Test
    void consolesOfDifferentServersLiveSideBySide() {
        ConsoleSession one = start("14494", "token-1");
        ConsoleSession other = start("20110", "token-2");

        assertThat(one.ended()).isEmpty();
        assertThat(other.ended()).isEmpty();
    }

    @Test
    void theDeadlineCutsTheViewerAndTakesBackWhatTheVendorGranted() {
        sessions.close();
        sessions = sessions(Duration.ofMillis(300));
        List<EndReason> told = new CopyOnWriteArrayList<>();
        ConsoleSession session = start("14494", "token-1");
        session.attach(told::add);

        await().untilAsserted(() -> assertThat(told).containsExactly(EndReason.EXPIRED));
        await().untilAsserted(() -> assertThat(adapter.asked).contains("revoke 14494"));
        await().untilAsserted(() -> assertThat(journal.openLeases()).isEmpty());
        assertThat(sessions.recentEnd("token-1")).contains(EndReason.EXPIRED);
    }

    @Test
    void extendingMovesTheDeadlineToAWholeDurationFromNowAndNeverBeyondTheLimit() {
        List<Duration> told = new ArrayList<>();
        ConsoleSession session = start("14494", "token-1");
        session.attach(new Viewer() {
            @Override
            public void cut(EndReason reason) { }

            @Override
            public void timeLeft(Duration left) {
                told.add(left);
            }
        });

        assertThat(session.extend()).as("nothing gained yet").isFalse();
        clock.advance(Duration.ofHours(1));
        assertThat(session.extend()).isTrue();
        assertThat(session.deadline()).isEqualTo(NOW.plus(Duration.ofHours(3)));
        clock.advance(Duration.ofMinutes(150));
        assertThat(session.extend()).isTrue();
        assertThat(session.deadline()).isEqualTo(NOW.plus(Duration.ofHours(5)));
        clock.advance(Duration.ofMinutes(15));
        assertThat(session.extend()).as("at the limit").isFalse();

        assertThat(told).containsExactly(Duration.ofHours(2), Duration.ofMinutes(90));
    }

    @Test
    void aSessionThatHasEndedIsNotExtended() {
        ConsoleSession session = start("14494", "token-1");
        session.end(EndReason.CLOSED_BY_PANEL);
        clock.advance(Duration.ofHours(1));

        assertThat(session.extend()).isFalse();
        assertThat(session.deadline()).isEqualTo(NOW.plus(Duration.ofHours(2)));
    }

    @Test
    void anExtendedSessionOutlivesItsFirstDeadlineAndEndsAtItsNewOne() {
        sessions.close();
        sessions = sessions(Duration.ofMillis(400));
        List<EndReason> told = new CopyOnWriteArrayList<>();
        ConsoleSession session = start("14494", "token-1");
        session.attach(told::add);
        long before = timer.getTaskCount();
        clock.advance(Duration.ofMillis(200));

        assertThat(session.extend()).isTrue();

        assertThat(timer.getTaskCount()).isGreaterThan(before);
        await().untilAsserted(() -> assertThat(told).containsExactly(EndReason.EXPIRED));
        assertThat(session.deadline()).isEqualTo(NOW.plusMillis(600));
    }

    @Test
    void liveSessionsAreFoundByKeyAndByServer() {
        ConsoleSession one = start("14494", "token-1");
        ConsoleSession other = start("20110", "token-2");
        other.end(EndReason.CLOSED_BY_PANEL);

        assertThat(sessions.live()).containsExactly(one);
        assertThat(sessions.find(one.id())).contains(one);
        assertThat(sessions.ofServer("14494")).contains(one);
        assertThat(sessions.find(other.id())).isEmpty();
        assertThat(sessions.ofServer("20110")).isEmpty();
    }

    @Test
    void anOperationWaitsForItsServersTurnAndTellsWhatTheVendorSaid() throws Exception {
        adapter.held = true;
        ConsoleSession session = start("14494", "token-1");
        await().until(() -> adapter.asked.contains("open 14494"));
        ExecutorService caller = Executors.newSingleThreadExecutor();
        Future<String> answer = caller.submit(() -> sessions.operate(server("14494"), asked -> {
            adapter.asked.add("power");
            return "on";
        }));
        String other = sessions.operate(server("20110"), ConsoleAdapter::type);
        assertThat(other).isEqualTo("scripted");
        assertThat(adapter.asked).doesNotContain("power");

        adapter.permits.add("go on");

        assertThat(answer.get()).isEqualTo("on");
        assertThat(session.ended()).isEmpty();
        caller.shutdown();
    }

    @Test
    void anOperationTheVendorRefusesIsRefusedInItsWords() {
        AdapterException refusal = new AdapterException(AdapterException.Kind.UNSUPPORTED, "no power control");

        assertThatThrownBy(() -> sessions.operate(server("14494"), asked -> {
            throw refusal;
        })).isInstanceOf(AdapterException.class).hasMessage("no power control").hasCause(refusal);
    }

    @Test
    void aStreamNobodyTookIsClosedWhenTheSessionEnds() {
        ConsoleSession session = start("14494", "token-1");
        await().until(() -> adapter.channels.size() == 1);

        session.end(EndReason.CLOSED_BY_CUSTOMER);

        await().until(() -> !adapter.channels.get(0).isOpen());
    }

    @Test
    void endingASessionInterruptsAVendorThatIsBeingAsked() {
        adapter.held = true;
        ConsoleSession session = start("14494", "token-1");
        await().until(() -> adapter.asked.contains("open 14494"));

        session.end(EndReason.CLOSED_BY_CUSTOMER);

        await().untilAsserted(() -> assertThat(adapter.asked).contains("revoke 14494"));
    }

    @Test
    void onlyTheLatestViewerSeesTheConsole() {
        List<String> told = new ArrayList<>();
        ConsoleSession session = start("14494", "token-1");
        session.attach(reason -> told.add("first " + reason));
        session.attach(reason -> told.add("second " + reason));

        session.end(EndReason.EXPIRED);
        session.attach(reason -> told.add("late " + reason));

        assertThat(told).containsExactly("first SUPERSEDED", "second EXPIRED", "late EXPIRED");
    }

    @Test
    void aViewerThatLeftIsNotToldAnythingMore() {
        List<EndReason> told = new ArrayList<>();
        ConsoleSession session = start("14494", "token-1");
        Viewer viewer = told::add;
        session.attach(viewer);
        session.detach(viewer);

        session.end(EndReason.EXPIRED);

        assertThat(told).isEmpty();
    }

    @Test
    void theStepsAreToldToWhoeverWaits() {
        List<Step> steps = new CopyOnWriteArrayList<>();
        adapter.held = true;
        ConsoleSession session = start("14494", "token-1");
        PendingStream pending = session.takeStream();
        pending.onStep(steps::add);
        adapter.held = false;
        adapter.permits.add("go on");

        join(pending);

        assertThat(steps).startsWith(Step.ASKING_VENDOR).endsWith(Step.CONNECTING_CONSOLE);
    }

    @Test
    void ofAHundredRedemptionsOfOneTokenAtOnceExactlyOneStartsASession() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(20);
        List<Future<Optional<ConsoleSession>>> results = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            results.add(clients.submit(() -> sessions.start(UUID.randomUUID().toString(), server("14494"), "customer", "token-1",
                    record -> journal.redeem("token-1", NOW.plusSeconds(600), record))));
        }
        int started = 0;
        for (Future<Optional<ConsoleSession>> result : results) {
            started += result.get().isPresent() ? 1 : 0;
        }
        clients.shutdown();

        assertThat(started).isEqualTo(1);
    }

    @Test
    void beyondACustomersLimitNothingStartsAndTheTokenStaysGood() {
        start("14494", "token-1");
        start("20110", "token-2");

        assertThatThrownBy(() -> sessions.start("key-3", server("30000"), "customer", "token-3",
                record -> journal.redeem("token-3", NOW.plusSeconds(600), record)))
                .isInstanceOf(NoRoomException.class).hasMessageContaining("console-max-sessions-per-customer: 2 ");

        sessions.ofServer("14494").orElseThrow().end(EndReason.CLOSED_BY_CUSTOMER);
        assertThat(start("30000", "token-3").ended()).isEmpty();
    }

    @Test
    void aTokenUsedBeforeTakesNoPlace() throws Exception {
        for (int i = 0; i < 5; i++) {
            sessions.start("key-" + i, server("server-" + i), "customer", "used", record -> false);
        }

        start("14494", "token-1");
        start("20110", "token-2");
    }

    @Test
    void aDrainedNodeStartsNothingAndItsRunningConsolesGoOn() {
        ConsoleSession running = start("14494", "token-1");
        join(running.takeStream());

        sessions.drain(true);

        assertThat(sessions.draining()).isTrue();
        assertThatThrownBy(() -> sessions.requireRoom("20110", "customer")).isInstanceOfSatisfying(NoRoomException.class,
                refused -> assertThat(refused.reason()).isEqualTo(NoRoomException.Reason.DRAINING));
        assertThat(running.ended()).isEmpty();
        assertThat(join(running.takeStream()).channel().isActive()).isTrue();
        clock.advance(Duration.ofHours(1));
        assertThat(running.extend()).isTrue();
        sessions.drain(false);
        assertThat(start("20110", "token-2").ended()).isEmpty();
    }

    @Test
    void listenersAreToldWhatBecomesOfASession() {
        ConsoleSession session = start("14494", "token-1");
        join(session.takeStream());
        adapter.openFailure = Optional.of(new AdapterException(AdapterException.Kind.POWERED_OFF, "down"));
        assertThatThrownBy(() -> join(session.takeStream())).hasCause(adapter.openFailure.get());
        clock.advance(Duration.ofHours(1));
        session.extend();
        session.end(EndReason.REVOKED);

        assertThat(events).extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Started", "Opened", "Failed", "Extended", "Ended");
        assertThat(events).allSatisfy(event -> assertThat(event.session()).isSameAs(session));
        assertThat(events.get(2)).isInstanceOfSatisfying(SessionEvent.Failed.class,
                failed -> assertThat(failed.kind()).contains(AdapterException.Kind.POWERED_OFF));
        assertThat(events.get(4)).isEqualTo(new SessionEvent.Ended(session, EndReason.REVOKED));
    }

    @Test
    void aListenerThatThrowsStopsNothing() {
        sessions.close();
        sessions = new ConsoleSessions(clock, journal, Map.of("scripted", adapter), RULES,
                id -> Optional.of(server(id)), timer, List.of(event -> {
                    throw new IllegalStateException("a listener's mistake, made on purpose");
                }, events::add));
        Level level = logger().getLevel();
        logger().setLevel(Level.OFF);
        try {
            ConsoleSession session = start("14494", "token-1");
            assertThat(join(session.takeStream()).channel().isActive()).isTrue();
            session.end(EndReason.EXPIRED);
        } finally {
            logger().setLevel(level);
        }

        assertThat(events).hasSize(3);
        await().untilAsserted(() -> assertThat(adapter.asked).contains("revoke 14494"));
    }

    @Test
    void viewersAreCounted() {
        ConsoleSession session = start("14494", "token-1");
        Viewer viewer = reason -> { };
        assertThat(session.viewers()).isZero();

        session.attach(viewer);
        assertThat(session.viewers()).isEqualTo(1);
        session.detach(viewer);

        assertThat(session.viewers()).isZero();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(ConsoleSessions.class);
    }
}
