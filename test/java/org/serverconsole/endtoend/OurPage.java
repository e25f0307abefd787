package org.serverconsole.endtoend;

import com.microsoft.playwright.Page;
import java.net.URI;
import java.util.List;

/** The extension's own page. */
record OurPage(Page tab, URI guacamole) implements ConsolePage {

    @Override
    public String authToken() {
        return (String) tab.evaluate("JSON.parse(sessionStorage.getItem('console')).authToken");
    }

    @Override
    public void open(Link link) {
        tab.navigate(guacamole.resolve("app/ext/console/open.html") + "#" + link.parameters());
    }

    void awaitState(String... states) {
        tab.waitForFunction("states => states.includes(document.body.dataset.state)", List.of(states));
    }

    /** One of {@code opening}, {@code pin}, {@code live}, {@code ended}, {@code failed}. */
    String state() {
        return (String) tab.evaluate("document.body.dataset.state");
    }

    @Override
    public void awaitPinPrompt() {
        tab.waitForFunction("() => document.body.dataset.state === 'pin' && !document.getElementById('pin').disabled"
                + " && document.getElementById('message').textContent");
    }

    @Override
    public void enterPin(String pin) {
        tab.locator("#pin").fill(pin);
        tab.locator("#pin").press("Enter");
    }

    @Override
    public void awaitPicture(List<Integer> colour) {
        awaitState("live");
        Pixels.await(tab, "#display canvas", colour);
    }

    @Override
    public void awaitNoConsole() {
        awaitState("ended", "failed");
    }

    @Override
    public boolean offersToGoOn() {
        return tab.locator("#enter").isVisible() || tab.locator("#again").isVisible();
    }

    @Override
    public String text() {
        return tab.locator("#card").innerText();
    }
}
