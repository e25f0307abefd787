package org.serverconsole.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeCimc;
import org.serverconsole.fake.FakeConsoleSite;
import org.serverconsole.fake.FakeSupermicro;

/** A server whose BMC has nothing but a web page for a console, which draws what is typed at it. */
record PageServer(String id, String description, Map<String, Object> entry, FakeConsoleSite bmc) implements DemoServer {

    /** 50001: a Cisco server. */
    static DemoServer cimc(Path folder, DemoOptions options) throws IOException, InterruptedException {
        FakeCimc cimc = FakeCimc.start(Certificate.make(folder));
        cimc.vendorLatency(options.vendorLatency());
        return new PageServer("50001", "a Cisco server: fake CIMC, real Xvnc and Chromium", Map.of("type", "cimc",
                "ip", "127.0.0.1", "ipport", cimc.port(), "username", FakeCimc.USERNAME, "password", cimc.password()), cimc);
    }

    /** 50002: a Supermicro server. */
    static DemoServer supermicro(Path folder, DemoOptions options) throws IOException, InterruptedException {
        FakeSupermicro bmc = FakeSupermicro.start(Certificate.make(folder), FakeSupermicro.Firmware.X12);
        bmc.vendorLatency(options.vendorLatency());
        return new PageServer("50002", "a Supermicro server: fake BMC, real Xvnc and Chromium", Map.of("type", "supermicro",
                "ip", "127.0.0.1", "ipport", bmc.port(), "username", FakeSupermicro.USERNAME, "password", bmc.password()), bmc);
    }

    @Override
    public Optional<Path> authority() {
        return Optional.of(bmc.caFile());
    }

    @Override
    public String line() {
        return "hello";
    }

    @Override
    public boolean hasReceivedLine() {
        return bmc.keys().contains(line() + "Enter");
    }

    @Override
    public void close() {
        bmc.close();
    }
}
