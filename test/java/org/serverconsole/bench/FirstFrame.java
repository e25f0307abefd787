package org.serverconsole.bench;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How long from navigation to the first picture, in a browser that has nothing stored. A picture is there when any large
 * canvas of the page has a bright pixel, looked at before each repaint; the same for every page, whatever it is made of.
 */
final class FirstFrame implements AutoCloseable {

    /** Sets {@code window.pictureAt}. */
    static final String WATCH = """
            (() => {
              const sample = new OffscreenCanvas(16, 16).getContext('2d', { willReadFrequently: true });
              const bright = canvas => {
                sample.clearRect(0, 0, 16, 16);
                sample.drawImage(canvas, 0, 0, 16, 16);
                return sample.getImageData(0, 0, 16, 16).data.some((value, i) => i % 4 !== 3 && value > 32);
              };
              const look = () => {
                const large = [...document.querySelectorAll('canvas')].filter(canvas => canvas.width * canvas.height > 10000);
                if (large.some(bright))
                  window.pictureAt = performance.now();
                else
                  requestAnimationFrame(look);
              };
              requestAnimationFrame(look);
            })();""";

    private final Playwright playwright;
    private final Browser browser;

    FirstFrame() {
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright.chromium().launch(new BrowserType.LaunchOptions()
                .setExecutablePath(Path.of(System.getProperty("chromium", "/usr/bin/chromium")))
                .setArgs(List.of("--disable-dev-shm-usage")));
    }

    /** In milliseconds. */
    double open(String url) {
        try (BrowserContext customer = browser.newContext(new Browser.NewContextOptions().setViewportSize(1024, 768))) {
            customer.addInitScript(WATCH);
            Page page = customer.newPage();
            page.navigate(url);
            page.waitForFunction("() => window.pictureAt", null, new Page.WaitForFunctionOptions().setPollingInterval(50));
            return ((Number) page.evaluate("() => window.pictureAt")).doubleValue();
        }
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
