package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.Opening;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.inventory.Server;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.RfbException;
import org.serverconsole.rfb.RfbTarget;

/** An adapter before a fake engine with one machine, and what is said of a console that opens with its ticket. */
@Timeout(30)
abstract class OvirtFixture {

    static final String VM = "c0ffee00-0000-4000-8000-000000014494";
    static final String TICKET_PATH = "/vms/" + VM + "/graphicsconsoles/766e63/ticket";
    static final InetSocketAddress CONSOLE = InetSocketAddress.createUnresolved("10.0.0.5", 5901);

    @TempDir
    static Path certificates;
    static FakeEngine engine;

    final List<String> happened = new CopyOnWriteArrayList<>();
    final Console rfb = new Console();
    final OvirtAdapter adapter = new OvirtAdapter(Clock.systemUTC());
    FakeVm vm;

    @BeforeAll
    static void startEngine() throws Exception {
        engine = FakeEngine.start(certificates);
    }

    @AfterAll
    static void stopEngine() {
        engine.close();
    }

    @BeforeEach
    void start() {
        vm = engine.addVm(VM, "web-14494", CONSOLE, (value, expiry) -> happened.add("ticket"));
        adapter.start(environment(Optional.of(engine.caFile())));
    }

    @AfterEach
    void reset() {
        engine.silent(path -> false);
        adapter.close();
        engine.vendorLatency(Duration.ZERO);
        engine.unavailable(false);
        engine.administrator(false);
        engine.vncEncryption(false);
        engine.hideClusters(false);
        engine.forgetTokens();
        engine.forgetRequests();
    }

    /** QEMU's side: takes the machine's ticket as long as that holds. */
    final class Console implements RfbConnector {

        final List<String> connected = new CopyOnWriteArrayList<>();
        final List<RfbTarget> targets = new CopyOnWriteArrayList<>();
        volatile Optional<RfbException> fault = Optional.empty();
        volatile int refusals;

        @Override
        public Channel connect(RfbTarget target, Duration deadline) throws RfbException {
            happened.add("connect");
            targets.add(target);
            if (fault.isPresent()) {
                throw fault.get();
            }
            boolean opens = vm.ticket().orElseThrow().opens(target.password().reveal(), Instant.now());
            if (!opens || refusals-- > 0) {
                throw new RfbException(RfbException.Reason.REJECTED_PASSWORD, "Authentication failed");
            }
            connected.add(target.host() + ":" + target.port());
            return new EmbeddedChannel();
        }
    }

    final Opening opening = new Opening() {
        @Override
        public void step(Step step) {
            happened.add(step.name());
        }

        @Override
        public void lease(Map<String, String> undo) {
            happened.add("lease " + new TreeMap<>(undo));
        }
    };

    AdapterEnvironment environment(Optional<Path> caFile) {
        return new AdapterEnvironment(rfb, new SecureRandom(), caFile);
    }

    static Server server(String... changes) {
        Map<String, String> options = new HashMap<>(Map.of(
                "url", engine.url(), "username", FakeEngine.USERNAME, "plug", VM));
        for (int i = 0; i < changes.length; i += 2) {
            options.put(changes[i], changes[i + 1]);
        }
        String password = Optional.ofNullable(options.remove("password")).orElse(engine.password());
        return new Server("14494", "web-14494", "ovirt", Secret.NONE, Secret.of(password), options);
    }

    AdapterException refusal(Server server) {
        AdapterException refusal = catchThrowableOfType(AdapterException.class, () -> adapter.open(server, opening));
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.getMessage()).hasLineCount(1).hasSizeLessThan(500).doesNotContain(engine.secrets());
        return refusal;
    }

    static List<String> asked(String pathEnd) {
        return engine.requests().stream().map(FakeEngine.Request::path).filter(path -> path.endsWith(pathEnd)).toList();
    }

    static String url(int port) {
        return "https://127.0.0.1:" + port + "/ovirt-engine/api";
    }
}
