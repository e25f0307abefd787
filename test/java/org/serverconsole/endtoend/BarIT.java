package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the bar of our page does for a person at a broken server. */
@Timeout(180)
@ExtendWith(Shared.Extension.class)
class BarIT {

    private static final String PASSWORD = "Pa$$w0rd-Ünï€ 0O1l";

    /** What of the keyboard the browser has given to the page, once it has. */
    private static final String NOTE_LOCKS = """
            window.locks = [];
            const {lock, unlock} = Keyboard.prototype;
            Keyboard.prototype.lock = async function (keys) {
              await lock.call(this, keys);
              window.locks.push(keys ? 'some' : 'all');
            };
            Keyboard.prototype.unlock = function () {
              unlock.call(this);
              window.locks.push('none');
            };""";

    private final Shared shared;

    BarIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void ctrlAltDelFromTheBarResetsTheMachine(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = open(house, House.VM_SERVER, shared.chromium().tab());
        long before = house.qemu().resets();

        Locator keys = new Bar(page.tab()).panel("keys");
        page.picture("keys-" + host);
        // In a narrower window the bar takes two rows, and what hangs on it makes room.
        page.tab().setViewportSize(600, 600);
        page.tab().waitForFunction("""
                () => document.getElementById('panel-keys').getBoundingClientRect().top
                  > document.querySelector('.tools').getBoundingClientRect().bottom""");
        keys.getByText("Ctrl-Alt-Del").click();

        await().untilAsserted(() -> assertThat(house.qemu().resets()).isGreaterThan(before));
    }

    @InBothHosts
    void aTextIsTypedAtATerminalUnchanged(Host host, @TempDir Path folder) throws Exception {
        House house = shared.house(host);
        try (Terminal terminal = Terminal.start(folder, "v1sible!")) {
            house.vnc("terminal", terminal.port(), "v1sible!");
            OurPage page = open(house, "terminal", shared.chromium().tab());
            Bar bar = new Bar(page.tab());

            bar.open().tool("type").click();
            page.tab().locator("#type-words").fill(PASSWORD);
            page.tab().locator("#type-enter").check();
            page.picture("type-" + host);
            bar.answer("Type");

            bar.awaitNotice("Typed " + (PASSWORD.length() + 1) + " characters.");
            await().untilAsserted(() -> assertThat(terminal.typed()).isEqualTo(Optional.of(PASSWORD)));
        }
    }

    @InBothHosts
    void whatIsInTheClipboardIsTypedAndThatCanBeStopped(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = open(house, House.VM_SERVER, shared.chromium().tab());
        Bar bar = new Bar(page.tab());
        String word = ConsolePage.word();

        page.tab().keyboard().press("Enter");
        page.tab().context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
        page.tab().evaluate("text => navigator.clipboard.writeText(text)", word + "x".repeat(1000));
        bar.open().tool("type").click();
        page.tab().locator("dialog").getByText("Paste from the clipboard").click();
        page.tab().locator("#type-slow").check();
        bar.answer("Type");
        await().until(() -> house.qemu().screenText().contains(word));
        page.picture("typing-" + host);
        page.tab().locator("#notices").getByText("Stop").click();

        bar.awaitNotice("Stopped after");
        String next = ConsolePage.word();
        page.type("\n" + next);
        await().until(() -> house.qemu().screenText().contains(next));
    }

    /** The warning comes twelve seconds after the login. */
    @InBothHosts
    void keepOpenInTheWarningMovesTheDeadlineOfPageAndServer(Host host) throws Exception {
        try (House house = House.start(host, Map.of("console-session-duration", "612", "console-session-limit", "1200"))) {
            OurPage page = open(house, House.VM_SERVER, shared.chromium().tab());
            Bar bar = new Bar(page.tab());
            bar.awaitNotice("This console closes in 10 minutes.");
            page.picture("warning-" + host);
            long server = describe(house, page).path("secondsLeft").asLong();
            double deadline = deadline(page.tab());

            page.tab().locator("#notices").getByText("Keep open").click();

            bar.awaitNotice("Kept open: 10:1");
            await().untilAsserted(() -> assertThat(deadline(page.tab())).isGreaterThan(deadline));
            assertThat(describe(house, page).path("secondsLeft").asLong()).isGreaterThan(server);
            assertThat(page.tab().locator("#notices").innerText()).doesNotContain("closes in 10 minutes");
        }
    }

