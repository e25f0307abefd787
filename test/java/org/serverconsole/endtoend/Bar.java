package org.serverconsole.endtoend;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitForSelectorState;

/** The bar of the extension's own page, as a person with a mouse uses it. */
record Bar(Page tab) {

    /** Moves the pointer to the top of the console, where the bar then is. */
    Bar open() {
        tab.locator("#grip").waitFor(new Locator.WaitForOptions().setState(
                WaitForSelectorState.ATTACHED));
        tab.mouse().move(tab.viewportSize().width / 2.0, 300);
        tab.mouse().move(tab.viewportSize().width / 2.0, 5);
        tool("menu").waitFor();
        return this;
    }

    /** One of {@code keep-open}, {@code keys}, {@code type}, {@code power}, {@code screenshot}, {@code full}, {@code menu}, {@code end}. */
    Locator tool(String name) {
        return tab.locator(name.equals("keep-open") ? "#keep-open" : "#bar-" + name);
    }

    /** Opens what hangs on a tool. */
    Locator panel(String name) {
        open();
        Locator panel = tab.locator("#panel-" + name);
        if (!panel.isVisible()) {
            tool(name).click();
        }
        panel.waitFor();
        return panel;
    }

    /** Presses the button of a dialog that has those words on it. */
    void answer(String words) {
        tab.locator("dialog button").getByText(words, new Locator.GetByTextOptions().setExact(true)).click();
    }

    /** Waits for a message over the console. */
    void awaitNotice(String words) {
        tab.locator("#notices").getByText(words).first().waitFor();
    }
}
