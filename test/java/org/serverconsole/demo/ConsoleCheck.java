package org.serverconsole.demo;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** Looks at consoles as a customer does: in a browser, with a keyboard. */
final class ConsoleCheck implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The text cursor of a PC blinks with fewer; the letters of a line have more. */
    private static final int LEAST_PIXELS = 100;

    private static final String SETTLED = "() => document.body.dataset.state !== 'opening'";

    /** Keeps the picture as it is: every large canvas, since a terminal has layers, and the mouse pointer one of its own. */
    private static final String KEEP = """
            () => {
              window.pixels = () => [...document.querySelectorAll('#display canvas')]
                .filter(canvas => canvas.width * canvas.height > 100000)
                .flatMap(canvas => [...new Uint32Array(
                  canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)]);
              window.kept = window.pixels();
            }""";

    private static final String CHANGED = """
            least => {
              const now = window.pixels();
              return now.filter((pixel, i) => pixel !== window.kept[i]).length >= least;
            }""";

    private final Playwright playwright;
    private final Browser browser;
    private final Steps steps;

    private ConsoleCheck(Playwright playwright, Browser browser, Steps steps) {
        this.playwright = playwright;
        this.browser = browser;
        this.steps = steps;
    }

    /** @param home where Chromium keeps what it wants to keep */
    static ConsoleCheck start(Path home, Steps steps) {
        Playwright playwright = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            Map<String, String> environment = new HashMap<>(System.getenv());
            environment.put("HOME", home.toString());
            Browser browser = playwright.chromium().launch(new BrowserType.LaunchOptions()
                    .setExecutablePath(Path.of(System.getProperty("chromium", "/usr/bin/chromium")))
                    // Chromium's sandbox refuses to run as root; it is given nothing but this machine's own pages.
                    .setChromiumSandbox(false).setArgs(List.of("--disable-gpu")).setEnv(environment));
            return new ConsoleCheck(playwright, browser, steps);
        } catch (RuntimeException e) {
            playwright.close();
            throw e;
        }
    }

    /**
     * Opens a console, types at it and waits until that is seen at both ends.
     *
     * @param link with everything a login needs
     * @param picture PNG of the console with what was typed
     * @return from navigation to the first frame
     */
    Duration check(DemoServer server, String link, Path picture) throws Steps.Failure {
        try (Page page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1024, 768))) {
            page.setDefaultTimeout(PATIENCE.toMillis());
            Duration shown = steps.run("opening console " + server.id() + " in a browser", () -> open(page, link));
            steps.run("typing at console " + server.id(), () -> type(page, server.line()));
            steps.run("waiting for server " + server.id() + " to receive it", () ->
                    Awaitility.await("server " + server.id() + " has received \"" + server.line() + "\"").atMost(PATIENCE)
                            .until(server::hasReceivedLine));
            steps.run("waiting for console " + server.id() + " to show it", () ->
                    page.waitForFunction(CHANGED, LEAST_PIXELS));
            steps.run("writing " + picture, () -> page.screenshot(new Page.ScreenshotOptions().setPath(picture)));
            return shown;
        }
    }

    /** Opens a console and leaves it open; the taker closes it. */
    OpenConsole open(String id, String link) throws Steps.Failure {
        Page page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1024, 768));
        page.setDefaultTimeout(PATIENCE.toMillis());
        steps.run("opening console " + id + " in a browser", () -> open(page, link));
        return new OpenConsole(page);
    }

    /** A console in a browser. */
    record OpenConsole(Page page) implements AutoCloseable {

        private static final String OVER = "() => ['ended', 'failed'].includes(document.body.dataset.state)";

        /** What the page says when the console is over. */
        String awaitEnd() {
            page.waitForFunction(OVER, null, new Page.WaitForFunctionOptions().setTimeout(60_000));
            return said(page);
        }

        @Override
        public void close() {
            page.close();
        }
    }

    private static String said(Page page) {
        return page.locator("#card").innerText().strip().replaceAll("\\s+", " ");
    }

    private static Duration open(Page page, String link) throws IOException {
        page.navigate(link);
        page.waitForFunction(SETTLED);
        if (!page.evaluate("() => document.body.dataset.state").equals("live")) {
            throw new IOException("the page says \"" + said(page) + "\"");
        }
        return Duration.ofMillis(((Number) page.evaluate("() => Math.round(window.firstFrame)")).longValue());
    }

    private static void type(Page page, String line) {
        page.evaluate(KEEP);
        page.keyboard().type(line);
        page.keyboard().press("Enter");
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
