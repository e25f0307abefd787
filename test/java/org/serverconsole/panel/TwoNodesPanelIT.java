package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.parts.Postgres;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

/** The panel's API of two nodes that share a journal in a real PostgreSQL. */
@Timeout(60)
class TwoNodesPanelIT {

    @TempDir
    static Path folder;

    private static Postgres postgres;

    private PanelRig one;
    private PanelRig two;

    @BeforeAll
    static void start() throws Exception {
        postgres = Postgres.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void open() throws Exception {
        one = node();
        two = node();
    }

    private static PanelRig node() throws Exception {
        PanelRig node = new PanelRig(Map.of("console-journal", postgres.url()));
        node.sessions.recover().get();
        return node;
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    @Test
    void recreatingAtOneNodeEndsTheSessionThereIsAtTheOther() throws Exception {
        ConsoleSession older = one.open(ask(one, "novnc", "14494"));

        assertThat(ask(two, "recreate_novnc", "14494").status()).isEqualTo(200);

        await().until(() -> older.ended().equals(Optional.of(EndReason.CLOSED_BY_PANEL)));
    }

    @Test
    void aLoginUrlMadeWorthlessAtOneNodeLeavesTheConsoleAtTheOtherAlone() throws Exception {
        ConsoleSession open = one.open(ask(one, "novnc", "20110"));
        PanelAnswer unused = ask(two, "novnc", "20110");

        assertThat(two.call("action", "stop_novnc", "token", two.token("20110"), "key", unused.key()).status()).isEqualTo(200);

        assertThat(one.journal.wishes()).isEmpty();
        assertThat(open.ended()).isEmpty();
        assertThat(two.call("action", "check_novnc", "token", two.token("20110"), "key", unused.key()).body().toString())
                .contains("state=ended", "end_reason=CLOSED_BY_PANEL");
    }

    private static PanelAnswer ask(PanelRig node, String action, String server) {
        return node.call("action", action, "token", node.token(server), "id", server, "pin", PanelRig.PIN);
    }
}