    @InBothHosts
    void endingTheSessionSaysSoAndLeadsBackToThePanel(Host host) throws Exception {
        try (House house = House.start(host, Map.of("console-session-duration", "135", "console-session-limit", "135",
                "console-location", "NL", "console-keys", "Ctrl-Alt-Backspace",
                "console-return-url", "https://panel.example/servers"))) {
            OurPage page = open(house, House.VM_SERVER, shared.chromium().tab());
            Bar bar = new Bar(page.tab());
            bar.awaitNotice("This console closes in 2 minutes. It cannot be kept open any longer.");
            assertThat(bar.open().tool("keep-open").isVisible()).isFalse();
            assertThat(page.tab().locator("#bar .about").innerText()).contains("web-" + House.VM_SERVER, "NL");
            bar.panel("keys").getByText("Ctrl-Alt-Backspace").waitFor();

            bar.open().tool("end").click();
            page.picture("end-question-" + host);
            bar.answer("End");

            page.awaitState("ended");
            page.picture("ended-" + host);
            assertThat(page.text()).contains("You have closed this console.").containsPattern("Reference [A-Z0-9]{6}");
            assertThat(page.tab().locator("#back").getAttribute("href")).isEqualTo("https://panel.example/servers");
            assertThat(page.tab().locator("#again").isVisible()).isFalse();
            await().until(() -> house.qemu().viewers() == 0);
            page.tab().reload();
            page.awaitState("ended");
            assertThat(page.tab().locator("#back").isVisible()).isTrue();
        }
    }

    @InBothHosts
    void ctrlAltShiftLeadsIntoTheBarAndEscapeBackToTheConsole(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = open(house, House.VM_SERVER, shared.chromium().tab());
        // The first of the tools, once the server has said that there is more time to be had.
        page.tab().waitForFunction("() => document.getElementById('keep-open')?.hidden === false");

        page.tab().keyboard().press("Control+Alt+Shift");
        page.tab().waitForFunction("() => document.activeElement.closest('.tools')");
        String lost = ConsolePage.word();
        page.type(lost);
        page.tab().keyboard().press("ArrowRight");
        page.tab().keyboard().press("Enter");
        page.tab().waitForFunction("() => document.activeElement.closest('.panel')");
        page.tab().keyboard().press("Escape");
        page.tab().keyboard().press("Escape");
        page.tab().waitForFunction("() => !document.activeElement.closest('#bar')");

        String word = ConsolePage.word();
        page.type("\n" + word);
        await().until(() -> house.qemu().screenText().contains(word));
        assertThat(house.qemu().screenText()).doesNotContain(lost);
    }

