package org.serverconsole.endtoend;

import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** From a link to a console. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class OpenConsoleIT {

    private final Shared shared;

    OpenConsoleIT(Shared shared) {
        this.shared = shared;
    }

    @InEveryPlace
    void aLinkWithThePinGoesStraightToTheConsoleAndKeysArrive(Place place) throws Exception {
        House house = shared.house(place.host());
        ConsolePage page = place.in(shared.chromium().tab(), house);

        page.open(house.link(House.VM_SERVER).withPin(House.PIN));

        page.awaitPicture(ConsolePage.BLUE);
        String word = ConsolePage.word();
        page.type(word);
        await().until(() -> house.shows(word));
        page.picture("live");
    }

    @InEveryPlace
    void aLinkWithoutThePinAsksForThePinAlone(Place place) throws Exception {
        House house = shared.house(place.host());
        ConsolePage page = place.in(shared.chromium().tab(), house);

        page.open(house.link(House.VM_SERVER));

        page.awaitPinPrompt();
        page.picture("pin");
        page.enterPin(House.PIN);
        page.awaitPicture(ConsolePage.BLUE);
        String word = ConsolePage.word();
        page.type(word);
        await().until(() -> house.shows(word));
    }

    @InBothHosts
    void aNetworkThatLetsNoWebSocketThroughShowsTheConsoleAllTheSame(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = new OurPage(shared.chromium().tab(), house.url());
        page.tab().addInitScript("""
                window.WebSocket = class extends WebSocket {
                  constructor(url, protocol) {
                    super(String(url).replace('websocket-tunnel', 'not-let-through'), protocol);
                  }
                };""");

        page.open(house.link(House.VM_SERVER).withPin(House.PIN));

        page.awaitPicture(ConsolePage.BLUE);
        String word = ConsolePage.word();
        page.type(word);
        await().until(() -> house.shows(word));
    }
}
