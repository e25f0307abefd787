package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.parts.FreePort;

/** What the customer reads where there is no console, and that it is left at that. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class NoConsoleIT {

    private static final InetSocketAddress NOWHERE = new InetSocketAddress("127.0.0.1", 9);

    /** In milliseconds; a vendor is asked for at most ten seconds. */
    private static final double PATIENCE_OF_CUSTOMERS = 12_000;

    private final Shared shared;

    NoConsoleIT(Shared shared) {
        this.shared = shared;
    }

    /** Why there is no console, a part of the sentence that says so, and whether it may pass, so that trying again is offered. */
    private enum Why {
        THE_MACHINE_IS_DOWN("is powered off", true) {
            @Override
            void setUp(House house, String server) throws IOException {
                machine(house, server).status("down");
            }
        },
        SOMEBODY_ELSE_IS_AT_THE_CONSOLE("in use by somebody else", true) {
            @Override
            void setUp(House house, String server) throws IOException {
                machine(house, server).heldByAnotherUser(true);
            }
        },
        THE_MACHINE_HAS_NO_VNC_CONSOLE("no console that can be shown here", false) {
            @Override
            void setUp(House house, String server) throws IOException {
                machine(house, server).spiceOnly();
            }
        },
        THE_ENGINE_KNOWS_NO_SUCH_MACHINE("does not know this server", false) {
            @Override
            void setUp(House house, String server) throws IOException {
                house.vm(server, "no-such-machine");
            }
        },
        THE_ENGINE_REFUSES_OUR_LOGIN("refused our login", false) {
            @Override
            void setUp(House house, String server) throws IOException {
                house.vm(server, "web-14494", "password", "not-the-password");
            }
        },
        THE_ENGINE_IS_NOT_THERE("cannot be reached", true) {
            @Override
            void setUp(House house, String server) throws IOException {
                house.vm(server, "web-14494", "url", "https://127.0.0.1:9/ovirt-engine/api");
            }
        },
        THE_BMC_IS_DEAD("cannot be reached", true) {
            @Override
            void setUp(House house, String server) throws IOException {
                house.vnc(server, FreePort.find(), "anything");
            }
        };

        private final String sentence;
        private final boolean mayPass;

        Why(String sentence, boolean mayPass) {
            this.sentence = sentence;
            this.mayPass = mayPass;
        }

        abstract void setUp(House house, String server) throws IOException;

        private static FakeVm machine(House house, String server) throws IOException {
            FakeVm machine = house.engine().addVm(UUID.randomUUID().toString(), "vm-" + server, NOWHERE, (ticket, expiry) -> { });
            house.vm(server, "vm-" + server);
            return machine;
        }
    }

    /** All in one place, some in the others: what differs there does not depend on why. */
    static Stream<Arguments> everyWhySomewhere() {
        return Arrays.stream(Place.values()).flatMap(place -> (place == Place.OUR_PAGE_IN_THE_MINI_HOST
                ? Arrays.stream(Why.values())
                : Stream.of(Why.THE_MACHINE_IS_DOWN, Why.THE_ENGINE_REFUSES_OUR_LOGIN, Why.THE_BMC_IS_DEAD))
                .map(why -> Arguments.of(why, place)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyWhySomewhere")
    void oneSentenceSaysWhyThereIsNoConsole(Why why, Place place) throws Exception {
        House house = shared.house(place.host());
        ConsolePage page = place.in(shared.chromium().tab(), house);
        Attempts attempts = Attempts.of(page.tab());
        String server = why.name().toLowerCase() + place.ordinal();
        why.setUp(house, server);

        page.open(house.link(server).withPin(House.PIN));

        page.awaitNoConsole();
        assertThat(page.text()).contains(why.sentence);
        assertThat(page.offersToGoOn() || !why.mayPass).isTrue();
        page.picture("no-console-" + why);
        attempts.waitPastEveryReconnect();
        assertThat(page.text()).contains(why.sentence);
        assertThat(attempts.count()).isEqualTo(1);
    }

    @InEveryPlace
    void aWrongVncPasswordIsTriedOnce(Place place) throws Exception {
        House house = shared.house(place.host());
        ConsolePage page = place.in(shared.chromium().tab(), house);
        Attempts attempts = Attempts.of(page.tab());
        try (ScriptedRfbServer console = ScriptedRfbServer.playing(ScriptedRfbServer.console("the-right-one"))) {
            String server = "wrong-password-" + place.ordinal();
            house.vnc(server, console.port(), "wr0ng-1!");

            page.open(house.link(server).withPin(House.PIN));

            page.awaitNoConsole();
            assertThat(page.text()).contains("refused our login");
            attempts.waitPastEveryReconnect();
            assertThat(attempts.count()).isEqualTo(1);
            assertThat(console.accepted()).isEqualTo(1);
        }
    }

    @InBothHosts
    void aConsoleThatItsServerHasClosedIsThereAgainAtTheNextPress(Host host, @TempDir Path folder) throws Exception {
        House house = shared.house(host);
        try (Terminal terminal = Terminal.start(folder, "v1sible!");
                Line line = Line.to(URI.create("tcp://127.0.0.1:" + terminal.port()))) {
            house.vnc("closing", line.url().getPort(), "v1sible!");
            OurPage page = new OurPage(shared.chromium().tab(), house.url());
            page.open(house.link("closing").withPin(House.PIN));
            page.awaitPicture(ConsolePage.BLUE);

            line.cut();

            page.awaitState("ended");
            assertThat(page.text()).contains("The server has closed its console. It may be restarting.")
                    .containsPattern("Reference [A-Z0-9]{6}");
            page.picture("closed-" + host);
            line.mend();
            page.tab().getByText("Open again").click();
            page.awaitPicture(ConsolePage.BLUE);
            page.type("again\n");
            await().untilAsserted(() -> assertThat(terminal.typed()).contains("again"));
        }
    }

    /** All at once, since each takes its ten seconds. */
    @InBothHosts
    void silenceIsToldWithinTwelveSeconds(Host host, @TempDir Path folder) throws Exception {
        House house = shared.house(host);
        // An engine of its own, since one that does not answer is left alone for a while.
        try (FakeEngine engine = FakeEngine.start(folder);
                ScriptedRfbServer console = ScriptedRfbServer.playing(viewer -> { })) {
            engine.silent(path -> true);
            List<Place> places = Arrays.stream(Place.values()).filter(place -> place.host() == host).toList();
            List<ConsolePage> pages = new ArrayList<>();
            List<Attempts> attempts = new ArrayList<>();
            for (Place place : places) {
                String silentConsole = "silent-console-" + place.ordinal();
                String silentEngine = "silent-engine-" + place.ordinal();
                house.vnc(silentConsole, console.port(), "s1lent.!");
                house.vm(silentEngine, "any", "url", engine.url(), "ssl_insecure", "1");
                for (String server : List.of(silentConsole, silentEngine)) {
                    ConsolePage page = place.in(shared.chromium().tab(), house);
                    pages.add(page);
                    attempts.add(Attempts.of(page.tab()));
                    page.open(house.link(server).withPin(House.PIN));
                }
                awaitStepAndDuration(pages.get(pages.size() - 1));
            }
            for (ConsolePage page : pages) {
                page.tab().setDefaultTimeout(PATIENCE_OF_CUSTOMERS);
                page.awaitNoConsole();
                assertThat(page.text()).contains("did not answer in time");
            }
            attempts.forEach(Attempts::waitPastEveryReconnect);
            assertThat(attempts).allSatisfy(attempt -> assertThat(attempt.count()).isEqualTo(1));
            assertThat(console.accepted()).isEqualTo(places.size());
        }
    }

    /** Our page says which step runs, and for how long once that is long. */
    private static void awaitStepAndDuration(ConsolePage page) {
        if (page instanceof OurPage) {
            page.tab().waitForFunction("() => document.getElementById('message').textContent === 'Asking the server for its console…'"
                    + " && /^[3-9] s$/.test(document.getElementById('elapsed').textContent)");
            page.picture("waiting");
        }
    }
}
