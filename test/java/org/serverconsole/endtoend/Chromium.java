package org.serverconsole.endtoend;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The machine's Chromium, without a window. Not safe for use by many threads. */
final class Chromium implements AutoCloseable {

    private static final double PATIENCE = 30_000;

    private final Playwright playwright;
    private final Browser browser;

    Chromium() {
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright.chromium().launch(new BrowserType.LaunchOptions()
                .setExecutablePath(Path.of(System.getProperty("chromium", "/usr/bin/chromium")))
                .setArgs(List.of("--disable-dev-shm-usage")));
    }

    /** A customer's browser, with nothing stored in it yet. */
    BrowserContext customer() {
        return customer(new Browser.NewContextOptions().setViewportSize(1024, 768));
    }

    /** The browser of a customer with another screen, or another language. */
    BrowserContext customer(Browser.NewContextOptions options) {
        BrowserContext context = browser.newContext(options);
        context.setDefaultTimeout(PATIENCE);
        return context;
    }

    /** A tab of a browser of its own. */
    Page tab() {
        return customer().newPage();
    }

    /** Every customer closes the browser. */
    void leave() {
        List.copyOf(browser.contexts()).forEach(BrowserContext::close);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
