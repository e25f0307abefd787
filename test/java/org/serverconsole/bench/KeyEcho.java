package org.serverconsole.bench;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.TimeoutError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How long from a key to what it draws: from the browser's own time of the keydown to the first drawing on any large canvas of
 * the page. The same for every page, whatever it is made of. The terminal on the screen echoes each key.
 */
final class KeyEcho implements AutoCloseable {

    private static final int WARM_UP = 6;

    /** Between an echo and the next key, in milliseconds, so that keys fall anywhere between two frames of any part. */
    private static final int SHORTEST_PAUSE = 40;
    private static final int LONGEST_PAUSE = 90;

    private static final String WATCH = """
            (() => {
              let pressed;
              addEventListener('keydown', event => pressed = event.timeStamp, true);
              const seen = canvas => {
                if (pressed === undefined || canvas.width * canvas.height < 10000)
                  return;
                window.echo = performance.now() - pressed;
                pressed = undefined;
              };
              const drawing = CanvasRenderingContext2D.prototype;
              for (const name of ['drawImage', 'fill', 'fillRect', 'putImageData']) {
                const draw = drawing[name];
                drawing[name] = function (...what) {
                  draw.apply(this, what);
                  seen(this.canvas);
                };
              }
            })();""";

    private final Random random = new Random(7);
    private final Playwright playwright;
    private final Browser browser;

    KeyEcho() {
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright.chromium().launch(new BrowserType.LaunchOptions()
                .setExecutablePath(Path.of(System.getProperty("chromium", "/usr/bin/chromium")))
                .setArgs(List.of("--disable-dev-shm-usage")));
    }

    /** Of that many keys, in milliseconds, in a page that is opened for it. */
    List<Double> open(String url, int keys) {
        try (BrowserContext customer = browser.newContext(new Browser.NewContextOptions().setViewportSize(1024, 768))) {
            customer.addInitScript(FirstFrame.WATCH);
            customer.addInitScript(WATCH);
            Page page = customer.newPage();
            page.navigate(url);
            awaitPicture(page);
            // Whatever a page loads after its first picture is not what is measured.
            page.waitForTimeout(1500);
            List<Double> echoes = new ArrayList<>();
            for (int key = -WARM_UP; key < keys; key++) {
                double echo = press(page, key % 2 == 0 ? "j" : "Backspace");
                if (key >= 0) {
                    echoes.add(echo);
                }
            }
            return echoes;
        }
    }

    private static void awaitPicture(Page page) {
        try {
            page.waitForFunction("() => window.pictureAt", null, new Page.WaitForFunctionOptions().setPollingInterval(50));
        } catch (TimeoutError e) {
            throw new IllegalStateException(page.url().split("#")[0] + " shows no picture, but says: " + page.innerText("body"), e);
        }
    }

    private double press(Page page, String key) {
        page.evaluate("() => { window.echo = undefined; }");
        page.keyboard().press(key);
        page.waitForFunction("() => window.echo !== undefined", null, new Page.WaitForFunctionOptions().setPollingInterval(10));
        double echo = ((Number) page.evaluate("() => window.echo")).doubleValue();
        page.waitForTimeout(random.nextInt(SHORTEST_PAUSE, LONGEST_PAUSE));
        return echo;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
