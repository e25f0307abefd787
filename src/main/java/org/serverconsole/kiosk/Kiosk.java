package org.serverconsole.kiosk;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.serverconsole.kiosk.DevTools.Event;
import org.serverconsole.kiosk.KioskException.Reason;
import org.serverconsole.rfb.Lookup;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.RfbException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One browser on its own X server, showing one console. Ends when its stream does, and its stream when it does: a browser that
 * crashes is restarted once, and a page that has lost its BMC is the end.
 */
public final class Kiosk implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Kiosk.class);
    private static final Pattern SIZE = Pattern.compile("(\\d{3,4})x(\\d{3,4})");
    private static final int LARGEST = 4096;
    private static final int SMALLEST = 100;
    private static final long FIT = TimeUnit.SECONDS.toNanos(5);
    /** How long a page may be without the WebSocket that it had: long enough to make another. */
    private static final int SECONDS_CUT = 5;

    private final Stage stage;
    private final RfbConnector rfb;
    private final Executor threads;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    /** Done unless the browser is being restarted. */
    private volatile CompletableFuture<Void> restarted = CompletableFuture.completedFuture(null);
    private volatile PageSockets sockets;
    private volatile Browser browser;
    private volatile Optional<Channel> channel = Optional.empty();
    private volatile boolean shown;
    private int browsers = 1;
    private volatile int fits;
    private volatile int fitted;
    private Optional<Scene> scene = Optional.empty();
    private Optional<Site> site = Optional.empty();
    private Duration patience = Duration.ZERO;

    private Kiosk(Stage stage, RfbConnector rfb, Executor threads) throws KioskException, InterruptedException, IOException {
        this.stage = stage;
        this.rfb = rfb;
        this.threads = threads;
        browser = startBrowser();
    }

    /** One that shows nothing yet. */
    static Kiosk prepare(Stage stage, RfbConnector rfb, Executor threads) throws KioskException, InterruptedException, IOException {
        return new Kiosk(stage, rfb, threads);
    }

    private Browser startBrowser() throws KioskException, InterruptedException, IOException {
        PageSockets its = new PageSockets();
        sockets = its;
        Browser started = Browser.start(stage, browsers, threads, event -> happened(its, event));
        started.lost().thenAcceptAsync(why -> lost(started, why), threads);
        return started;
    }

    /** Opens the gate to that site and plays. */
    void play(Site wanted, Scene wantedScene, Duration time) throws KioskException, InterruptedException {
        site = Optional.of(wanted);
        scene = Optional.of(wantedScene);
        patience = time;
        try {
            stage.gate().allow(wanted, Lookup.of(wanted.host(), time));
        } catch (RfbException e) {
            throw new KioskException(e.reason() == RfbException.Reason.TIMEOUT ? Reason.TIMEOUT : Reason.UNREACHABLE, e.getMessage(), e);
        }
        play();
    }

    private void play() throws KioskException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        scene.orElseThrow().play(new Page(browser, stage.gate(), site.orElseThrow(), deadline));
        shown = true;
        // What was cut meanwhile was not yet watched.
        endWhereCut(sockets);
    }

    /**
     * The console's stream, as RFB just before ClientInit. Closing it ends the kiosk.
     *
     * @param time how long it may take
     */
    public Channel connect(Duration time) throws KioskException, InterruptedException {
        try {
            Channel made = rfb.connect("127.0.0.1", stage.server().port(), stage.server().password(), time);
            made.closeFuture().addListener(ended -> threads.execute(this::close));
            channel = Optional.of(made);
            if (closing.get()) {
                made.close();
            }
            return made;
        } catch (RfbException e) {
            throw new KioskException(Reason.PROTOCOL, "the kiosk's own Xvnc: " + e.getMessage(), e);
        }
    }

    private void lost(Browser which, String why) {
        if (closing.get() || which != browser) {
            return;
        }
        if (!shown || browsers > 1) {
            LOG.warn("a kiosk of {} ends: {}", name(), why);
            close();
            return;
        }
        LOG.warn("the browser of a kiosk of {} is restarted: {}", name(), why);
        CompletableFuture<Void> done = new CompletableFuture<>();
        restarted = done;
        boolean again = false;
        try {
            again = restart(which);
        } catch (KioskException | IOException e) {
            LOG.warn("a kiosk of {} ends, since its browser could not be restarted: {}", name(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            done.complete(null);
        }
        if (!again) {
            close();
        }
    }

    /** Whether the console is shown again; not where the kiosk is closed meanwhile. */
    private boolean restart(Browser old) throws KioskException, InterruptedException, IOException {
        browsers++;
        shown = false;
        old.close();
        if (closing.get()) {
            return false;
        }
        browser = startBrowser();
        if (closing.get()) {
            return false;
        }
        play();
        return true;
    }

    private String name() {
        return site.map(Site::authority).orElse("nobody");
    }

    /** On the thread that reads: nothing here may wait. */
    private void happened(PageSockets its, Event event) {
        switch (event.method()) {
            case "Runtime.bindingCalled" -> {
                Matcher size = SIZE.matcher(event.params().path("payload").asText());
                if (size.matches()) {
                    fitLater(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)));
                }
            }
            case "Network.webSocketCreated", "Network.webSocketClosed" -> {
                its.happened(event);
                endWhereCut(its);
            }
            case "Page.frameNavigated" -> stay(event.params().path("frame"));
            default -> { }
        }
    }

    /** Once shown, the console stays where it is; whatever replaces it, be it a page of errors, is not to be seen. */
    private void stay(JsonNode frame) {
        boolean main = !frame.has("parentId");
        String url = frame.path("url").asText();
        if (main && shown && !url.startsWith(site.orElseThrow().url("/").toString()) && !closing.get()) {
            LOG.warn("a kiosk of {} ends: its page has left the BMC", name());
            threads.execute(this::close);
        }
    }

    /** Ends where the BMC has ended the console that is shown, and does not begin another soon. */
    private void endWhereCut(PageSockets its) {
        if (isCut(its)) {
            CompletableFuture.delayedExecutor(SECONDS_CUT, TimeUnit.SECONDS, threads).execute(() -> {
                if (isCut(its)) {
                    LOG.info("a kiosk of {} ends: the BMC has ended the console", name());
                    close();
                }
            });
        }
    }

    /** Not that of a browser that has crashed and been restarted. */
    private boolean isCut(PageSockets its) {
        return shown && !closing.get() && its == sockets && its.areCut();
    }

    private void fitLater(int width, int height) {
        if (width < SMALLEST || height < SMALLEST || width > LARGEST || height > LARGEST) {
            return;
        }
        int number;
        synchronized (this) {
            number = ++fits;
        }
        threads.execute(() -> fit(width, height, number));
    }

    /** The picture has that size now, and so is the screen to have it. */
    private synchronized void fit(int width, int height, int number) {
        if (number != fits || closing.get()) {
            return;
        }
        try {
            long deadline = System.nanoTime() + FIT;
            Page page = new Page(browser, stage.gate(), site.orElseThrow(), deadline);
            if (!page.screenIs(width, height)) {
                stage.screen().resize(width, height);
                page.awaitScreen(width, height);
                browser.resize(width, height, deadline);
            }
            page.awaitSize(width, height);
            browser.focus(deadline);
        } catch (KioskException e) {
            LOG.warn("a kiosk's screen is not {}x{}: {}", width, height, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            fitted = number;
        }
    }

    /** Waits until the screen has the size of the picture. */
    void awaitFit(Duration time) throws KioskException, InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (fits > 0 && fitted == fits) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new KioskException(Reason.TIMEOUT, "the console's picture told no size in time");
    }

    /** The processes of this kiosk. */
    List<ProcessHandle> processes() {
        return stage.folder().processes();
    }

    /** That of its browser, which may be another later. */
    long browserPid() {
        return browser.pid();
    }

    /** Of its X server, for tests that look whether it is anywhere. */
    String password() {
        return stage.server().password().reveal();
    }

    /** Where all that it writes is. */
    Path folder() {
        return stage.folder().path();
    }

    /** How many pages its browser has, its own and those that have not been closed yet. */
    int pages() throws KioskException, InterruptedException {
        return browser.pages(System.nanoTime() + FIT);
    }

    /** Whether its page wanted to go there. */
    boolean hasRefused(String authority) {
        return stage.gate().hasRefused(authority);
    }

    /** Runs that when nothing of it is left, at once where that is so. */
    public void whenClosed(Runnable work) {
        closed.thenRun(work);
    }

    /** Done when nothing of it is left. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    /** Cuts the stream, has the BMC's page left, and ends everything. Returns when nothing is left. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            closed.join();
            return;
        }
        try {
            channel.ifPresent(Channel::close);
            browser.close();
            stage.screen().close();
            stage.gate().close();
            stage.folder().clear();
            if (!restarted.isDone()) {
                // It fails for want of all of that, or has just begun something of its own.
                restarted.join();
                browser.close();
                stage.folder().clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed.complete(null);
        }
    }
}
