package org.serverconsole.guacamole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.apache.guacamole.net.auth.GuacamoleProxyConfiguration;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.Timeout;
import org.serverconsole.access.References;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeGuacd;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.SessionRules;
import org.serverconsole.session.Viewer;

@Timeout(60)
class WatchingSocketTest {

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Integer> told = new CopyOnWriteArrayList<>();
    private FakeGuacd guacd;
    private Journal journal;
    private ConsoleSessions sessions;
    private ConsoleSession session;

    @BeforeEach
    void open() throws Exception {
        guacd = new FakeGuacd();
        journal = Journal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        sessions = new ConsoleSessions(Clock.systemUTC(), journal, Map.of("scripted", new NoConsole()),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(8), 10, 10), id -> Optional.empty(), timer, List.of());
        session = sessions.start("key", new Server("14494", "web-14494", "scripted", Secret.NONE, Secret.NONE, Map.of()),
                "customer", "token", record -> true).orElseThrow();
        session.attach(new Viewer() {
            @Override
            public void cut(EndReason reason) {
                told.add(-1);
            }

            @Override
            public void watchers(int count) {
                told.add(count);
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        sessions.close();
        journal.close();
        guacd.close();
        timer.shutdownNow();
        threads.shutdownNow();
    }

    @Test
    void whoLooksOnJoinsTheDisplayOfTheCustomerReadOnly() throws Exception {
        session.showing("$customers");
        WatchingSocket watcher = watch();
        FakeGuacd.Connection joined = guacd.take();
        joined.send("name", "QEMU (vendor's own name)");
        joined.sendFrame();

        assertThat(joined.protocol()).isEqualTo("$customers");
        assertThat(joined.parameters()).containsEntry("read-only", "true").doesNotContainKeys("hostname", "port", "password");
        assertThat(until(watcher, "sync")).containsExactly("name", "msg", "size", "rect", "sync");
        assertThat(told).containsExactly(1);
    }

    @Test
    void nothingThatHeSendsArrives() throws Exception {
        session.showing("$customers");
        WatchingSocket watcher = watch();
        FakeGuacd.Connection joined = guacd.take();
        for (String opcode : List.of("key", "mouse", "clipboard", "blob", "size", "disconnect", "sync", "argv")) {
            watcher.writeInstruction(new GuacamoleInstruction(opcode, "97", "1"));
            watcher.write(new GuacamoleInstruction(opcode, "97", "1").toString().toCharArray());
        }
        joined.sendFrame();
        until(watcher, "sync");
        watcher.close();
        await().until(joined::ended);

        assertThat(joined.received()).isEmpty();
    }

    @Test
    void heWaitsForADisplayAndFollowsToTheNext() throws Exception {
        WatchingSocket watcher = watch();
        session.showing("$first");
        FakeGuacd.Connection first = guacd.take();
        session.notShowing("$first");
        await().until(first::ended);

        session.showing("$second");
        session.notShowing("$first");
        FakeGuacd.Connection second = guacd.take();
        second.sendFrame();
        assertThat(second.protocol()).isEqualTo("$second");
        assertThat(until(watcher, "sync")).contains("size");
        assertThat(second.ended()).isFalse();
    }

    @Test
    void aDisplayThatGuacdDropsIsJoinedAgainAndItsErrorIsNotShown() throws Exception {
        session.showing("$customers");
        WatchingSocket watcher = watch();
        guacd.take().send("error", "Aborted.", "519");
        FakeGuacd.Connection again = guacd.take();
        again.sendFrame();

        assertThat(until(watcher, "sync")).doesNotContain("error");
        again.close();
        assertThat(guacd.take().protocol()).isEqualTo("$customers");
    }

    @Test
    void theEndOfTheSessionIsTheEndForAllWhoLookOn() throws Exception {
        session.showing("$customers");
        List<WatchingSocket> watchers = List.of(watch(), watch(), watch());
        List<FakeGuacd.Connection> joined = List.of(guacd.take(), guacd.take(), guacd.take());
        assertThat(told).containsExactly(1, 2, 3);

        session.end(EndReason.REVOKED);
        for (WatchingSocket watcher : watchers) {
            GuacamoleInstruction error = next(watcher, "error");
            assertThat(error.getArgs().get(0)).matches("[A-Z2-9]{6}");
            assertThat(error.getArgs().get(1)).isEqualTo(Integer.toString(ConsoleStatus.REVOKED.code()));
            assertThat(watcher.read()).isNull();
            assertThat(watcher.isOpen()).isFalse();
        }
        joined.forEach(connection -> await().until(connection::ended));
    }

    @Test
    void whoComesAfterTheEndIsToldSo() throws Exception {
        session.end(EndReason.EXPIRED);

        assertThat(next(watch(), "error").getArgs().get(1)).isEqualTo(Integer.toString(ConsoleStatus.EXPIRED.code()));
    }

    @ParameterizedTest
    @EnumSource(value = EndReason.class, names = {"CLOSED_BY_CUSTOMER", "SUPERSEDED"})
    void whatTheCustomerDidIsNotToldAsIfTheReaderHadDoneIt(EndReason reason) throws Exception {
        session.end(reason);

        assertThat(next(watch(), "error").getArgs().get(1)).isEqualTo(Integer.toString(ConsoleStatus.LEFT_BY_CUSTOMER.code()));
    }

    @Test
    void whoLeavesIsCountedNoMoreAndTheConsoleGoesOn() throws Exception {
        session.showing("$customers");
        WatchingSocket watcher = watch();
        FakeGuacd.Connection joined = guacd.take();
        watcher.close();
        watcher.close();

        await().until(joined::ended);
        assertThat(told).containsExactly(1, 0);
        assertThat(session.ended()).isEmpty();
        assertThat(until(watcher, "end")).doesNotContain("error");
    }

    @Test
    void whoIsTooSlowKeepsGuacdFromNothingAndSkipsToThePresent() throws Exception {
        session.showing("$customers");
        WatchingSocket watcher = watch();
        FakeGuacd.Connection slow = guacd.take();
        String part = "A".repeat(8000);
        for (int i = 0; i < 1010 && !slow.ended(); i++) {
            slow.send("blob", "1", part);
        }
        FakeGuacd.Connection present = guacd.take();
        present.sendFrame();

        await().until(slow::ended);
        assertThat(until(watcher, "sync")).containsExactly("size", "rect", "sync");
    }

    private WatchingSocket watch() {
        return new WatchingSocket(session,
                new Guacd(new GuacamoleProxyConfiguration("127.0.0.1", guacd.port(), false), "127.0.0.1", Optional.empty()),
                new GuacamoleClientInformation(), new References(new SecureRandom()), threads);
    }

    /** The opcodes up to that one, which may be "end". */
    private static List<String> until(WatchingSocket watcher, String last) throws Exception {
        List<String> opcodes = new ArrayList<>();
        while (!opcodes.contains(last)) {
            GuacamoleInstruction instruction = watcher.readInstruction();
            opcodes.add(instruction == null ? "end" : instruction.getOpcode());
            opcodes.remove("nop");
        }
        return opcodes;
    }

    private static GuacamoleInstruction next(WatchingSocket watcher, String opcode) throws Exception {
        GuacamoleInstruction instruction = watcher.readInstruction();
        while (!instruction.getOpcode().equals(opcode)) {
            instruction = watcher.readInstruction();
        }
        return instruction;
    }
}
