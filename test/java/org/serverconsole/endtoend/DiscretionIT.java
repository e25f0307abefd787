package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What our page leaves behind in a browser, what it takes from the network, and that it keeps out of Guacamole's own login. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class DiscretionIT {

    private static final int MOST_REQUESTS = 6;
    private static final int MOST_BYTES = 200_000;

    private final Shared shared;

    DiscretionIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void neitherLinkNorPinStaysInTheBrowserAndAReloadKeepsTheConsole(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = new OurPage(shared.chromium().tab(), house.url());
        Link link = house.link(House.VM_SERVER).withPin(House.PIN);

        page.open(link);
        page.awaitPicture(ConsolePage.BLUE);
        assertNothingStays(page.tab(), link);
        page.tab().reload();
        page.awaitPicture(ConsolePage.BLUE);

        assertNothingStays(page.tab(), link);
        String word = ConsolePage.word();
        page.type(word);
        await().until(() -> house.shows(word));
    }

    private static void assertNothingStays(Page tab, Link link) {
        assertThat(history(tab)).allSatisfy(url -> assertThat(url).doesNotContain(link.token(), House.PIN));
        assertThat(tab.url()).endsWith("/open.html");
        assertThat((String) tab.evaluate("JSON.stringify({...sessionStorage})")).doesNotContain(link.token(), House.PIN);
        assertThat((String) tab.evaluate("JSON.stringify({...localStorage})")).isEqualTo("{}");
        assertThat((String) tab.evaluate("document.cookie + document.getElementById('pin').value")).isEmpty();
        assertThat(tab.content().contains(link.token())).isFalse();
    }

    /** The pages that the browser's back button and its menu know. */
    private static List<String> history(Page tab) {
        List<String> urls = new ArrayList<>();
        tab.context().newCDPSession(tab).send("Page.getNavigationHistory").getAsJsonArray("entries")
                .forEach(entry -> urls.add(entry.getAsJsonObject().get("url").getAsString()));
        assertThat(urls).isNotEmpty();
        return urls;
    }

    @InBothHosts
    void theFirstPictureTakesFewRequestsAndFewBytes(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = new OurPage(shared.chromium().tab(), house.url());
        List<Request> requests = new CopyOnWriteArrayList<>();
        List<String> sockets = new CopyOnWriteArrayList<>();
        page.tab().onRequest(requests::add);
        page.tab().onWebSocket(socket -> sockets.add(socket.url()));

        page.open(house.link(House.VM_SERVER).withPin(House.PIN));
        page.awaitState("live");
        double firstFrame = ((Number) page.tab().evaluate("window.firstFrame")).doubleValue();
        List<Request> before = requests.stream().filter(request -> startOf(page.tab(), request) <= firstFrame).toList();

        int bytes = before.stream().map(Request::sizes)
                .mapToInt(sizes -> sizes.responseBodySize + sizes.responseHeadersSize).sum();
        Figures.note("before the first picture, " + host + ": " + (before.size() + sockets.size()) + " requests, " + bytes + " bytes");
        assertThat(sockets).hasSize(1);
        assertThat(before).hasSizeLessThanOrEqualTo(MOST_REQUESTS - sockets.size());
        assertThat(bytes).isLessThan(MOST_BYTES);
    }

    /** In milliseconds of the page's own clock. */
    private static double startOf(Page tab, Request request) {
        return ((Number) tab.evaluate("url => performance.getEntries().find(entry => entry.name === url)?.startTime ?? 0",
                request.url())).doubleValue();
    }

    @InBothHosts
    void whoIsLoggedInToGuacamoleAsSomebodyElseStaysSoAndSeesTheConsole(Host host) throws Exception {
        House house = shared.house(host);
        BrowserContext browser = shared.chromium().customer();
        SomebodyElse somebody = SomebodyElse.loggedIn(host, house, browser.newPage());
        OurPage page = new OurPage(browser.newPage(), house.url());

        page.open(house.link(House.VM_SERVER).withPin(House.PIN));

        page.awaitPicture(ConsolePage.BLUE);
        assertThat(page.authToken()).isNotEqualTo(somebody.authToken());
        assertThat(somebody.storedToken()).isEqualTo(somebody.authToken());
        assertThat(house.status("session/data/" + somebody.source() + "/self", somebody.authToken())).isEqualTo(200);
        String word = ConsolePage.word();
        page.type(word);
        await().until(() -> house.shows(word));
        page.tab().close();
        await().until(() -> house.qemu().viewers() == 0);
        assertThat(house.status("session/data/" + somebody.source() + "/self", somebody.authToken())).isEqualTo(200);
    }
}
