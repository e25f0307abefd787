package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.serverconsole.fake.FakeVm;

/** What a crash leaves at a vendor, and what a restart tells the customer. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class CrashIT {

    private final Shared shared;

    CrashIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void aConsoleThatARestartHasEndedSaysSo(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = new OurPage(shared.chromium().tab(), house.url());
        page.open(house.link(House.VM_SERVER).withPin(House.PIN));
        page.awaitPicture(ConsolePage.BLUE);
        page.tab().waitForFunction("() => performance.getEntriesByType('resource').some(file => file.name.includes('translations/'))");

        house.guacamole().restart();

        page.awaitState("ended");
        assertThat(page.text()).containsPattern("The console service (was|is being) restarted\\. Please open the console from your panel again\\.");
    }

    @InBothHosts
    void afterKill9TheEngineHasTheRevokingTicketBeforeTheFirstLoginIsAnswered(Host host) throws Exception {
        House house = shared.house(host);
        ConsolePage page = new OurPage(shared.chromium().tab(), house.url());
        page.open(house.link(House.VM_SERVER).withPin(House.PIN));
        page.awaitPicture(ConsolePage.BLUE);
        int before = house.vm().tickets().size();
        house.guacamole().kill9();
        // So that the login would win if it did not wait.
        house.engine().vendorLatency(Duration.ofMillis(300));
        try {
            house.guacamole().restart();

            HttpResponse<String> login = house.login(house.link(House.VM_SERVER).withPin(House.PIN).parameters());
            Instant answered = Instant.now();

            assertThat(login.statusCode()).isEqualTo(200);
            List<FakeVm.Ticket> since = house.vm().tickets().subList(before, house.vm().tickets().size());
            assertThat(since).isNotEmpty();
            assertThat(since.get(0).expiry()).isEqualTo(Duration.ofSeconds(1));
            assertThat(since.get(0).set()).isBefore(answered);
        } finally {
            house.engine().vendorLatency(Duration.ZERO);
        }
    }
}
