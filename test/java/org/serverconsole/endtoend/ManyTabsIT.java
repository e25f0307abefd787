package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.BrowserContext;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.serverconsole.parts.Qemu;

/** One browser with several consoles in it. */
@Timeout(180)
@ExtendWith(Shared.Extension.class)
class ManyTabsIT {

    private final Shared shared;

    ManyTabsIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void eachTabShowsItsOwnAndEndingOneLeavesTheOthers(Host host) throws Exception {
        House house = shared.house(host);
        try (Qemu second = house.machine("second-" + host); Qemu third = house.machine("third-" + host)) {
            BrowserContext browser = shared.chromium().customer();
            SomebodyElse administrator = SomebodyElse.loggedIn(host, house, browser.newPage());
            OurPage mine = open(browser, house, House.VM_SERVER);
            OurPage theirs = open(browser, house, "second-" + host);
            OurPage reloaded = open(browser, house, "third-" + host);
            for (int i = 0; i < 2; i++) {
                reloaded.tab().reload();
                reloaded.awaitPicture(ConsolePage.BLUE);
            }

            assertTypes(mine, house.qemu());
            assertTypes(theirs, second);
            assertTypes(reloaded, third);
            Bar bar = new Bar(theirs.tab());
            theirs.tab().bringToFront();
            bar.open().tool("end").click();
            bar.answer("End");
            theirs.awaitState("ended");

            await().until(() -> second.viewers() == 0);
            assertTypes(mine, house.qemu());
            assertTypes(reloaded, third);
            assertThat(house.status("session/data/" + administrator.source() + "/self", administrator.authToken())).isEqualTo(200);
            assertThat(administrator.storedToken()).isEqualTo(administrator.authToken());
        }
    }

    private static OurPage open(BrowserContext browser, House house, String server) {
        OurPage page = new OurPage(browser.newPage(), house.url());
        page.open(house.link(server).withPin(House.PIN));
        page.awaitPicture(ConsolePage.BLUE);
        return page;
    }

    private static void assertTypes(OurPage page, Qemu machine) {
        page.tab().bringToFront();
        String word = ConsolePage.word();
        page.type(word);
        await().until(() -> machine.screenText().contains(word));
    }
}
