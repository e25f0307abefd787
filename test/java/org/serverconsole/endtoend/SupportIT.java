package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.serverconsole.fake.PanelToken;

/** Support looks on at a customer's console. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class SupportIT {

    private final Shared shared;

    SupportIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void whoeverLooksOnSeesTheConsoleTypesNothingIntoItAndIsNoSecretToTheCustomer(Host host) throws Exception {
        House house = shared.house(host);
        OurPage customer = new OurPage(shared.chromium().tab(), house.url());
        customer.open(house.link(House.VM_SERVER).withPin(House.PIN));
        customer.awaitPicture(ConsolePage.BLUE);
        OurPage support = new OurPage(shared.chromium().tab(), house.url());

        support.open(toWatch(house));

        support.awaitPicture(ConsolePage.BLUE);
        new Bar(customer.tab()).awaitNotice("Support is looking at this console with you.");
        assertThat(new Bar(support.tab()).open().tool("end").isVisible()).isFalse();
        String typedBySupport = ConsolePage.word();
        String typedByCustomer = ConsolePage.word();
        support.type(typedBySupport);
        customer.type(typedByCustomer);
        await().until(() -> house.shows(typedByCustomer));
        assertThat(house.shows(typedBySupport)).isFalse();

        support.tab().close();
        customer.tab().waitForFunction("() => document.body.dataset.watched === 'false'");
        assertThat(customer.state()).isEqualTo("live");
    }

    @Test
    void whoeverLooksOnIsToldWhyTheConsoleIsOver() throws Exception {
        House house = shared.house(Host.MINI);
        Link link = house.link(House.VM_SERVER).withPin(House.PIN);
        OurPage customer = new OurPage(shared.chromium().tab(), house.url());
        customer.open(link);
        customer.awaitPicture(ConsolePage.BLUE);
        OurPage support = new OurPage(shared.chromium().tab(), house.url());
        support.open(toWatch(house));
        support.awaitPicture(ConsolePage.BLUE);

        // By a newer one of the same server.
        house.login(house.link(House.VM_SERVER).withPin(House.PIN).parameters());

        support.awaitNoConsole();
        assertThat(support.text()).contains("The customer has closed this console, or opened it in another window.");
        assertThat(support.state()).isEqualTo("ended");
    }

    @Test
    void whereNoConsoleIsOpenThereIsNothingToWatch() throws Exception {
        House house = shared.house(Host.MINI);
        house.vm("unwatched", "web-14494");
        OurPage support = new OurPage(shared.chromium().tab(), house.url());

        support.open(toWatch(house, "unwatched"));

        support.awaitNoConsole();
        assertThat(support.text()).contains("there is nothing to watch");
    }

    private static Link toWatch(House house) {
        return toWatch(house, House.VM_SERVER);
    }

    /** A link for somebody who does not know the PIN. */
    private static Link toWatch(House house, String server) {
        String token = PanelToken.of(server, Instant.now()).with("sub", "support").with("mode", "view")
                .hs256(Base64.getDecoder().decode(house.key()));
        return new Link(server, token, Optional.empty());
    }
}
