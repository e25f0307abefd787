package org.serverconsole.kiosk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.serverconsole.kiosk.DevTools.Event;
import org.serverconsole.kiosk.KioskException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Chromium with one page, whose only way out is the gate. Whatever else would open is closed before it has loaded anything. */
final class Browser {

    private static final Logger LOG = LoggerFactory.getLogger(Browser.class);
    private static final String BLANK = "about:blank";
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);
    private static final long FAREWELL = TimeUnit.SECONDS.toNanos(2);
    /** Parts of the page, or of the browser's own frame, which has no room to be seen. */
    private static final Set<String> HARMLESS = Set.of("iframe", "worker", "shared_worker", "service_worker", "browser_ui");
    /** What a profile says before it is first used. */
    private static final String PREFERENCES = """
            {"printing": {"enabled": false}, "download_restrictions": 3, "credentials_enable_service": false,
             "profile": {"password_manager_enabled": false}, "translate": {"enabled": false}, "search": {"suggest_enabled": false},
             "autofill": {"profile_enabled": false, "credit_card_enabled": false}}""";

    private final Process process;
    private final DevTools tools;
    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private final Consumer<Event> listener;
    private volatile Optional<String> target = Optional.empty();
    private volatile String session = "";

    private Browser(Process process, Consumer<Event> listener) {
        this.process = process;
        this.listener = listener;
        tools = new DevTools(process.getInputStream(), process.getOutputStream(), this::happened);
    }

    /**
     * Starts one with an empty page.
     *
     * @param number of this kiosk's browsers
     * @param listener told what happens on the page, on a thread that must not wait
     */
    static Browser start(Stage stage, int number, Executor threads, Consumer<Event> listener)
            throws KioskException, InterruptedException, IOException {
        Path profile = profile(stage.folder(), number);
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh",
                stage.launcher().programs().chromium().toString()));
        command.addAll(ChromiumFlags.of(profile, stage.gate().port(), stage.certificate().pin(), stage.launcher().user().sandbox()));
        Process process = stage.launcher().start(stage.folder(), "chromium-" + number + ".log", Map.of(
                "DISPLAY", ":" + stage.server().display(), "XAUTHORITY", stage.server().cookie().toString()), command);
        Browser browser = new Browser(process, listener);
        threads.execute(browser.tools::read);
        process.onExit().thenRun(() -> browser.lost.complete("the browser has ended with code " + process.exitValue()));
        browser.prepare(System.nanoTime() + PATIENCE);
        return browser;
    }

    private static Path profile(KioskFolder folder, int number) throws IOException {
        Path profile = folder.path().resolve("profile-" + number);
        for (Path each : List.of(profile, profile.resolve("Default"))) {
            folder.user().give(Files.createDirectory(each));
        }
        Path preferences = Files.write(profile.resolve("Default").resolve("Preferences"),
                PREFERENCES.getBytes(StandardCharsets.UTF_8));
        folder.user().give(preferences);
        return profile;
    }

    private void prepare(long deadline) throws KioskException, InterruptedException {
        tools.call("", "Target.setDiscoverTargets", DevTools.params().put("discover", true), deadline);
        String page = "";
        while (page.isEmpty()) {
            for (JsonNode found : tools.call("", "Target.getTargets", DevTools.params(), deadline).path("targetInfos")) {
                page = found.path("type").asText().equals("page") ? found.path("targetId").asText() : page;
            }
            if (page.isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        target = Optional.of(page);
        session = tools.call("", "Target.attachToTarget", DevTools.params().put("targetId", page).put("flatten", true), deadline)
                .path("sessionId").asText();
        tools.call("", "Target.setAutoAttach", DevTools.params().put("autoAttach", true).put("waitForDebuggerOnStart", true)
                .put("flatten", true), deadline);
        tools.call("", "Browser.setDownloadBehavior", DevTools.params().put("behavior", "deny"), deadline);
        for (String domain : List.of("Page", "Network", "Inspector", "Runtime")) {
            tools.call(session, domain + ".enable", DevTools.params(), deadline);
        }
        tools.call(session, "Page.setInterceptFileChooserDialog", DevTools.params().put("enabled", true), deadline);
        tools.call(session, "Emulation.setFocusEmulationEnabled", DevTools.params().put("enabled", true), deadline);
        tools.call(session, "Runtime.addBinding", DevTools.params().put("name", "kioskSize"), deadline);
        tools.call(session, "Page.addScriptToEvaluateOnNewDocument",
                DevTools.params().put("source", Script.read("guard.js")), deadline);
    }

    private void happened(Event event) {
        switch (event.method()) {
            case "Target.attachedToTarget" -> admit(event.params());
            case "Target.targetCreated" -> refuse(event.params().path("targetInfo"));
            case "Target.targetCrashed", "Inspector.targetCrashed" -> lost.complete("the page has crashed");
            case "Target.targetDestroyed", "Target.detachedFromTarget" -> {
                if (target.equals(Optional.of(event.params().path("targetId").asText()))) {
                    lost.complete("the page has been closed");
                }
            }
            case "Page.javascriptDialogOpening" ->
                tools.tell(session, "Page.handleJavaScriptDialog", DevTools.params().put("accept", true));
            default -> {
                if (event.session().equals(session)) {
                    listener.accept(event);
                }
            }
        }
    }

    private boolean belongs(JsonNode info) {
        return HARMLESS.contains(info.path("type").asText())
                || target.isEmpty() || target.get().equals(info.path("targetId").asText());
    }

    private void admit(JsonNode attached) {
        if (belongs(attached.path("targetInfo"))) {
            tools.tell(attached.path("sessionId").asText(), "Runtime.runIfWaitingForDebugger", DevTools.params());
        }
    }

    private void refuse(JsonNode info) {
        String type = info.path("type").asText();
        if (!belongs(info) && !type.equals("tab") && !type.equals("browser")) {
            LOG.debug("a kiosk's page opened another ({}), which is closed", type);
            tools.tell("", "Target.closeTarget", DevTools.params().put("targetId", info.path("targetId").asText()));
        }
    }

    /** Asks something of the page. */
    JsonNode call(String method, ObjectNode params, long deadline) throws KioskException, InterruptedException {
        return tools.call(session, method, params, deadline);
    }

    /**
     * Gives the window that size. Without a window manager only one that is not full may be resized, and a pixel of it goes
     * astray.
     */
    void resize(int width, int height, long deadline) throws KioskException, InterruptedException {
        int window = tools.call("", "Browser.getWindowForTarget", DevTools.params().put("targetId", target.orElseThrow()), deadline)
                .path("windowId").asInt();
        bounds(window, DevTools.params().put("windowState", "normal"), deadline);
        bounds(window, DevTools.params().put("left", 0).put("top", 0).put("width", width + 1).put("height", height + 1), deadline);
        bounds(window, DevTools.params().put("windowState", "fullscreen"), deadline);
    }

    /** Takes the keyboard, which nobody gives to a window where there is no window manager. */
    void focus(long deadline) throws KioskException, InterruptedException {
        call("Page.bringToFront", DevTools.params(), deadline);
    }

    private void bounds(int window, ObjectNode bounds, long deadline) throws KioskException, InterruptedException {
        ObjectNode params = DevTools.params().put("windowId", window);
        params.set("bounds", bounds);
        tools.call("", "Browser.setWindowBounds", params, deadline);
    }

    /** What ended it, or will; never fails. */
    CompletableFuture<String> lost() {
        return lost;
    }

    /** How many there are, its own and those that have not been closed yet. */
    int pages(long deadline) throws KioskException, InterruptedException {
        int pages = 0;
        for (JsonNode found : tools.call("", "Target.getTargets", DevTools.params(), deadline).path("targetInfos")) {
            pages += HARMLESS.contains(found.path("type").asText()) ? 0 : 1;
        }
        return pages;
    }

    long pid() {
        return process.pid();
    }

    /** Leaves the BMC's page, so that its console session ends, and then ends. */
    void close() throws InterruptedException {
        long deadline = System.nanoTime() + FAREWELL;
        try {
            if (process.isAlive()) {
                tools.call(session, "Page.navigate", DevTools.params().put("url", BLANK), deadline);
                tools.tell("", "Browser.close", DevTools.params());
                process.waitFor(FAREWELL, TimeUnit.NANOSECONDS);
            }
        } catch (KioskException e) {
            LOG.debug("a kiosk's browser did not say goodbye: {}", e.getMessage());
        }
        process.destroyForcibly();
    }

    /** Of a kiosk whose files or programs could not be made or started. */
    static KioskException broken(IOException e) {
        return new KioskException(Reason.PROTOCOL, "a kiosk could not be started: " + e.getMessage(), e);
    }
}
