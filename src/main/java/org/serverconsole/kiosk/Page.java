package org.serverconsole.kiosk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.serverconsole.config.Secret;
import org.serverconsole.kiosk.KioskException.Reason;

/**
 * The kit that scenes are made of. Paths are of the kiosk's {@link Site}, selectors those of CSS. Every step waits until it has
 * been done, at most until the opening's deadline ({@code TIMEOUT}). For one thread.
 */
public final class Page {

    private static final int PAUSE = 30;

    private final Browser browser;
    private final Gate gate;
    private final Site site;
    private final long deadline;

    Page(Browser browser, Gate gate, Site site, long deadline) {
        this.browser = browser;
        this.gate = gate;
        this.site = site;
        this.deadline = deadline;
    }

    /**
     * Opens a path, with or without query, and waits until the page is there.
     *
     * @throws KioskException {@code UNREACHABLE} where the site did not answer
     */
    public void go(String path) throws KioskException, InterruptedException {
        JsonNode went = browser.call("Page.navigate", DevTools.params().put("url", site.url(path).toString()), deadline);
        String error = went.path("errorText").asText("");
        if (!error.isEmpty()) {
            throw new KioskException(Reason.UNREACHABLE, site.authority() + " could not be opened in a kiosk: " + error
                    + gate.failure().map(cause -> " (" + cause.getMessage() + ")").orElse(""), gate.failure().orElse(null));
        }
        // The page that is left may still be there for a moment.
        await(() -> evaluate("document.readyState === 'complete' && location.protocol === 'https:'").asBoolean(),
                "the page " + path.split("[?#]", 2)[0]);
    }

    /** Waits until one of those is in the page, and says which. */
    public String waitFor(String... selectors) throws KioskException, InterruptedException {
        List<String> wanted = Arrays.asList(selectors);
        String list = wanted.stream().map(Page::quoted).collect(Collectors.joining(",", "[", "]"));
        return await(() -> evaluate(list + ".findIndex(each => document.querySelector(each))").asInt(-1), index -> index >= 0,
                String.join(" or ", wanted)).map(wanted::get).orElseThrow();
    }

    /** Waits until it is in the page and may be clicked, and does. */
    public void click(String selector) throws KioskException, InterruptedException {
        await(() -> evaluate("(e => !!e && !e.disabled && (e.click(), true))(" + element(selector) + ")").asBoolean(), selector);
    }

    /** Waits for a field, and fills it as somebody who types would. */
    public void fill(String selector, Secret text) throws KioskException, InterruptedException {
        waitFor(selector);
        evaluate("((e, text) => { e.focus();"
                + " Object.getOwnPropertyDescriptor(Object.getPrototypeOf(e), 'value').set.call(e, text);"
                + " for (const type of ['input', 'change']) e.dispatchEvent(new Event(type, {bubbles: true})); })("
                + element(selector) + "," + quoted(text.reveal()) + ")");
    }

    /** Sets a cookie of the site, which its pages see as their own. */
    public void cookie(String name, Secret value) throws KioskException, InterruptedException {
        browser.call("Network.setCookie", DevTools.params().put("url", site.url("/").toString())
                .put("name", name).put("value", value.reveal()).put("secure", true), deadline);
    }

    /**
     * Waits for the console's picture, a canvas or video of some size, and hides everything else from then on.
     *
     * @param selector of the picture
     */
    public void show(String selector) throws KioskException, InterruptedException {
        await(() -> evaluate("(e => !!e && (e.width || e.videoWidth || 0) > 0)(" + element(selector) + ")").asBoolean(), selector);
        evaluate("(" + Script.read("show.js") + ")(" + quoted(selector) + ")");
    }

    /** Waits until the screen has that size, and the page fills it. */
    void awaitSize(int width, int height) throws KioskException, InterruptedException {
        await(() -> evaluate("innerWidth >= " + width + " && innerHeight >= " + height + " && screen.width === " + width
                + " && screen.height === " + height).asBoolean(), "a screen of " + width + "x" + height);
    }

    boolean screenIs(int width, int height) throws KioskException, InterruptedException {
        return evaluate("screen.width === " + width + " && screen.height === " + height).asBoolean();
    }

    void awaitScreen(int width, int height) throws KioskException, InterruptedException {
        await(() -> screenIs(width, height), "a screen of " + width + "x" + height);
    }

    /** What is looked at again and again. */
    @FunctionalInterface
    private interface Look<T> {
        T now() throws KioskException, InterruptedException;
    }

    private void await(Look<Boolean> look, String what) throws KioskException, InterruptedException {
        await(look, found -> found, what);
    }

    private <T> Optional<T> await(Look<T> look, Predicate<T> enough, String what)
            throws KioskException, InterruptedException {
        while (true) {
            T found = look.now();
            if (enough.test(found)) {
                return Optional.of(found);
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new KioskException(Reason.TIMEOUT, site.authority() + " did not show " + what + " in time");
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE);
        }
    }

    /** While a page is being left there is none to ask; that is no answer, and no failure. */
    private JsonNode evaluate(String expression) throws KioskException, InterruptedException {
        try {
            return browser.call("Runtime.evaluate", DevTools.params().put("expression", expression).put("returnByValue", true),
                    deadline).path("result").path("value");
        } catch (KioskException e) {
            if (e.reason() == Reason.PROTOCOL && !browser.lost().isDone()) {
                return DevTools.params().path("none");
            }
            throw e;
        }
    }

    private static String element(String selector) {
        return "document.querySelector(" + quoted(selector) + ")";
    }

    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }
}
