package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A customer's network that goes away, as in a train. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class LostNetworkIT {

    private final Shared shared;

    LostNetworkIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void aConsoleComesBackByItselfWithItsNetwork(Host host) throws Exception {
        House house = shared.house(host);
        try (Line line = Line.to(house.url())) {
            OurPage page = new OurPage(shared.chromium().tab(), line.url());
            page.open(house.link(House.VM_SERVER).withPin(House.PIN));
            page.awaitPicture(ConsolePage.BLUE);
            new Bar(page.tab()).open();
            Attempts attempts = Attempts.watching(page.tab());

            line.cut();

            page.awaitState("reconnecting");
            assertThat(page.tab().locator("#lost").innerText()).isEqualTo("The connection was lost. Reconnecting…");
            page.picture("reconnecting-" + host);
            // In Guacamole for more than ten seconds: after 0.5, 1, 2, 3 and 5 more it has tried.
            // Chromium, too, waits a little before it tries again a host that has just failed.
            page.tab().waitForCondition(() -> attempts.count() >= (host == Host.WAR ? 5 : 3),
                    new Page.WaitForConditionOptions().setTimeout(90_000));
            assertThat(page.state()).isEqualTo("reconnecting");
            line.mend();
            page.awaitState("live");
            page.awaitPicture(ConsolePage.BLUE);
            String word = ConsolePage.word();
            page.type(word);
            await().until(() -> house.qemu().screenText().contains(word));
            assertThat(page.tab().locator("#notices").innerText()).isEmpty();
        }
    }

    @InBothHosts
    void aNetworkThatGoesBeforeTheBarIsThereIsSurvivedToo(Host host) throws Exception {
        House house = shared.house(host);
        try (Line line = Line.to(house.url())) {
            OurPage page = new OurPage(shared.chromium().tab(), line.url());
            page.tab().route("**/view/*", Route::abort);
            page.open(house.link(House.VM_SERVER).withPin(House.PIN));
            page.awaitPicture(ConsolePage.BLUE);

            line.cut();
            page.awaitState("reconnecting");
            line.mend();

            page.awaitState("live");
            String word = ConsolePage.word();
            page.type(word);
            await().until(() -> house.qemu().screenText().contains(word));
        }
    }

    @InBothHosts
    void aTextIsNotCalledTypedWhileThereIsNoConsoleToTypeItAt(Host host) throws Exception {
        House house = shared.house(host);
        try (Line line = Line.to(house.url())) {
            OurPage page = new OurPage(shared.chromium().tab(), line.url());
            page.open(house.link(House.VM_SERVER).withPin(House.PIN));
            page.awaitPicture(ConsolePage.BLUE);
            Bar bar = new Bar(page.tab());
            bar.open().tool("type").click();
            page.tab().locator("#type-words").fill("passw0rd");
            line.cut();
            page.awaitState("reconnecting");

            bar.answer("Type");

            bar.awaitNotice("Stopped after 0 of 8 characters.");
            line.mend();
            page.awaitState("live");
        }
    }

    @InBothHosts
    void aSessionThatEndsWhileTheNetworkIsGoneIsOverWhenItComesBack(Host host) throws Exception {
        House house = shared.house(host);
        try (Line line = Line.to(house.url())) {
            OurPage page = new OurPage(shared.chromium().tab(), line.url());
            page.open(house.link(House.VM_SERVER).withPin(House.PIN));
            page.awaitPicture(ConsolePage.BLUE);
            line.cut();
            page.awaitState("reconnecting");

            house.post("session/ext/console/end", page.authToken());
            line.mend();

            page.awaitState("ended");
            assertThat(page.text()).contains("This console session has ended.");
        }
    }
}
