package org.serverconsole.adapter.ovirt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

    @BeforeAll
    static void startVendor() throws Exception {
        engine = FakeEngine.start(workDir);
        console = ScriptedRfbServer.playing(
                viewer -> ScriptedRfbServer.console(vm.ticket().orElseThrow().value()).play(viewer));
        mute = ScriptedRfbServer.playing(viewer -> { });
        vm = engine.addVm(VM, "web-14494", new InetSocketAddress("127.0.0.1", console.port()), (value, expiry) -> { });
    }

    @AfterAll
    static void stopVendor() throws IOException {
        engine.close();
        console.close();
        mute.close();
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
        return server("ovirt", password, Map.of("url", url, "username", FakeEngine.USERNAME, "plug", VM, "timeout", "2"));
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
    protected List<String> requiredOptions() {
        return List.of("url", "username", "plug");
    }

    /** An idle connection to an engine that answers is kept, and none of the console's. */
    @Override
    protected int openConnections() {
        return console.connected() + mute.connected() + engine.logins();
    }
}
