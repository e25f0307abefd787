package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.fake.VncViewer;
import org.serverconsole.parts.Qemu;

/** What is left of a console once its session is over: a sentence. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class EndOfSessionIT {

    private static final int DURATION = 15;

    private final Shared shared;

    EndOfSessionIT(Shared shared) {
        this.shared = shared;
    }

    /** In all pages of a host at once, since it takes its time. */
    @InBothHosts
    void atItsDeadlineAConsoleClosesAndEveryWayBackIsShut(Host host) throws Exception {
        try (House house = House.start(host, Map.of("console-session-duration", Integer.toString(DURATION)));
                Qemu second = house.machine("second")) {
            List<ConsolePage> pages = new ArrayList<>();
            List<Attempts> attempts = new ArrayList<>();
            long opened = System.nanoTime();
            for (Place place : Arrays.stream(Place.values()).filter(any -> any.host() == host).toList()) {
                ConsolePage page = place.in(shared.chromium().tab(), house);
                attempts.add(Attempts.of(page.tab()));
                page.open(house.link(pages.isEmpty() ? House.VM_SERVER : "second").withPin(House.PIN));
                pages.add(page);
            }
            pages.forEach(page -> page.awaitPicture(ConsolePage.BLUE));
            pages.forEach(EndOfSessionIT::keepItsOwnCheckAway);
            List<String> authTokens = pages.stream().map(ConsolePage::authToken).toList();
            String ticket = house.vm().ticket().orElseThrow().value();
            assertThat(house.status("session/data/console/self", authTokens.get(0))).isEqualTo(200);
            assertThat(isLetIn(house.qemu(), ticket)).isTrue();

            pages.get(0).awaitNoConsole();
            Figures.note("a session of " + DURATION + " s, " + host + ": said to be over "
                    + Duration.ofNanos(System.nanoTime() - opened).toMillis() + " ms after the navigation began");
            for (ConsolePage page : pages) {
                page.awaitNoConsole();
                page.picture("expired");
                assertThat(page.text()).contains("The time of this console session is up");
            }
            for (String authToken : authTokens) {
                await().untilAsserted(() -> assertThat(house.status("session/data/console/self", authToken)).isEqualTo(403));
            }
            await().until(() -> house.qemu().viewers() == 0 && second.viewers() == 0);
            await().until(() -> !isLetIn(house.qemu(), ticket));
            attempts.forEach(Attempts::waitPastEveryReconnect);
            assertThat(attempts).allSatisfy(attempt -> assertThat(attempt.count()).isEqualTo(1));
            assertThat(pages).allSatisfy(page -> assertThat(page.text()).contains("The time of this console session is up"));
            assertThat(house.leaked()).isEmpty();
        }
    }

    /**
     * Guacamole's own page looks every 15 seconds whether its login is still good. Where that falls between the end of the
     * console and the answer that says why, it forgets the link and says "Invalid Login"; a session of 15 seconds would meet it.
     */
    private static void keepItsOwnCheckAway(ConsolePage page) {
        if (page instanceof GuacamolesPage) {
            page.tab().clock().fastForward(7000);
        }
    }

    @InEveryPlace
    void theNewerConsoleOfAServerSupersedesTheOlderWhichSaysSo(Place place) throws Exception {
        House house = shared.house(place.host());
        ConsolePage older = place.in(shared.chromium().tab(), house);
        ConsolePage newer = place.in(shared.chromium().tab(), house);
        older.open(house.link(House.VM_SERVER).withPin(House.PIN));
        older.awaitPicture(ConsolePage.BLUE);
        Attempts attempts = Attempts.of(older.tab());

        newer.open(house.link(House.VM_SERVER).withPin(House.PIN));

        older.awaitNoConsole();
        older.picture("superseded");
        assertThat(older.text()).contains("This console was opened in another window, so it has ended here.");
        newer.awaitPicture(ConsolePage.BLUE);
        attempts.waitPastEveryReconnect();
        assertThat(attempts.count()).isZero();
        String word = ConsolePage.word();
        newer.type(word);
        await().until(() -> house.shows(word));
    }

    @InEveryPlace
    void aReloadShowsTheConsoleAgainAlthoughTheVendorsPasswordHasExpired(Place place) throws Exception {
        House house = shared.house(place.host());
        ConsolePage page = place.in(shared.chromium().tab(), house);
        page.open(house.link(House.VM_SERVER).withPin(House.PIN));
        page.awaitPicture(ConsolePage.BLUE);
        FakeVm.Ticket ticket = house.vm().ticket().orElseThrow();
        assertThat(ticket.expiry()).isEqualTo(Duration.ofSeconds(120));
        house.qemu().setTicket(ticket.value(), Duration.ofSeconds(-1));
        await().until(() -> !isLetIn(house.qemu(), ticket.value()));

        page.tab().reload();

        page.awaitPicture(ConsolePage.BLUE);
        String word = ConsolePage.word();
        page.type(word);
        await().until(() -> house.shows(word));
    }

    private static boolean isLetIn(Qemu machine, String password) throws Exception {
        try (VncViewer viewer = VncViewer.connect(machine.vncPort())) {
            return viewer.authenticate(password);
        }
    }
}
