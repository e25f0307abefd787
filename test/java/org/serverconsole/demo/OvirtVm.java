package org.serverconsole.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.parts.Qemu;

/** 14494: a virtual machine of a fake oVirt engine, which is a real QEMU whose VNC password the engine's tickets set. */
final class OvirtVm implements DemoServer {

    private static final String ID = "14494";
    private static final String VM = "c0ffee00-0000-4000-8000-000000014494";
    private static final String LINE = "hello 14494";

    private final FakeEngine engine;
    private final Qemu qemu;

    private OvirtVm(FakeEngine engine, Qemu qemu) {
        this.engine = engine;
        this.qemu = qemu;
    }

    static OvirtVm start(Path folder, DemoOptions options) throws IOException, InterruptedException {
        Qemu qemu = Qemu.start(folder);
        try {
            Awaitility.await("the machine has booted").until(() -> qemu.screenText().contains("type and see it here"));
            FakeEngine engine = FakeEngine.start(folder);
            engine.addVm(VM, "web-14494", new InetSocketAddress("127.0.0.1", qemu.vncPort()), qemu::setTicket);
            engine.vendorLatency(options.vendorLatency());
            return new OvirtVm(engine, qemu);
        } catch (IOException | RuntimeException e) {
            qemu.close();
            throw e;
        }
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String description() {
        return "a virtual machine: fake oVirt engine, real QEMU";
    }

    @Override
    public Map<String, Object> entry() {
        return Map.of("type", "ovirt", "url", engine.url(), "username", FakeEngine.USERNAME, "password", engine.password(),
                "plug", VM);
    }

    @Override
    public Optional<Path> authority() {
        return Optional.of(engine.caFile());
    }

    @Override
    public String line() {
        return LINE;
    }

    @Override
    public boolean hasReceivedLine() throws IOException {
        return qemu.screenText().contains("> " + LINE);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        engine.close();
        qemu.close();
    }
}
