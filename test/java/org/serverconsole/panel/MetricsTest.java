package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

class MetricsTest {

    private SmallHouse house;

    @BeforeEach
    void open() throws Exception {
        house = new SmallHouse();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void opensAreCountedByTypeAndByWhatCameOfThem() throws Exception {
        house.start("14494", "c-17");
        house.start("20110", "c-17");
        has("console_opens_total{outcome=\"OK\",type=\"plain\"} 2.0");

        house.failure = Optional.of(AdapterException.Kind.POWERED_OFF);
        house.start("30000", "c-17");

        has("console_opens_total{outcome=\"POWERED_OFF\",type=\"plain\"} 1.0");
    }

    @Test
    void howLongAnOpenTookIsAHistogram() throws Exception {
        house.start("14494", "c-17");

        has("console_open_duration_seconds_count{outcome=\"OK\",type=\"plain\"} 1");
        has("console_open_duration_seconds_bucket{outcome=\"OK\",type=\"plain\",le=\"30.0\"} 1");
    }

    @Test
    void liveConsolesAndTheirEndsAreTold() throws Exception {
        ConsoleSession session = house.start("14494", "c-17");
        house.start("20110", "c-17");
        session.attach(reason -> { });
        has("console_live 2.0");
        has("console_viewed 1.0");

        session.end(EndReason.REVOKED);

        has("console_live 1.0");
        has("console_viewed 0.0");
        has("console_ends_total{reason=\"REVOKED\"} 1.0");
    }

    @Test
    void consolesThatTheirServerHasClosedAreCountedByType() throws Exception {
        house.start("14494", "c-17").lost();

        has("console_lost_total{type=\"plain\"} 1.0");
    }

    @Test
    void refusedPinsAreCountedFromZero() {
        has("console_pin_refusals_total{reason=\"PIN_LOCKED\"} 0.0");

        house.metrics.pinRefused(Refusal.PIN_LOCKED);
        house.metrics.pinRefused(Refusal.TOKEN);

        has("console_pin_refusals_total{reason=\"PIN_LOCKED\"} 1.0");
        assertThat(house.metrics.scrape()).doesNotContain("reason=\"TOKEN\"");
    }

    @Test
    void drainingAndPendingReleasesAreThere() {
        has("console_draining 0.0");
        has("console_releases_pending 0.0");

        house.sessions.drain(true);

        has("console_draining 1.0");
    }

    @Test
    void neitherServersNorCustomersAreNamed() throws Exception {
        house.start("14494", "c-17");
        has("console_live 1.0");

        assertThat(house.metrics.scrape()).doesNotContain("14494", "c-17");
    }

    private void has(String line) {
        await().untilAsserted(() -> assertThat(house.metrics.scrape().lines()).contains(line));
    }
}
