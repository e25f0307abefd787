package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.PageVendor;
import org.serverconsole.parts.Kiosked;

/** What is left at BMCs whose consoles are pages, however a console ends. */
@Timeout(600)
@ExtendWith(Shared.Extension.class)
class BmcPageIT {

    /** Of a session, unless it is extended, which a test does as long as it has something to wait for. */
    private static final int SECONDS = 15;

    @TempDir
    Path folder;

    private final Shared shared;
    private final List<PageVendor> vendors = new ArrayList<>();
    private House house;

    BmcPageIT(Shared shared) {
        this.shared = shared;
    }

    @BeforeEach
    void start() throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of("console-session-duration", Integer.toString(SECONDS),
                "console-session-limit", "3600", "console-kiosk-warm", "0"));
        Kiosked.user().ifPresent(user -> properties.put("console-kiosk-user", user));
        house = House.start(Host.MINI, properties);
        Certificate certificate = Certificate.make(folder);
        for (PageVendor.Start vendor : List.<PageVendor.Start>of(PageVendor::cimc, PageVendor::supermicroX12, PageVendor::ilo,
                PageVendor::xcc, PageVendor::idrac)) {
            vendors.add(vendor.with(certificate));
            house.server(id(vendors.size() - 1), vendors.get(vendors.size() - 1).entry());
        }
    }

    @AfterEach
    void stop() throws Exception {
        house.close();
        vendors.forEach(vendor -> vendor.site().close());
    }

    private static String id(int vendor) {
        return Integer.toString(50001 + vendor);
    }

    @Test
    void howeverAConsoleEndsNoBmcHasASessionLeft() throws Exception {
        afterItsBrowserHasCrashedAndAtTheDeadline();
        afterKill9();
        afterTheBmcWasGone();

        awaitNothingLeft();
        assertThat(house.leaked()).isEmpty();
    }

    private void afterItsBrowserHasCrashedAndAtTheDeadline() throws Exception {
        List<OurPage> pages = openAll();
        assertNoSecretIsShown();
        Set<Long> first = browsers().stream().map(ProcessHandle::pid).collect(Collectors.toSet());
        assertThat(first).hasSameSizeAs(vendors);

        browsers().forEach(ProcessHandle::destroyForcibly);

        awaitWhileExtending(pages).until(() -> isEachWatched() && browsers().size() == vendors.size()
                && browsers().stream().noneMatch(browser -> first.contains(browser.pid())));
        pages.forEach(ConsolePage::awaitNoConsole);
        awaitNothingLeft();
    }

    private void afterKill9() throws Exception {
        openAll();
        List<Path> left = folders();
        assertThat(left).hasSameSizeAs(vendors);

        house.guacamole().kill9();
        shared.chromium().leave();
        house.guacamole().restart();

        awaitNothingLeft();
        await().atMost(Duration.ofMinutes(1)).until(() -> left.stream().noneMatch(Files::exists));
    }

    /** It cannot be told meanwhile that nobody looks at it. */
    private void afterTheBmcWasGone() throws Exception {
        List<OurPage> pages = openAll();

        vendors.forEach(vendor -> vendor.site().away(true));

        awaitWhileExtending(pages).until(() -> pages.stream().allMatch(page -> Set.of("ended", "failed").contains(page.state())));
        assertThat(vendors).allMatch(vendor -> vendor.sessions().getAsInt() == 1);
        vendors.forEach(vendor -> vendor.site().away(false));
    }

    /** One after the other: five browsers that start at once take longer than any customer would wait. */
    private List<OurPage> openAll() throws Exception {
        List<OurPage> pages = new ArrayList<>();
        for (int i = 0; i < vendors.size(); i++) {
            PageVendor vendor = vendors.get(i);
            OurPage page = new OurPage(shared.chromium().tab(), house.url());
            page.open(house.link(id(i)).withPin(House.PIN));
            page.tab().waitForFunction("() => JSON.parse(sessionStorage.getItem('console'))?.authToken");
            pages.add(page);
            awaitWhileExtending(pages).until(() -> isWatched(vendor));
        }
        return pages;
    }

    /** Pages are asked in the thread that they are made in. */
    private ConditionFactory awaitWhileExtending(List<OurPage> pages) {
        return await().atMost(Duration.ofMinutes(1)).pollInSameThread().pollInterval(Duration.ofMillis(500))
                .conditionEvaluationListener(condition -> pages.forEach(this::extend));
    }

    private void extend(OurPage page) {
        try {
            house.post("session/ext/console/extend", page.authToken());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isEachWatched() {
        return vendors.stream().allMatch(BmcPageIT::isWatched);
    }

    private static boolean isWatched(PageVendor vendor) {
        return vendor.site().viewers() == 1 && vendor.sessions().getAsInt() == 1;
    }

    private void awaitNothingLeft() {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            assertThat(vendors).allSatisfy(vendor -> {
                assertThat(vendor.sessions().getAsInt()).as(vendor.type()).isZero();
                assertThat(vendor.site().viewers()).as(vendor.type()).isZero();
            });
            assertThat(browsers()).isEmpty();
            assertThat(folders()).isEmpty();
        });
    }

    /** Of the Guacamole that runs now. */
    private List<Path> folders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("console-kiosk-" + house.guacamole().pid() + "-")).toList();
        }
    }

    private List<ProcessHandle> browsers() {
        return marked().filter(process -> read(process, "cmdline").contains("--remote-debugging-pipe")
                && !read(process, "cmdline").contains("--type=")).toList();
    }

    private Stream<ProcessHandle> marked() {
        return ProcessHandle.allProcesses()
                .filter(process -> read(process, "environ").contains("CONSOLE_KIOSK=/tmp/console-kiosk-" + house.guacamole().pid() + "-"));
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // Ended meanwhile.
            return "";
        }
    }

    private void assertNoSecretIsShown() {
        List<ProcessHandle> processes = marked().toList();
        assertThat(processes).hasSizeGreaterThan(3 * vendors.size());
        for (ProcessHandle process : processes) {
            assertThat(vendors).noneMatch(vendor -> read(process, "cmdline").contains(vendor.password())
                    || read(process, "environ").contains(vendor.password()));
        }
    }
}
