package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a customer has to know besides the link. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class PinIT {

    private static final int ATTEMPTS = 5;
    private static final String WRONG = "That PIN is not right. Please try again.";
    private static final String LOCKED = "too many wrong PINs, so this console is locked for a while";

    private final Shared shared;

    PinIT(Shared shared) {
        this.shared = shared;
    }

    @InEveryPlace
    void aWrongPinIsAskedForAgainAndTheRightOneThenOpens(Place place) throws Exception {
        House house = shared.house(place.host());
        ConsolePage page = place.in(shared.chromium().tab(), house);

        page.open(house.link(House.VM_SERVER).withPin("1111"));

        page.awaitPinPrompt();
        assertThat(page.text()).contains(WRONG);
        page.picture("wrong-pin");
        // Leading zeros count, so this is another PIN.
        answer(page, House.PIN.replaceFirst("^0+", ""));
        page.awaitPinPrompt();
        assertThat(page.text()).contains(WRONG);
        answer(page, House.PIN);
        page.awaitPicture(ConsolePage.BLUE);
    }

    @InEveryPlace
    void fiveWrongPinsLockAndThenTheRightOneIsRefusedToo(Place place) throws Exception {
        House house = shared.house(place.host());
        String server = "locked-" + place.ordinal();
        house.vm(server, "web-14494");
        ConsolePage page = place.in(shared.chromium().tab(), house);

        page.open(house.link(server));
        for (int i = 0; i < ATTEMPTS; i++) {
            page.awaitPinPrompt();
            answer(page, "900" + i);
        }
        // The fifth was still evaluated, and refused as the others were.
        page.awaitPinPrompt();
        answer(page, House.PIN);

        page.awaitNoConsole();
        assertThat(page.text()).contains(LOCKED);
        assertThat(page.offersToGoOn()).isFalse();
        page.picture("locked");
        JsonNode right = House.json(house.login(house.link(server).withPin(House.PIN).parameters()));
        assertThat(right.path("translatableMessage").path("key").asText()).isEqualTo("CONSOLE.PIN_LOCKED");
    }

    @InBothHosts
    void aLockedServerAndALockedCustomerLockNobodyElse(Host host) throws Exception {
        House house = shared.house(host);
        house.vm("guessed", "web-14494");
        String guesser = "guesser-" + UUID.randomUUID();
        for (int i = 0; i < ATTEMPTS; i++) {
            house.login(house.link("guessed", guesser).withPin("900" + i).parameters());
        }

        assertThat(key(house, house.link("guessed", guesser))).isEqualTo("CONSOLE.PIN_LOCKED");
        assertThat(key(house, house.link(House.VM_SERVER, guesser))).isEqualTo("CONSOLE.PIN_LOCKED");
        assertThat(key(house, house.link("guessed", "another"))).isEqualTo("CONSOLE.PIN_LOCKED");
        // Nor does Guacamole's extension auth-ban lock out those behind the same address.
        assertThat(house.login(house.link(House.VM_SERVER, "another").withPin(House.PIN).parameters()).statusCode()).isEqualTo(200);
    }

    /** Enters a PIN and waits until it has been answered. */
    private static void answer(ConsolePage page, String pin) {
        page.tab().waitForResponse(response -> response.url().endsWith("/api/tokens"), () -> page.enterPin(pin));
    }

    /** The key of the sentence that the right PIN is refused with. */
    private static String key(House house, Link link) throws Exception {
        return House.json(house.login(link.withPin(House.PIN).parameters())).path("translatableMessage").path("key").asText();
    }
}
