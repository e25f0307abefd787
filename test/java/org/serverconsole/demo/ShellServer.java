package org.serverconsole.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeIdrac;
import org.serverconsole.fake.FakeOpenBmc;
import org.serverconsole.parts.TigerVnc;
import org.serverconsole.parts.VncPasswordFile;

/** A server whose screen is a terminal with a shell in it, behind a TigerVNC, reached as its vendor has it. */
record ShellServer(String id, String description, Map<String, Object> entry, Optional<Path> authority, ShellScreen screen,
        AutoCloseable bmc, TigerVnc vnc) implements DemoServer {

    /** 20110: nothing but a VNC server. */
    static DemoServer vnc(Path folder, DemoOptions options) throws IOException, InterruptedException {
        return vnc("20110", folder);
    }

    static DemoServer vnc(String id, Path folder) throws IOException, InterruptedException {
        String password = unknown();
        TigerVnc vnc = TigerVnc.start(folder, password);
        return with(folder, id, vnc, screen -> new ShellServer(id, "a shell: real TigerVNC and xterm",
                Map.of("type", "vnc", "ip", "127.0.0.1", "ipport", vnc.port(), "password", password),
                Optional.empty(), screen, () -> { }, vnc));
    }

    /** 20111: a Dell iDRAC, whose VNC server is enabled for each console and has a new password each time. */
    static DemoServer idrac(Path folder, DemoOptions options) throws IOException, InterruptedException {
        TigerVnc vnc = TigerVnc.start(folder, unknown());
        VncPasswordFile file = VncPasswordFile.of(folder, vnc);
        return with(folder, "20111", vnc, screen -> {
            FakeIdrac idrac = FakeIdrac.start(Certificate.make(Files.createDirectory(folder.resolve("idrac"))), 0,
                    FakeIdrac.Firmware.IDRAC9, vnc.port(), (enabled, password) -> file.set(enabled ? password : unknown()));
            idrac.vendorLatency(options.vendorLatency());
            return new ShellServer("20111", "a Dell server: fake iDRAC, real TigerVNC",
                    Map.of("type", "idrac", "ip", "127.0.0.1", "ipport", idrac.port(), "username", FakeIdrac.USERNAME,
                            "password", idrac.password()),
                    Optional.of(idrac.caFile()), screen, idrac::close, vnc);
        });
    }

    /** 40001: a BMC with OpenBMC, whose KVM is a WebSocket. */
    static DemoServer openBmc(Path folder, DemoOptions options) throws IOException, InterruptedException {
        TigerVnc vnc = TigerVnc.start(folder, "");
        return with(folder, "40001", vnc, screen -> {
            FakeOpenBmc bmc = FakeOpenBmc.start(
                    Certificate.make(Files.createDirectory(folder.resolve("openbmc"))), 0, vnc.port());
            bmc.vendorLatency(options.vendorLatency());
            return new ShellServer("40001", "a BMC with OpenBMC: fake bmcweb, real TigerVNC",
                    Map.of("type", "openbmc", "ip", "127.0.0.1", "ipport", bmc.port(), "username", FakeOpenBmc.USERNAME,
                            "password", bmc.password()),
                    Optional.of(bmc.caFile()), screen, bmc::close, vnc);
        });
    }

    /** What is built behind a screen. */
    @FunctionalInterface
    private interface Building {
        DemoServer behind(ShellScreen screen) throws IOException, InterruptedException;
    }

    private static DemoServer with(Path folder, String id, TigerVnc vnc, Building building)
            throws IOException, InterruptedException {
        try {
            return building.behind(ShellScreen.start(folder, vnc.display(), "web-" + id));
        } catch (IOException | InterruptedException | RuntimeException e) {
            vnc.close();
            throw e;
        }
    }

    private static String unknown() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    @Override
    public String line() {
        return ShellScreen.LINE;
    }

    @Override
    public boolean hasReceivedLine() throws IOException {
        return screen.hasReceivedLine();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        screen.close();
        try {
            bmc.close();
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the BMC did not end", e);
        } finally {
            vnc.close();
        }
    }
}
