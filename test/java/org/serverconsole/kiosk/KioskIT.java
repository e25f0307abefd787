package org.serverconsole.kiosk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.serverconsole.parts.Kiosked.patiently;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.KioskConfig;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Viewing;
import org.serverconsole.kiosk.KioskException.Reason;

/** Real Xvnc, real Chromium. */
@Timeout(120)
class KioskIT {

    @TempDir
    Path folder;

    private KioskHouse house;

    @BeforeEach
    void start() throws Exception {
        house = new KioskHouse(folder, 2, 0);
    }

    @AfterEach
    void stop() {
        house.close();
        patiently().untilAsserted(() -> assertThat(left()).isEmpty());
    }

    private static List<String> left() throws IOException {
        String mine = "console-kiosk-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith(mine)).toList();
        }
    }

    @Test
    void aConsoleIsShownInItsOwnSizeAndTakesKeysAndMouse() throws Exception {
        Kiosk kiosk = house.open();
        Viewing viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));

        patiently().until(() -> viewing.size().equals(Optional.of("800x600")));
        patiently().until(() -> house.site().viewers() == 1);
        viewing.type("reboot");
        patiently().untilAsserted(() -> assertThat(house.site().keys()).isEqualTo("reboot"));
        viewing.click(200, 100, 1);
        patiently().untilAsserted(() -> assertThat(house.site().received()).contains("mouse 200,100"));
    }

    @Test
    void aNameWithoutAddressIsToldBeforeABrowserIsAsked() throws Exception {
        Site nowhere = new Site("bmc.invalid", 443, house.allowed().trust());

        KioskException failure = catchThrowableOfType(KioskException.class,
                () -> house.kiosks().open(nowhere, page -> page.go("/"), KioskHouse.PATIENCE));

        assertThat(failure).hasMessage("the name bmc.invalid has no address").extracting(KioskException::reason)
                .isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void theScreenFollowsThePicture() throws Exception {
        Kiosk kiosk = house.open();
        patiently().until(() -> house.site().viewers() == 1);

        house.site().resize(1280, 1024);

        patiently().until(() -> shows(kiosk, 1280, 1024));
    }

    /** As a viewer that has just come sees it. */
    private static boolean shows(Kiosk kiosk, int width, int height) throws Exception {
        Viewing viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));
        patiently().until(() -> viewing.size().isPresent());
        return viewing.size().get().equals(width + "x" + height);
    }

    @Test
    void whenTheStreamEndsNothingIsLeft() throws Exception {
        Kiosk kiosk = house.open();
        List<ProcessHandle> processes = kiosk.processes();
        assertThat(processes).hasSizeGreaterThan(3);
        String display = display(processes);
        assertThat(Path.of("/tmp/.X11-unix/X" + display)).exists();

        kiosk.connect(KioskHouse.PATIENCE).close().sync();

        patiently().untilAsserted(() -> assertThat(kiosk.closed()).isDone());
        assertThat(processes).noneMatch(KioskIT::lives);
        assertThat(left()).isEmpty();
        assertThat(Path.of("/tmp/.X11-unix/X" + display)).doesNotExist();
        assertThat(house.site().viewers()).isZero();
    }

    /** Dead ones that nobody has taken note of yet do not count. */
    private static boolean lives(ProcessHandle process) {
        try {
            return !Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"), StandardCharsets.ISO_8859_1)
                    .replaceFirst(".*\\) ", "").startsWith("Z");
        } catch (IOException e) {
            return false;
        }
    }

    private static String display(List<ProcessHandle> processes) throws IOException {
        for (ProcessHandle process : processes) {
            for (String variable : read(process, "environ")) {
                if (variable.startsWith("DISPLAY=:")) {
                    return variable.substring("DISPLAY=:".length());
                }
            }
        }
        throw new IOException("no process has a display");
    }

    private static List<String> read(ProcessHandle process, String file) throws IOException {
        return List.of(Files.readString(Path.of("/proc", Long.toString(process.pid()), file), StandardCharsets.ISO_8859_1).split("\0"));
    }

    @Test
    void aBrowserThatCrashesIsRestartedOnceUnderTheSameStream() throws Exception {
        Kiosk kiosk = house.open();
        Viewing viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));
        patiently().until(() -> house.site().viewers() == 1);
        long first = kiosk.browserPid();

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        patiently().until(() -> kiosk.browserPid() != first && house.site().viewers() == 1
                && house.site().requests().stream().filter("GET /console.html"::equals).count() == 2);
        patiently().untilAsserted(() -> {
            viewing.type("x");
            assertThat(house.site().keys()).contains("x");
        });
        ProcessHandle.of(kiosk.browserPid()).orElseThrow().destroyForcibly();
        patiently().until(() -> !viewing.channel().isOpen());
        patiently().until(() -> kiosk.closed().isDone());
    }

    @Test
    void aConsoleThatTheBmcEndsIsTheEndOfTheStream() throws Exception {
        Kiosk kiosk = house.open();
        Viewing viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));
        patiently().until(() -> house.site().viewers() == 1);

        house.site().away(true);

        patiently().until(() -> !viewing.channel().isOpen());
    }

    @Test
    void aConsoleThatTheBmcEndsBeforeItIsShownIsTheEndOfTheStreamToo() throws Exception {
        Kiosk kiosk = house.open(page -> {
            page.go("/console.html");
            patiently().until(() -> house.site().viewers() == 1);
            house.site().away(true);
            page.show("#kvm");
        });
        Viewing viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));

        patiently().until(() -> !viewing.channel().isOpen());
    }

    @Test
    void noMoreKiosksThanThereMayBe() throws Exception {
        house.open();
        Kiosk second = house.open();

        KioskException refused = catchThrowableOfType(KioskException.class, house::open);

        assertThat(refused.reason()).isEqualTo(Reason.BUSY);
        assertThat(refused).hasMessageContaining("console-kiosk-limit");
        second.close();
        house.open();
    }

    @Test
    void whereASceneFailsNothingIsLeft() throws Exception {
        KioskException failed = catchThrowableOfType(KioskException.class,
                () -> house.kiosks().open(house.allowed(), page -> page.waitFor("#never"), Duration.ofSeconds(3)));

        assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(left()).isEmpty();
    }

    @Test
    void rootIsNoUserForABrowser() throws Exception {
        try (KioskHouse other = new KioskHouse(folder, new KioskConfig(Optional.empty(), true, 1, 0, 2048))) {
            if (System.getProperty("user.name").equals("root")) {
                KioskException refused = catchThrowableOfType(KioskException.class, other::open);

                assertThat(refused.reason()).isEqualTo(Reason.UNSUPPORTED);
                assertThat(refused).hasMessageContaining("console-kiosk-user");
            }
        }
    }

    @Test
    void noPasswordIsInAnArgumentOrVariable() throws Exception {
        Kiosk kiosk = house.open(page -> {
            page.go("/console.html");
            page.cookie("session", Secret.of("cookie-of-the-bmc"));
            page.show("#kvm");
        });
        kiosk.connect(KioskHouse.PATIENCE);

        assertThat(kiosk.processes()).isNotEmpty();
        for (ProcessHandle process : kiosk.processes()) {
            for (String file : List.of("cmdline", "environ")) {
                assertThat(read(process, file)).noneMatch(each -> each.contains("cookie-of-the-bmc") || each.contains(kiosk.password()));
            }
        }
    }

    @Test
    void aKioskIsKeptReadyOnceOneWasNeededAndNeverUsedTwice() throws Exception {
        try (KioskHouse warm = new KioskHouse(folder, 2, 1)) {
            assertThat(warm.kiosks().ready()).isZero();
            Kiosk cold = warm.open();
            patiently().until(() -> warm.kiosks().ready() == 1);
            int folders = left().size();

            Kiosk next = warm.open();

            assertThat(next.browserPid()).isNotEqualTo(cold.browserPid());
            next.close();
            patiently().until(() -> warm.kiosks().ready() == 1 && left().size() == folders);
        }
    }
}
