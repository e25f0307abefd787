package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeCimc;
import org.serverconsole.fake.FakeSupermicro;
import org.serverconsole.parts.Kiosked;

/** What is left at BMCs whose consoles are pages, however a console ends. */
@Timeout(180)
@ExtendWith(Shared.Extension.class)
class BmcPageIT {

    private static final String CISCO = "50001";
    private static final String SUPERMICRO = "50002";
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Shared shared;

    BmcPageIT(Shared shared) {
        this.shared = shared;
    }

    @Test
    void howeverAConsoleEndsTheBmcHasNoSessionLeft() throws Exception {
        Certificate certificate = Certificate.make(folder);
        Map<String, String> properties = new HashMap<>(Map.of("console-session-duration", "40", "console-kiosk-warm", "0"));
        Kiosked.user().ifPresent(user -> properties.put("console-kiosk-user", user));
        try (FakeCimc cisco = FakeCimc.start(certificate);
                FakeSupermicro supermicro = FakeSupermicro.start(certificate, FakeSupermicro.Firmware.X12);
                House house = House.start(Host.MINI, properties)) {
            house.server(CISCO, entry("cimc", cisco.port(), cisco.password(), certificate));
            house.server(SUPERMICRO, entry("supermicro", supermicro.port(), supermicro.password(), certificate));
            ConsolePage first = open(house, CISCO);
            await().atMost(LONG).until(() -> cisco.viewers() == 1);
            ConsolePage second = open(house, SUPERMICRO);
            await().atMost(LONG).until(() -> supermicro.viewers() == 1);
            assertNoSecretIsShown(house, List.of(cisco.password(), supermicro.password()));

            // The BMC goes and comes back, and cannot be told meanwhile that nobody looks at it.
            supermicro.away(true);
            second.awaitNoConsole();
            supermicro.away(false);
            // The browser crashes.
            browsers(house).forEach(ProcessHandle::destroyForcibly);
            await().atMost(LONG).until(() -> cisco.viewers() == 1 && cisco.sessions() == 1);
            // The deadline.
            first.awaitNoConsole();
            await().atMost(LONG).until(() -> cisco.sessions() == 0 && cisco.viewers() == 0 && supermicro.sessions() == 0);
            await().atMost(LONG).until(() -> browsers(house).isEmpty() && folders(house).isEmpty());

            open(house, CISCO);
            open(house, SUPERMICRO);
            await().atMost(LONG).until(() -> cisco.viewers() == 1 && supermicro.viewers() == 1);
            List<Path> left = folders(house);
            assertThat(left).hasSize(2);
            house.guacamole().kill9();
            house.guacamole().restart();

            await().atMost(LONG).until(() -> cisco.sessions() == 0 && cisco.viewers() == 0
                    && supermicro.sessions() == 0 && supermicro.viewers() == 0);
            await().atMost(LONG).untilAsserted(() -> assertThat(left).noneMatch(Files::exists));
            assertThat(house.leaked()).isEmpty();
        }
    }

    private static Map<String, Object> entry(String type, int port, String password, Certificate certificate) {
        return Map.of("type", type, "ip", "127.0.0.1", "ipport", port, "username", "console", "password", password,
                "tls", "sha256:" + certificate.fingerprint());
    }

    private ConsolePage open(House house, String server) throws Exception {
        ConsolePage page = new OurPage(shared.chromium().tab(), house.url());
        page.open(house.link(server).withPin(House.PIN));
        return page;
    }

    /** Of the Guacamole that runs now. */
    private static List<Path> folders(House house) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("console-kiosk-" + house.guacamole().pid() + "-")).toList();
        }
    }

    private static List<ProcessHandle> browsers(House house) {
        return marked(house).filter(process -> read(process, "cmdline").contains("--remote-debugging-pipe")
                && !read(process, "cmdline").contains("--type=")).toList();
    }

    private static Stream<ProcessHandle> marked(House house) {
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

    private static void assertNoSecretIsShown(House house, List<String> secrets) {
        List<ProcessHandle> processes = marked(house).toList();
        assertThat(processes).hasSizeGreaterThan(3);
        for (ProcessHandle process : processes) {
            assertThat(secrets).noneMatch(secret -> read(process, "cmdline").contains(secret) || read(process, "environ").contains(secret));
        }
    }
}
