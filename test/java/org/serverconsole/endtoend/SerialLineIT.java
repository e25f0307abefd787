package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.parts.IpmiSim;
import org.serverconsole.parts.SerialShell;

/** The page of a server without a screen: its serial line, through the BMC's Serial over LAN. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class SerialLineIT {

    private final Shared shared;

    SerialLineIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void theBarTypesAtTheShellOfASerialLineAndSwitchesItsServerOffAndOn(Host host, @TempDir Path folder) throws Exception {
        House house = shared.house(host);
        try (SerialShell shell = SerialShell.listen(folder, "machine$ "); IpmiSim bmc = IpmiSim.start(folder, shell.port())) {
            String server = "serial-" + host;
            house.ipmi(server, bmc);
            OurPage page = new OurPage(shared.chromium().tab(), house.url());
            page.open(house.link(server).withPin(House.PIN));
            page.awaitState("live");
            Bar bar = new Bar(page.tab());

            bar.open().tool("type").click();
            page.tab().locator("#type-words").fill("\nprintf %s 'Pa$$w0rd-Ünï€ 0O1l' > typed");
            page.tab().locator("#type-enter").check();
            bar.answer("Type");
            Path typed = folder.resolve("typed");
            await().untilAsserted(() -> assertThat(typed).exists().content().isEqualTo("Pa$$w0rd-Ünï€ 0O1l"));

            Locator power = bar.panel("power");
            power.getByText("The server is on.").waitFor();
            page.picture("serial-" + host);
            power.locator("#power-OFF").click();
            bar.answer("Power off");
            await().until(() -> !bmc.isOn());
            bar.awaitNotice("The server is being switched off.");
            power = bar.panel("power");
            power.getByText("The server is off.").waitFor();
            power.locator("#power-ON").click();
            bar.answer("Power on");
            await().until(bmc::isOn);

            page.tab().locator("#panel-power").waitFor(new Locator.WaitForOptions().setState(
                    WaitForSelectorState.DETACHED));
            page.type("touch again\n");
            await().until(() -> Files.exists(folder.resolve("again")));
        }
    }
}
