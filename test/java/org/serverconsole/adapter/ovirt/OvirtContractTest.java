package org.serverconsole.adapter.ovirt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleAdapterContract;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.fake.ScriptedRfbServer;
import org.serverconsole.inventory.Server;

class OvirtContractTest extends ConsoleAdapterContract {

    private static final String VM = "c0ffee00-0000-4000-8000-000000014494";

    @TempDir
    private static Path workDir;
    private static FakeEngine engine;
    private static FakeVm vm;
    private static ScriptedRfbServer console;
    private static ScriptedRfbServer mute;
    private static ScriptedRfbServer nonsense;
    private static ScriptedRfbServer open;

    @BeforeAll
    static void startVendor() throws Exception {
        engine = FakeEngine.start(workDir);
        console = ScriptedRfbServer.playing(
                viewer -> ScriptedRfbServer.console(vm.ticket().orElseThrow().value()).play(viewer));
        mute = ScriptedRfbServer.playing(viewer -> { });
        nonsense = ScriptedRfbServer.playing(viewer -> viewer.say("SSH-2.0-OpenSSH_9.2p1\r\n").hangUp());
        open = ScriptedRfbServer.playing(viewer -> viewer.say("RFB 003.008\n").say(1, 1).say(0, 0, 0, 0));
        vm = engine.addVm(VM, "web-14494", new InetSocketAddress("127.0.0.1", console.port()), (value, expiry) -> { });
    }

    @BeforeEach
    void withoutTicket() {
        vm = engine.addVm(VM, "web-14494", new InetSocketAddress("127.0.0.1", console.port()), (value, expiry) -> { });
    }

    @AfterAll
    static void stopVendor() throws IOException {
        engine.close();
        console.close();
        mute.close();
        nonsense.close();
        open.close();
    }

    @Override
    protected ConsoleAdapter newAdapter() {
        return new OvirtAdapter();
    }

    @Override
    protected Optional<Path> caFile() {
        return Optional.of(engine.caFile());
    }

    private Server entry(String password, String url) {
        return entry(password, url, VM);
    }

    private Server entry(String password, String url, String plug) {
        return server("ovirt", password, Map.of("url", url, "username", FakeEngine.USERNAME, "plug", plug, "timeout", "5"));
    }

    private static String url(int port) {
        return "https://127.0.0.1:" + port + "/ovirt-engine/api";
    }

    @Override
    protected Server right() {
        return entry(engine.password(), engine.url());
    }

    @Override
    protected Server wrongPassword() {
        return entry("another-password", engine.url());
    }

    @Override
    protected Server dead() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return entry(engine.password(), url(free.getLocalPort()));
        }
    }

    @Override
    protected Server silent() {
        return entry(engine.password(), url(mute.port()));
    }

    @Override
    protected Server busy() {
        FakeVm held = engine.addVm("c0ffee00-0000-4000-8000-000000014495", "held", new InetSocketAddress("127.0.0.1", console.port()), (value, expiry) -> { });
        held.heldByAnotherUser(true);
        return entry(engine.password(), engine.url(), held.id());
    }

    @Override
    protected Server garbage() {
        return entry(engine.password(), url(nonsense.port()));
    }

    @Override
    protected Optional<Server> untrusted() {
        return Optional.of(server("ovirt", engine.password(), Map.of("url", engine.url(), "username", FakeEngine.USERNAME,
                "plug", VM, "timeout", "2", "tls", "sha256:" + "00".repeat(32))));
    }

    /** All with the same console behind them, which takes the ticket of each. */
    @Override
    protected List<Server> twenty() {
        return IntStream.range(10, 30).mapToObj(i -> {
            FakeVm each = engine.addVm("c0ffee00-0000-4000-8000-0000000200" + i, "vm" + i,
                    new InetSocketAddress("127.0.0.1", open.port()), (value, expiry) -> { });
            return entry(engine.password(), engine.url(), each.id());
        }).toList();
    }

    @Override
    protected boolean granted() {
        return vm.ticket().filter(ticket -> ticket.expiry().compareTo(Duration.ofSeconds(1)) > 0).isPresent();
    }

    @Override
    protected int sessions() {
        return engine.logins();
    }

    @Override
    protected List<String> requiredOptions() {
        return List.of("url", "username", "plug");
    }

    /** An idle connection to an engine that answers is kept, and none of the others. */
    @Override
    protected int openConnections() {
        return console.connected() + mute.connected() + nonsense.connected() + open.connected();
    }
}
