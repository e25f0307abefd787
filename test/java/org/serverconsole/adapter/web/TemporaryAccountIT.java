package org.serverconsole.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.serverconsole.parts.Kiosked.patiently;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeCimc;
import org.serverconsole.fake.FakeXcc;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;
import org.serverconsole.parts.IpmiSim;
import org.serverconsole.parts.Ipmitool;
import org.serverconsole.parts.Kiosked;
import org.serverconsole.rfb.RfbConnector;

/** Consoles that are opened by accounts made for them: over Redfish, and over IPMI at a real {@code ipmi_sim}. */
@Timeout(120)
class TemporaryAccountIT {

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private static Kiosked house;

    @BeforeAll
    static void prepare() throws Exception {
        certificate = Certificate.make(folder);
        house = Kiosked.start(2);
    }

    @AfterAll
    static void end() {
        house.close();
    }

    private static ConsoleAdapter started(String type) {
        ConsoleAdapter adapter = ServiceLoader.load(ConsoleAdapter.class).stream().map(ServiceLoader.Provider::get)
                .filter(each -> each.type().equals(type)).findFirst().orElseThrow();
        adapter.start(new AdapterEnvironment(RfbConnector.on(house.group()), new SecureRandom(), Optional.of(certificate.pem()),
                house.kiosks()));
        return adapter;
    }

    private static Server server(String type, int port, String username, String password, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(Map.of("ip", "127.0.0.1", "ipport", Integer.toString(port),
                "username", username, "timeout", "60", "account", "temporary"));
        options.putAll(more);
        return new Server("50000", "50000", type, Secret.NONE, Secret.of(password), options);
    }

    @Test
    void overRedfishItEndsWithTheConsole() throws Exception {
        RecordedOpening opening = new RecordedOpening();
        try (FakeXcc xcc = FakeXcc.start(certificate); ConsoleAdapter adapter = started("xcc")) {
            Server server = server("xcc", xcc.port(), "console", xcc.password(), Map.of());

            ConsoleStream stream = adapter.open(server, opening);

            patiently().until(() -> xcc.viewers() == 1);
            assertThat(xcc.users()).hasSize(1).isEqualTo(xcc.accounts().enabled()).doesNotContain("console");
            stream.channel().close().sync();
            patiently().until(() -> xcc.sessions() == 0 && xcc.accounts().enabled().isEmpty());
            for (Map<String, String> lease : opening.leases()) {
                adapter.revoke(server, lease);
            }
        }
    }

    /** The inventory's account is the administrator of {@code ipmi_sim}, which is asked who may log in to the web interface. */
    @Test
    void overIpmiItEndsWithTheConsoleAndAfterACrash() throws Exception {
        List<String> came = new CopyOnWriteArrayList<>();
        RecordedOpening opening = new RecordedOpening();
        try (IpmiSim bmc = IpmiSim.start(folder); FakeCimc cimc = FakeCimc.start(certificate);
                ConsoleAdapter adapter = started("cimc"); ConsoleAdapter next = started("cimc")) {
            cimc.others((name, password) -> came.add(name) && letsIn(bmc, name, password));
            Ipmitool witness = new Ipmitool(bmc.port(), IpmiSim.ADMIN, IpmiSim.ADMIN_PASSWORD, 3);
            Server server = server("cimc", cimc.port(), IpmiSim.ADMIN, IpmiSim.ADMIN_PASSWORD,
                    Map.of("ipmiport", Integer.toString(bmc.port())));

            ConsoleStream stream = adapter.open(server, opening);

            patiently().until(() -> cimc.viewers() == 1);
            assertThat(came).hasSize(1).doesNotContain(IpmiSim.ADMIN);
            assertThat(witness.run("user", "list", "1").output()).contains(came.get(0));
            for (Map<String, String> lease : opening.leases()) {
                next.revoke(server, lease);
            }
            assertThat(witness.run("user", "list", "1").output()).doesNotContain(came.get(0));
            assertThat(cimc.sessions()).isZero();
            stream.channel().close().sync();
            patiently().until(() -> cimc.viewers() == 0);
        }
    }

    private static boolean letsIn(IpmiSim bmc, String name, String password) {
        try {
            return new Ipmitool(bmc.port(), name, password, 3).runAs("OPERATOR", "chassis", "power", "status").status() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
