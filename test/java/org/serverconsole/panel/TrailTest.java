package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.access.AccessException;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.access.Admission;
import org.serverconsole.access.SessionToken;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.NoRoomException;

class TrailTest {

    private SmallHouse house;
    private Trail trail;

    @BeforeEach
    void open() throws Exception {
        house = new SmallHouse();
        trail = new Trail(house.audit, house.metrics);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void whoeverIsLetInIsNamedWithServerAddressAndKey() {
        trail.admitted(Trail.LOGIN, admission(), "192.0.2.7");

        assertThat(house.audited("login")).containsExactly(AuditEvent.at(house.clock.instant(), "login", "OK")
                .server("14494").customer("c-17").address("192.0.2.7").key("key-1"));
        assertThat(house.metrics.scrape()).contains("console_requests_total{action=\"login\",outcome=\"OK\"} 1.0");
    }

    @Test
    void aRefusalCarriesItsReferenceAndTheReasonOfTheLog() {
        trail.refused("novnc", new AccessException(Refusal.NOT_SET_UP, "the inventory does not know the server"),
                "14494", "192.0.2.7", "K7F3Q9");

        assertThat(house.audited("novnc")).containsExactly(AuditEvent.at(house.clock.instant(), "novnc", "NOT_SET_UP")
                .server("14494").address("192.0.2.7").reason("K7F3Q9: the inventory does not know the server"));
    }

    @Test
    void wrongPinsAreCounted() {
        trail.refused("novnc", new AccessException(Refusal.PIN_WRONG, "the PIN is wrong"), "14494", "192.0.2.7", "K7F3Q9");

        assertThat(house.metrics.scrape()).contains("console_pin_refusals_total{reason=\"PIN_WRONG\"} 1.0",
                "console_requests_total{action=\"novnc\",outcome=\"PIN_WRONG\"} 1.0");
    }

    @Test
    void strangersWhoGuessDoNotFillTheAudit() {
        for (int i = 0; i < 500; i++) {
            trail.refused(Trail.LOGIN, new AccessException(Refusal.TOKEN, "forged"), "server-" + i, "192.0.2.7", "K7F3Q9");
        }

        assertThat(house.audited("login")).hasSizeLessThan(100);
        assertThat(house.metrics.scrape()).contains("console_requests_total{action=\"login\",outcome=\"TOKEN\"} 500.0");
    }

    @Test
    void whatAVendorDidNotDoIsCounted() {
        trail.failed("reboot", new AdapterException(AdapterException.Kind.TIMEOUT, "silent"), "c-17", "14494", "192.0.2.7", "K7F3Q9");

        assertThat(house.metrics.scrape()).contains("console_requests_total{action=\"reboot\",outcome=\"VENDOR_TIMEOUT\"} 1.0");
    }

    @Test
    void whoeverFindsNoRoomIsToldApartFromARefusal() throws Exception {
        house.sessions.drain(true);
        NoRoomException full = catchThrowableOfType(
                NoRoomException.class, () -> house.sessions.requireRoom("14494", "c-17"));

        trail.noRoom(Trail.LOGIN, full, admission(), "192.0.2.7", "K7F3Q9");

        assertThat(house.audited("login")).singleElement().satisfies(event -> {
            assertThat(event.outcome()).isEqualTo("DRAINING");
            assertThat(event.customer()).contains("c-17");
            assertThat(event.reason().orElseThrow()).startsWith("K7F3Q9: ");
        });
    }

    @Test
    void aSessionsLifeIsInTheAuditFromOpenToEnd() throws Exception {
        ConsoleSession session = house.start("14494", "c-17");
        await().until(() -> house.audited("open").size() == 1);
        house.clock.advance(Duration.ofHours(1));
        session.extend();
        session.end(EndReason.CLOSED_BY_PANEL);

        List<AuditEvent> events = List.of(
                house.audited("open").get(0), house.audited("extend").get(0), house.audited("end").get(0));
        assertThat(events).allSatisfy(event -> {
            assertThat(event.outcome()).isEqualTo("OK");
            assertThat(event.server()).contains("14494");
            assertThat(event.customer()).contains("c-17");
            assertThat(event.key()).contains(session.id());
        });
        assertThat(events.get(0).reason().orElseThrow()).matches("plain answered in [0-9]+ ms");
        assertThat(events.get(1).reason()).contains("until 2026-03-01T06:00:00Z");
        assertThat(events.get(2).reason()).contains("CLOSED_BY_PANEL");
    }

    private Admission admission() {
        return new Admission(new Server("14494", "web", "plain", Secret.NONE, Secret.NONE, Map.of()),
                new SessionToken("c-17", Set.of("14494"), house.clock.instant().plusSeconds(60), "jti",
                        Optional.empty(), Optional.empty(), SessionToken.Mode.CONTROL),
                "key-1", "hash");
    }
}
