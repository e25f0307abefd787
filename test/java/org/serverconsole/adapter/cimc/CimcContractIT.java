package org.serverconsole.adapter.cimc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleAdapterContract;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeCimc;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.inventory.Server;
import org.serverconsole.kiosk.Kiosks;
import org.serverconsole.parts.Kiosked;

@Timeout(60)
class CimcContractIT extends ConsoleAdapterContract {

    @TempDir
    static Path workDir;

    private static Certificate certificate;
    private static Kiosked house;
    private ScriptedRfbServer mute;
    private FakeCimc fake;

    @BeforeAll
    static void prepare() throws Exception {
        certificate = Certificate.make(workDir);
        house = Kiosked.start(1);
    }

    @AfterAll
    static void end() {
        house.close();
    }

    @BeforeEach
    void startVendor() throws IOException {
        mute = ScriptedRfbServer.playing(viewer -> { });
        fake = FakeCimc.start(certificate);
    }

    @AfterEach
    void stopVendor() throws IOException {
        fake.close();
        mute.close();
    }

    @Override
    protected ConsoleAdapter newAdapter() {
        return new CimcAdapter();
    }

    @Override
    protected Kiosks kiosks() {
        return house.kiosks();
    }

    @Override
    protected Optional<Path> caFile() {
        return Optional.of(certificate.pem());
    }

    private Server entry(String password, int port, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(Map.of("ip", "127.0.0.1", "ipport", Integer.toString(port),
                "username", FakeCimc.USERNAME, "timeout", "30"));
        options.putAll(more);
        return server("cimc", password, options);
    }

    @Override
    protected Server right() {
        return entry(fake.password(), fake.port(), Map.of());
    }

    @Override
    protected Server wrongPassword() {
        return entry("another-password", fake.port(), Map.of());
    }

    @Override
    protected Server dead() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return entry(fake.password(), free.getLocalPort(), Map.of());
        }
    }

    @Override
    protected Server silent() {
        return entry(fake.password(), mute.port(), Map.of("timeout", "1"));
    }

    @Override
    protected Server busy() {
        fake.sessionLimit(0);
        return right();
    }

    @Override
    protected Server garbage() {
        fake.garbage(Optional.of("RFB 003.008\nHTTP/1.1 what?\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        return right();
    }

    @Override
    protected Optional<Server> untrusted() {
        return Optional.of(entry(fake.password(), fake.port(), Map.of("tls", "sha256:" + "00".repeat(32))));
    }

    @Override
    protected List<Server> twenty() {
        return Collections.nCopies(20, right());
    }

    @Override
    protected boolean granted() {
        return fake.granted();
    }

    @Override
    protected int sessions() {
        return fake.sessions();
    }

    @Override
    protected List<String> requiredOptions() {
        return List.of("ip", "username");
    }

    /** An idle connection to a BMC that answers is kept for a while, and none of the others. */
    @Override
    protected int openConnections() {
        return mute.connected() + fake.viewers();
    }
}
