package org.serverconsole.adapter.cimc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.serverconsole.parts.Kiosked.patiently;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleAdapterContract;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeCimc;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.inventory.Server;
import org.serverconsole.kiosk.Kiosks;
import org.serverconsole.parts.Kiosked;
import org.serverconsole.rfb.RfbConnector;

@Timeout(120)
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

    /** Only a browser could tell, which a look does not start. */
    @Override
    protected Finding.Outcome lookedAtConsole() {
        return Finding.Outcome.UNKNOWN;
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

    @Test
    void aSessionIsRefreshedWhileTheConsoleIsOpenAndEndedUnderItsLastCookie() throws Exception {
        fake.refreshSeconds(2);
        RecordedOpening opening = new RecordedOpening();
        try (ConsoleAdapter adapter = new CimcAdapter()) {
            adapter.start(new AdapterEnvironment(RfbConnector.on(house.group()), new SecureRandom(), caFile(), house.kiosks()));
            ConsoleStream stream = adapter.open(right(), opening);
            patiently().until(() -> opening.leases().size() >= 3);
            assertThat(fake.sessions()).isEqualTo(1);

            stream.channel().close().sync();

            patiently().until(() -> fake.sessions() == 0 && fake.viewers() == 0);
            int asked = fake.requests().size();
            for (Map<String, String> undo : opening.leases()) {
                adapter.revoke(right(), undo);
            }
            assertThat(fake.requests()).as("of its cookies none is tried but the last").hasSizeLessThanOrEqualTo(asked + 1);
        }
    }

    @Test
    void aFirmwareWithoutItsPageIsUnsupportedAndHasNoSessionLeft() throws Exception {
        fake.pages();
        try (ConsoleAdapter adapter = new CimcAdapter()) {
            adapter.start(new AdapterEnvironment(RfbConnector.on(house.group()), new SecureRandom(), caFile(), house.kiosks()));

            AdapterException failure = catchThrowableOfType(AdapterException.class, () -> adapter.open(right(), new RecordedOpening()));

            assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(AdapterException.Kind.UNSUPPORTED);
            assertThat(fake.sessions()).isZero();
        }
    }
}
