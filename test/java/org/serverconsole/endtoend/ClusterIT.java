package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.endtoend.Cluster.Ticket;
import org.serverconsole.fake.FakeBox.Stall;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.host.RawHttp;

/** Two nodes that are asked at once, whose guacd and BMCs go away, and of which one is restarted while the other goes on. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {

    private static final String RACE = "race";
    private static final String GUESSED = "guessed";
    private static final String GUACD = "guacd";
    private static final String BACK = "back";
    private static final String STOPPED = "stopped";
    private static final String LEAVES = "leaves";
    private static final String MOVES = "moves";
    private static final String STAYS = "stays";

    private static final int NODE_SHUTDOWN = 0x255;
    private static final int CONSOLE_LOST = 0x256;
    private static final int INTERNAL = 0x269;
    private static final int CALLERS = 50;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

    @TempDir
    private static Path folder;

    private static Cluster cluster;
    private static GuacamoleProcess one;
    private static GuacamoleProcess two;

    @BeforeAll
    static void start() throws Exception {
        cluster = new Cluster(folder, RACE, GUESSED, GUACD, BACK, STOPPED, LEAVES, MOVES, STAYS);
        cluster.impatientAt(STOPPED, 5);
        List<GuacamoleProcess> nodes = cluster.nodes(cluster.postgres().url(), cluster.postgres().url());
        one = nodes.get(0);
        two = nodes.get(1);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    @Test
    @Order(1)
    void ofTwoHundredRedemptionsOfOneTicketAtTwoNodesOneOpensASession() throws Exception {
        Ticket ticket = cluster.ticket(one, RACE);

        Map<Integer, Long> answers = atOnce(caller -> {
            List<Integer> mine = new ArrayList<>();
            try (RawHttp http = new RawHttp(caller % 2 == 0 ? one.url() : two.url())) {
                for (int i = 0; i < 200 / CALLERS; i++) {
                    mine.add(http.send("POST", "api/tokens", FORM, ticket.parameters().getBytes(StandardCharsets.UTF_8)).status());
                }
            }
            return mine;
        });

        assertThat(answers.get(200)).as("answers by status: " + answers).isEqualTo(1);
        assertThat(answers.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(200);
        assertThat(cluster.select("SELECT id FROM console_session WHERE server_id = '" + RACE + "'")).containsExactly(ticket.key());
        new NothingLost(cluster, one).after("two nodes racing for one ticket", 200, List.of(), List.of());
    }

    @Test
    @Order(2)
    void ofTenThousandGuessesAtTwoNodesFiveAreEvaluated() throws Exception {
        Map<String, Long> answers = atOnce(caller -> {
            List<String> mine = new ArrayList<>();
            try (RawHttp http = new RawHttp(caller % 2 == 0 ? one.url() : two.url())) {
                for (int i = 0; i < 10_000 / CALLERS; i++) {
                    String guess = cluster.link(GUESSED).withPin("9" + (1000 + i)).parameters();
                    mine.add(new ObjectMapper().readTree(http.send("POST", "api/tokens", FORM,
                            guess.getBytes(StandardCharsets.UTF_8)).body()).at("/translatableMessage/key").asText());
                }
            }
            return mine;
        });

        assertThat(answers.get("CONSOLE.PIN_WRONG")).as("answers: " + answers).isEqualTo(5);
        assertThat(answers).containsOnlyKeys("CONSOLE.PIN_WRONG", "CONSOLE.PIN_LOCKED", "CONSOLE.TOO_MANY");
        new NothingLost(cluster, one).after("two nodes racing for one PIN lock", 10_000, List.of(), List.of());
    }

    @Test
    @Order(3)
    void twoNodesThatOpenOneServersConsoleAtOnceLeaveOne() throws Exception {
        int rounds = 5;
        for (int i = 0; i < rounds; i++) {
            Ticket here = cluster.ticket(one, RACE);
            Ticket there = cluster.ticket(two, RACE);
            List<Future<Customer>> both = new ArrayList<>();
            ExecutorService callers = Executors.newFixedThreadPool(2);
            both.add(callers.submit(() -> cluster.customer(one, here)));
            both.add(callers.submit(() -> cluster.customer(two, there)));
            both.get(0).get();
            both.get(1).get();
            callers.shutdown();
            await().atMost(SOON).until(() -> cluster.select("SELECT id FROM console_session WHERE ended IS NULL AND server_id = '"
                    + RACE + "'").size() == 1 && cluster.box(RACE).viewers() == 1);
            await().atMost(SOON).until(() -> cluster.select("SELECT id FROM lease WHERE released IS NULL AND server_id = '"
                    + RACE + "'").size() == 1);
        }
        String winner = cluster.select("SELECT id FROM console_session WHERE ended IS NULL AND server_id = '" + RACE + "'").get(0);
        assertThat(cluster.box(RACE).isOpen()).isTrue();
        new NothingLost(cluster, one).after("two nodes racing for one server's console and its lease", rounds, List.of(), List.of());
        cluster.panel(one, "stop_novnc", RACE, "&key=" + winner);
        await().atMost(SOON).until(() -> !cluster.box(RACE).isOpen());
    }

    @Test
    @Order(4)
    void aConsoleWhoseGuacdIsKilledComesBackWithIt() throws Exception {
        Customer customer = shown(one, GUACD);

        cluster.guacd().close();

        await().atMost(SOON).until(() -> customer.told().equals(Optional.of(INTERNAL)));
        cluster.guacd().startAgain();
        new NothingLost(cluster, one).after("guacd killed mid-session", 1, List.of(customer.show()), List.of());
    }

    @Test
    @Order(5)
    void aConsoleWhoseBmcIsUnpluggedComesBackWithItOrIsTakenBackThen() throws Exception {
        Customer back = shown(one, BACK);
        Customer stopped = shown(two, STOPPED);
        cluster.box(BACK).stall(Stall.UNPLUGGED);
        cluster.box(STOPPED).stall(Stall.UNPLUGGED);
        await().atMost(SOON).until(() -> back.told().equals(Optional.of(CONSOLE_LOST)));
        await().atMost(SOON).until(() -> stopped.told().equals(Optional.of(CONSOLE_LOST)));
        int asked = cluster.box(STOPPED).stalled();
        cluster.panel(one, "stop_novnc", STOPPED, "&key=" + stopped.key());
        await().atMost(SOON).until(() -> cluster.box(STOPPED).stalled() > asked);
        assertThat(cluster.box(STOPPED).isOpen()).isTrue();

        cluster.box(BACK).stall(Stall.NOWHERE);
        cluster.box(STOPPED).stall(Stall.NOWHERE);

        new NothingLost(cluster, one).after("BMC unplugged mid-session", 2, List.of(back.show()), List.of(stopped));
        assertThat(cluster.endReason(stopped.key())).contains("CLOSED_BY_PANEL");
    }

    @Test
    @Order(6)
    void aNodeIsDrainedAndStoppedAndNothingOfItIsLost() throws Exception {
        Customer leaves = shown(one, LEAVES);
        Customer stays = shown(two, STAYS);
        assertThat(Cluster.refusal(cluster.login(one, cluster.watching(STAYS)))).isEqualTo("CONSOLE.WATCH_ELSEWHERE");
        Ticket moves = cluster.ticket(one, MOVES);
        long ends = cluster.select("SELECT id FROM audit WHERE action = 'end'").size();
        cluster.operator(one, "drain");
        int frames = leaves.frames();
        leaves.press();
        await().until(() -> leaves.frames() > frames);
        assertThat(Cluster.refusal(cluster.login(one, moves.parameters()))).isEqualTo("CONSOLE.DRAINING");

        one.close();

        await().atMost(SOON).until(() -> leaves.told().equals(Optional.of(NODE_SHUTDOWN)));
        Customer moved = cluster.customer(two, moves).show();
        new NothingLost(cluster, two).after("node drained and stopped", 3, List.of(stays, moved), List.of(leaves));
        assertThat(cluster.endReason(leaves.key())).contains("NODE_SHUTDOWN");
        assertThat(Cluster.refusal(cluster.login(two, cluster.link(GUESSED).withPin(House.PIN).parameters())))
                .as("a lock that the node that left has set").isEqualTo("CONSOLE.PIN_LOCKED");
        assertThat(cluster.select("SELECT server_id FROM audit WHERE action = 'operator.drain' OR action = 'login' AND outcome IN"
                + " ('DRAINING', 'OK') AND server_id IN ('" + LEAVES + "', '" + MOVES + "')")).as("the audit").hasSize(4);
        assertThat(cluster.select("SELECT id FROM audit WHERE action = 'end'").size()).as("live at that node").isGreaterThan((int) ends);
        assertThat(cluster.select("SELECT id FROM console_session s WHERE ended IS NOT NULL AND NOT EXISTS"
                + " (SELECT 1 FROM audit a WHERE a.action = 'end' AND a.session_id = s.id)")).isEmpty();
    }

    private static Customer shown(GuacamoleProcess node, String server) throws Exception {
        Customer customer = cluster.customer(node, server).show();
        await().atMost(SOON).until(() -> customer.frames() > 0);
        return customer;
    }

    @FunctionalInterface
    private interface Caller<T> {
        List<T> call(int number) throws Exception;
    }

    /** How often each answer was given. */
    private static <T> Map<T, Long> atOnce(Caller<T> caller) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Callable<List<T>>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                int number = i;
                calls.add(() -> caller.call(number));
            }
            List<T> answers = new ArrayList<>();
            for (Future<List<T>> answer : callers.invokeAll(calls)) {
                answers.addAll(answer.get());
            }
            return answers.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        } finally {
            callers.shutdownNow();
        }
    }
}
