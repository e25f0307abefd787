package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Input by other means than keys and a mouse: fingers, input methods, and what the server has copied. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class OtherInputIT {

    private static final String PASSWORD = "v1sible!";
    private static final int MOVED = 35;
    private static final int WHEEL_DOWN = 65;

    private final Shared shared;

    OtherInputIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void aFingerPointsWhereItTouchesOrMovesThePointerAsOnATouchpad(Host host, @TempDir Path folder) throws Exception {
        try (Terminal terminal = Terminal.notingTheMouse(folder, PASSWORD)) {
            Page tab = shared.chromium().customer(new Browser.NewContextOptions().setViewportSize(360, 740)
                    .setHasTouch(true).setIsMobile(true)).newPage();
            OurPage page = open(shared.house(host), "fingers", terminal, tab);
            tab.waitForFunction("() => document.querySelector('#bar:not(.open) #grip')");
            Finger finger = Finger.at(tab);

            finger.tap(120, 300);
            await().until(() -> !clicks(terminal).isEmpty());
            Terminal.Mouse first = clicks(terminal).get(0);
            // A third of the way across 93 columns.
            assertThat(first.column()).isCloseTo(31, within(2));

            tab.locator("#grip").tap();
            tab.locator("#bar-menu").tap();
            tab.getByLabel("As a touchpad").check();
            page.picture("touchpad-" + host);
            finger.tap(300, 600);
            tab.waitForFunction("() => document.querySelector('#bar:not(.open) #grip')");
            finger.tap(300, 400);
            await().until(() -> clicks(terminal).size() > 1);
            assertThat(clicks(terminal)).allSatisfy(click -> assertThat(click.column()).isEqualTo(first.column()));
            // A finger that comes back while the button is still down would drag.
            await().until(() -> !last(terminal).pressed());

            finger.drag(40, 0, new Finger.Spot(200, 400));
            await().until(() -> last(terminal).button() == MOVED && last(terminal).column() > first.column() + 5);
            finger.drag(0, 60, new Finger.Spot(150, 300), new Finger.Spot(200, 300));
            await().until(() -> terminal.mouse().stream().anyMatch(event -> event.button() == WHEEL_DOWN));
        }
    }

    @InBothHosts
    void whatAnInputMethodComposesIsTypedAtTheConsoleAndFromTheTextField(Host host, @TempDir Path folder) throws Exception {
        try (Terminal terminal = Terminal.start(folder, PASSWORD)) {
            Page tab = shared.chromium().tab();
            OurPage page = open(shared.house(host), "composed", terminal, tab);
            CDPSession browser = tab.context().newCDPSession(tab);
            tab.waitForFunction("() => document.activeElement.matches('textarea')");

            // TigerVNC makes a keyboard of its first key; one that no keyboard has would be lost there.
            page.type(">");
            compose(browser, "にほ", "日本");
            Bar bar = new Bar(tab);
            bar.panel("menu").locator("#show-text-field").click();
            Locator field = tab.locator("#text-field input");
            field.focus();
            compose(browser, "ご", "語");
            tab.waitForFunction("() => document.querySelector('#text-field input').value === ''");
            browser.send("Input.imeSetComposition", composition("!"));
            page.picture("composed-" + host);
            tab.locator("#text-field").getByText("Enter").click();

            await().untilAsserted(() -> assertThat(terminal.typed()).isEqualTo(Optional.of(">日本語!")));
        }
    }

    @InBothHosts
    void whatTheServerCopiesIsInTheMenuAndInTheClipboardOfABrowserThatAllowsIt(Host host, @TempDir Path folder) throws Exception {
        try (Terminal terminal = Terminal.copying(folder, PASSWORD)) {
            Page tab = shared.chromium().tab();
            OurPage page = open(shared.house(host), "copied", terminal, tab);
            tab.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
            new Bar(tab).open();
            tab.mouse().click(500, 500);

            page.type("copied on the server\n");

            tab.waitForFunction("() => navigator.clipboard.readText().then(text => text === 'copied on the server')");
            Locator clipboard = new Bar(tab).panel("menu").locator("#clipboard");
            assertThat(clipboard.inputValue()).isEqualTo("copied on the server");
        }
    }

    /** As an input method does: shows what is being composed, and then puts another text in its place. */
    private static void compose(CDPSession browser, String composing, String composed) {
        browser.send("Input.imeSetComposition", composition(composing));
        JsonObject end = new JsonObject();
        end.addProperty("text", composed);
        browser.send("Input.insertText", end);
    }

    private static JsonObject composition(String text) {
        JsonObject composition = new JsonObject();
        composition.addProperty("text", text);
        composition.addProperty("selectionStart", text.length());
        composition.addProperty("selectionEnd", text.length());
        return composition;
    }

    private static List<Terminal.Mouse> clicks(Terminal terminal) throws Exception {
        return terminal.mouse().stream().filter(event -> event.button() == 0 && event.pressed()).toList();
    }

    private static Terminal.Mouse last(Terminal terminal) throws Exception {
        List<Terminal.Mouse> all = terminal.mouse();
        return all.get(all.size() - 1);
    }

    private static OurPage open(House house, String server, Terminal terminal, Page tab) throws Exception {
        house.vnc(server, terminal.port(), PASSWORD);
        OurPage page = new OurPage(tab, house.url());
        page.open(house.link(server).withPin(House.PIN));
        page.awaitPicture(ConsolePage.BLUE);
        return page;
    }
}
