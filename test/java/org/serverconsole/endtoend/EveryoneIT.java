package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** That whoever comes can use our page: in their language, with a screen reader, and on no page that could lead them astray. */
@Timeout(180)
@ExtendWith(Shared.Extension.class)
class EveryoneIT {

    private static final Path AXE = Path.of("test/js/node_modules/axe-core/axe.min.js");

    private final Shared shared;

    EveryoneIT(Shared shared) {
        this.shared = shared;
    }

    @InBothHosts
    void thePageSpeaksTheBrowsersLanguageUnlessThePanelAsksForAnother(Host host) throws Exception {
        House house = shared.house(host);
        OurPage russian = new OurPage(in("ru-RU"), house.url());
        OurPage english = new OurPage(in("ru-RU"), house.url());
        OurPage asked = new OurPage(in("en-US"), house.url());

        russian.open(house.link(House.VM_SERVER));
        english.open(house.linkIn("en-GB", House.VM_SERVER));
        asked.open(house.linkIn("ru", House.VM_SERVER));

        russian.awaitPinPrompt();
        assertThat(russian.text()).contains("Введите PIN-код этого сервера.", "Продолжить");
        assertThat(russian.tab().title()).isEqualTo("Консоль сервера");
        russian.picture("russian-pin-" + host);
        english.awaitPinPrompt();
        assertThat(english.text()).contains("Please enter the PIN of this server.");
        asked.awaitPinPrompt();
        assertThat(asked.text()).contains("Введите PIN-код этого сервера.");
    }

    @Test
    void guacamolesOwnPageAsksForThePinInTheBrowsersLanguageToo() throws Exception {
        House house = shared.house(Host.WAR);
        GuacamolesPage page = new GuacamolesPage(in("ru-RU"), house.url());

        page.open(house.link(House.VM_SERVER));

        page.awaitPinPrompt();
        page.picture("russian-pin");
        assertThat(page.text()).contains("Введите PIN-код этого сервера.");
        page.enterPin("1111");
        page.tab().getByText("PIN-код неверен. Попробуйте ещё раз.").waitFor();
        page.enterPin(House.PIN);
        page.awaitPicture(ConsolePage.BLUE);
    }

    @InBothHosts
    void theMenuChangesTheLanguageAndItStays(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = open(house, house.linkIn("ru", House.VM_SERVER).withPin(House.PIN), in("en-US"));
        Bar bar = new Bar(page.tab());
        bar.open();
        page.picture("russian-bar-" + host);
        assertThat(bar.tool("keys").innerText()).isEqualTo("Клавиши");

        bar.panel("menu").locator("#language").selectOption("en");

        page.tab().waitForFunction("() => document.getElementById('bar-keys').innerText === 'Keys'");
        assertThat(page.tab().locator("#panel-menu h2").first().innerText()).isEqualTo("Picture");
        assertThat(page.tab().title()).isEqualTo("web-" + House.VM_SERVER + " - Server console");
        page.tab().reload();
        page.awaitPicture(ConsolePage.BLUE);
        assertThat(bar.open().tool("keys").innerText()).isEqualTo("Keys");
        assertThat((String) page.tab().evaluate("document.documentElement.lang")).isEqualTo("en");
    }

    @InBothHosts
    void nothingStandsInTheWayOfAScreenReader(Host host) throws Exception {
        House house = shared.house(host);
        OurPage page = new OurPage(shared.chromium().tab(), house.url());
        List<String> complaints = new CopyOnWriteArrayList<>();
        page.tab().onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")) {
                complaints.add(message.text());
            }
        });
        page.tab().onPageError(complaints::add);
        page.open(house.link(House.VM_SERVER));
        page.awaitPinPrompt();
        assertAccessible(page.tab(), "the PIN prompt");
        page.enterPin(House.PIN);
        page.awaitPicture(ConsolePage.BLUE);
        Bar bar = new Bar(page.tab());
        for (String panel : List.of("keys", "menu")) {
            bar.panel(panel);
            assertAccessible(page.tab(), "the panel of " + panel);
        }
        bar.panel("menu").locator("#show-keyboard").click();
        assertAccessible(page.tab(), "the on-screen keyboard");
        bar.panel("menu").locator("#show-text-field").click();
        assertAccessible(page.tab(), "the text field");
        bar.open().tool("type").click();
        assertAccessible(page.tab(), "the dialog for typing");
        bar.answer("Cancel");
        bar.open().tool("end").click();
        assertAccessible(page.tab(), "the question at the end");
        bar.answer("End");
        page.awaitState("ended");
        assertAccessible(page.tab(), "the end");
        // Nothing of the page is against its own policy.
        assertThat(complaints).isEmpty();
    }

    @InBothHosts
    void insideAnotherPageNothingIsOpenedAndTheLinkStaysGood(Host host) throws Exception {
        House house = shared.house(host);
        Link link = house.link(House.VM_SERVER).withPin(House.PIN);
        Page around = shared.chromium().tab();
        String url = house.url().resolve("app/ext/console/open.html") + "#" + link.parameters();
        around.navigate(house.url().resolve("app/ext/console/translations/en.json").toString());
        around.evaluate("""
                url => document.body.replaceChildren(
                  Object.assign(document.createElement('iframe'), {src: url, width: 800, height: 600}))""", url);

        around.frameLocator("iframe").getByText("the console is not shown inside another page").waitFor();
        Page window = around.context().waitForPage(() -> around.frameLocator("iframe").locator("#again").click());

        OurPage opened = new OurPage(window, house.url());
        opened.awaitPicture(ConsolePage.BLUE);
    }

    private static void assertAccessible(Page tab, String what) throws IOException {
        assertThat(AXE).as("axe-core, which test/page --install fetches").exists();
        // What fades in is not yet what it will be.
        tab.waitForFunction("() => document.getAnimations().every(one => one.effect.getTiming().iterations === Infinity)");
        if (!(boolean) tab.evaluate("'axe' in window")) {
            tab.evaluate(Files.readString(AXE));
        }
        @SuppressWarnings("unchecked")
        List<Object> violations = (List<Object>) tab.evaluate("""
                () => axe.run({exclude: ['#display']}, {resultTypes: ['violations']}).then(({violations}) =>
                  violations.map(({id, nodes}) => id + ': ' + nodes.map(node => node.html + ' ' + node.failureSummary).join('; ')))""");
        assertThat(violations).as(what).isEmpty();
    }

    private Page in(String locale) {
        return shared.chromium().customer(new Browser.NewContextOptions().setViewportSize(1024, 768).setLocale(locale)).newPage();
    }

    private static OurPage open(House house, Link link, Page tab) {
        OurPage page = new OurPage(tab, house.url());
        page.open(link);
        page.awaitPicture(ConsolePage.BLUE);
        return page;
    }
}
