package org.serverconsole.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.parts.Qemu;

/** A virtual machine of a fake oVirt engine, which is a real QEMU whose VNC password the engine's tickets set. */
record OvirtVm(String id, String description, FakeEngine engine, FakeVm vm, Qemu qemu) implements DemoServer {

    private static final String HOST = "host7.nl.example";

    /** 14494: in a cluster that does not encrypt its consoles. */
    static DemoServer plain(Path folder, DemoOptions options) throws IOException, InterruptedException {
        return with(folder, options, "14494", "a virtual machine: fake oVirt engine, real QEMU", Qemu.start(folder));
    }

    /** 14495: in one that does, under a certificate of the host's which the engine has signed. */
    static DemoServer encrypted(Path folder, DemoOptions options) throws IOException, InterruptedException {
        Certificate ofHost = Certificate.signed(folder, new Certificate.Issue("CN=" + HOST, List.of(HOST), Duration.ofDays(-1)));
        OvirtVm server = with(folder, options, "14495", "a virtual machine with encrypted VNC: fake oVirt engine, real QEMU",
                Qemu.startEncrypted(folder, ofHost));
        server.engine.vncEncryption(true);
        server.engine.hostAuthority(ofHost.pem());
        server.vm.host(HOST);
        return server;
    }

    private static OvirtVm with(Path folder, DemoOptions options, String id, String description, Qemu qemu)
            throws IOException, InterruptedException {
        try {
            Awaitility.await("the machine has booted").until(() -> qemu.screenText().contains("type and see it here"));
            FakeEngine engine = FakeEngine.start(folder);
            FakeVm vm = engine.addVm("c0ffee00-0000-4000-8000-0000000" + id, "web-" + id,
                    new InetSocketAddress("127.0.0.1", qemu.vncPort()), qemu::setTicket);
            engine.vendorLatency(options.vendorLatency());
            return new OvirtVm(id, description, engine, vm, qemu);
        } catch (IOException | RuntimeException e) {
            qemu.close();
            throw e;
        }
    }

    @Override
    public Map<String, Object> entry() {
        return Map.of("type", "ovirt", "url", engine.url(), "username", FakeEngine.USERNAME, "password", engine.password(),
                "plug", vm.id());
    }

    @Override
    public Optional<Path> authority() {
        return Optional.of(engine.caFile());
    }

    @Override
    public String line() {
        return "hello " + id;
    }

    @Override
    public boolean hasReceivedLine() throws IOException {
        return qemu.screenText().contains("> " + line());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        engine.close();
        qemu.close();
    }
}
