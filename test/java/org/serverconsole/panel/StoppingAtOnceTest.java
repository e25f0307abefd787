package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.journal.Journal.SessionRecord;
import org.serverconsole.journal.Journal.TicketRecord;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

/** The panel stops a console at the very instant at which its customer opens it. */
class StoppingAtOnceTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConsoleThatIsStoppedWhileItIsBeingOpenedDoesNotStayOpen(boolean afterRedeeming) throws Exception {
        try (PanelRig rig = new PanelRig(Map.of())) {
            String key = (String) rig.call("action", "novnc", "token", rig.token("14494"), "id", "14494", "pin", PanelRig.PIN)
                    .body().get("Key");
            TicketRecord ticket = rig.journal.ticketOf(key).orElseThrow();
            AtomicInteger stopped = new AtomicInteger();

            Optional<ConsoleSession> opened = rig.sessions.start(
                    key, rig.servers.get("14494"), ticket.customer(), ticket.tokenHash(), session -> {
                        boolean first = afterRedeeming && redeem(rig, ticket, session);
                        stopped.set(rig.call("action", "stop_novnc", "token", rig.token("14494"), "key", key).status());
                        return first || redeem(rig, ticket, session);
                    });

            assertThat(stopped).hasValue(200);
            assertThat(opened.flatMap(ConsoleSession::ended).filter(EndReason.CLOSED_BY_PANEL::equals).isPresent() || opened.isEmpty())
                    .as("it does not stay open").isTrue();
            assertThat(rig.sessions.live()).isEmpty();
            assertThat(rig.sessions.expects(key)).isFalse();
        }
    }

    private static boolean redeem(PanelRig rig, TicketRecord ticket, SessionRecord session) {
        return rig.journal.redeem(ticket.tokenHash(), ticket.expires(), session);
    }
}