    @InBothHosts
    void onAPhoneTheBarFitsAndTheTextFieldTypes(Host host) throws Exception {
        House house = shared.house(host);
        Page tab = shared.chromium().customer(new Browser.NewContextOptions().setViewportSize(360, 740)
                .setHasTouch(true).setIsMobile(true)).newPage();
        OurPage page = open(house, House.VM_SERVER, tab);

        // It shows itself for a moment, and is gone again by the time of a slow tap.
        tab.waitForFunction("() => document.querySelector('#bar:not(.open) #grip')");
        tab.locator("#grip").tap();
        tab.locator("#bar-menu").waitFor();
        page.picture("phone-bar-" + host);
        assertThat((int) tab.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
        assertThat((boolean) tab.evaluate("""
                [...document.querySelectorAll('.tools button')].filter(tool => tool.checkVisibility()).every(tool => {
                  const {left, right, height} = tool.getBoundingClientRect();
                  return left >= 0 && right <= 360 && height >= 40;
                })""")).isTrue();
        tab.locator("#bar-menu").tap();
        page.picture("phone-menu-" + host);
        tab.locator("#show-text-field").tap();
        tab.locator("#text-field").getByText("Enter").tap();
        String word = ConsolePage.word();
        tab.locator("#text-field input").fill(word);
        page.picture("phone-text-" + host);

        await().until(() -> house.qemu().screenText().contains(word));
    }

    @InBothHosts
    void theOnScreenKeyboardTypesWithShift(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = open(house, House.VM_SERVER, shared.chromium().tab());
        new Bar(page.tab()).panel("menu").locator("#show-keyboard").click();
        Locator keyboard = page.tab().locator("#screen-keyboard");

        press(keyboard, "Enter");
        for (String key : "qwertyup".split("")) {
            press(keyboard, key);
            press(keyboard, "Shift");
            press(keyboard, key.toUpperCase());
        }
        page.picture("keyboard-" + host);

        await().until(() -> house.qemu().screenText().contains("qQwWeErRtTyYuUpP"));
    }

    @InBothHosts
    void whatIsWrittenIntoTheClipboardIsPastedAtTheServer(Host host, @TempDir Path folder) throws Exception {
        House house = shared.house(host);
        try (Terminal terminal = Terminal.start(folder, "v1sible!")) {
            house.vnc("clipboard", terminal.port(), "v1sible!");
            OurPage page = open(house, "clipboard", shared.chromium().tab());
            Locator clipboard = new Bar(page.tab()).panel("menu").locator("#clipboard");

            clipboard.fill("straight from the clipboard");
            clipboard.blur();
            page.tab().mouse().click(500, 500);
            page.tab().keyboard().press("Shift+Insert");

            await().untilAsserted(() -> {
                // The terminal asks for what it is to paste, and goes on with its keys meanwhile.
                page.tab().keyboard().press("Enter");
                assertThat(terminal.typed()).isEqualTo(Optional.of("straight from the clipboard"));
            });
        }
    }

    @InBothHosts
    void aScreenshotIsThePictureOfTheServer(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = open(house, House.VM_SERVER, shared.chromium().tab());
        Bar bar = new Bar(page.tab()).open();

        Download saved = page.tab().waitForDownload(() -> bar.tool("screenshot").click());

        assertThat(saved.suggestedFilename()).matches("web-14494-\\d{4}-\\d\\d-\\d\\d-\\d\\d-\\d\\d-\\d\\d\\.png");
        BufferedImage picture = ImageIO.read(saved.path().toFile());
        // The text mode of a PC: 80 x 25 characters of 9 x 16 pixels.
        assertThat(List.of(picture.getWidth(), picture.getHeight())).isEqualTo(List.of(720, 400));
        // Lossy pictures come near the machine's blue only.
        Color corner = new Color(picture.getRGB(2, 2));
        assertThat(List.of(corner.getRed(), corner.getGreen())).allSatisfy(part -> assertThat(part).isLessThanOrEqualTo(12));
        assertThat(corner.getBlue()).isBetween(158, 182);
    }

    @InBothHosts
    void thePictureIsZoomedAndFittedAgain(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = open(house, House.VM_SERVER, shared.chromium().tab());
        Locator menu = new Bar(page.tab()).panel("menu");
        String overflow = "() => { const stage = document.getElementById('display'); return stage.scrollWidth > stage.clientWidth; }";
        assertThat((boolean) page.tab().evaluate(overflow)).isFalse();

        menu.locator("#zoom-in").click();
        menu.locator("#zoom-in").click();

        page.tab().waitForFunction(overflow);
        page.picture("zoomed-" + host);
        menu.locator("#zoom-1").click();
        assertThat(menu.locator(".zoom").innerText()).isEqualTo("100 %");
        menu.locator("#zoom-fit").click();
        page.tab().waitForFunction("() => document.getElementById('display').scrollWidth <= 1024");
    }

    @InBothHosts
    void fullScreenTakesAllKeysAndIsLeftThroughTheBar(Host host) throws Exception {
        House house = shared.house(host);
        Page tab = shared.chromium().tab();
        tab.addInitScript(NOTE_LOCKS);
        OurPage page = open(house, House.VM_SERVER, tab);
        Bar bar = new Bar(page.tab());

        bar.open().tool("full").click();
        page.tab().waitForFunction("() => document.fullscreenElement && window.locks.at(-1) === 'all'");
        page.picture("full-screen-" + host);
        assertThat(bar.open().tool("full").getAttribute("aria-label")).isEqualTo("Leave full screen");
        bar.tool("full").click();

        page.tab().waitForFunction("() => !document.fullscreenElement && window.locks.at(-1) === 'none'");
    }

    private static void press(Locator keyboard, String key) {
        keyboard.getByText(key, new Locator.GetByTextOptions().setExact(true)).click();
    }

    private OurPage open(House house, String server, Page tab) {
        OurPage page = new OurPage(tab, house.url());
        page.open(house.link(server).withPin(House.PIN));
        page.awaitPicture(ConsolePage.BLUE);
        return page;
    }

    private static JsonNode describe(House house, OurPage page) throws Exception {
        return house.get("session/ext/console", page.authToken());
    }

    private static double deadline(Page tab) {
        return ((Number) tab.evaluate("Number(document.body.dataset.deadline)")).doubleValue();
    }
}
