package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server's power in the hands of its customer. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class PowerIT {

    private final Shared shared;

    PowerIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void aServerIsSwitchedOffAndOnThroughTheBarOnceItsNameWasRead(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = new OurPage(shared.chromium().tab(), house.url());
        page.open(house.link(House.VM_SERVER).withPin(House.PIN));
        page.awaitPicture(ConsolePage.BLUE);
        Bar bar = new Bar(page.tab());
        int before = house.vm().performed().size();

        Locator power = bar.panel("power");
        power.getByText("The server is on.").waitFor();
        page.picture("power-" + host);
        assertThat(power.locator("#power-ON").isDisabled()).isTrue();
        power.locator("#power-OFF").click();
        page.picture("power-question-" + host);
        assertThat(page.tab().locator("dialog").innerText()).contains("Power off web-" + House.VM_SERVER + "?");
        bar.answer("Cancel");
        assertThat(house.vm().performed()).hasSize(before);
        bar.panel("power").locator("#power-OFF").click();
        bar.answer("Power off");
        bar.awaitNotice("The server is being switched off.");

        power = bar.panel("power");
        power.getByText("The server is off.").waitFor();
        assertThat(power.locator("#power-RESET").isDisabled()).isTrue();
        power.locator("#power-ON").click();
        bar.answer("Power on");
        bar.awaitNotice("The server is starting.");

        assertThat(house.vm().performed().subList(before, house.vm().performed().size())).isEqualTo(List.of("stop", "start"));
        assertThat(house.guacamole().log()).containsPattern("console.audit .*\"action\":\"off\",\"outcome\":\"OK\"");
    }

    @InBothHosts
    void whoFindsTheServerOffSwitchesItOnAndSeesItsConsole(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = new OurPage(shared.chromium().tab(), house.url());
        house.vm().status("down");

        page.open(house.link(House.VM_SERVER).withPin(House.PIN));
        page.awaitNoConsole();
        assertThat(page.text()).contains("The server is powered off");
        page.tab().waitForFunction("() => document.getElementById('again').textContent === 'Power on'");
        page.picture("powered-off-" + host);
        page.tab().locator("#again").click();

        page.awaitPicture(ConsolePage.BLUE);
        String word = ConsolePage.word();
        page.type(word);
        await().until(() -> house.qemu().screenText().contains(word));
    }
}
