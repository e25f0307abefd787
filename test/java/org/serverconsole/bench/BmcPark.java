package org.serverconsole.bench;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeBmc;
import org.serverconsole.fake.FakeIdrac;
import org.serverconsole.fake.SwitchedConsole;
import org.serverconsole.inventory.Server;

/**
 * BMCs on this machine: fake iDRACs, whose consoles are RFB, and fake IPMI BMCs, whose consoles are serial lines, by turns. Their
 * threads are of a group of their own, to be told from the product's.
 */
final class BmcPark implements AutoCloseable {

    /** How long a web server keeps a connection nobody uses. */
    private static final Duration IDLE = Duration.ofSeconds(15);
    private static final String PASSWORD = "OperPass1234";
    private static final String TIMEOUT = "10";

    private final ThreadGroup threads = new ThreadGroup("BMCs");
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Deque<AutoCloseable> silent = new ArrayDeque<>();
    private final Certificate certificate;
    private final Duration latency;

    /** @param latency how much later an iDRAC answers each request */
    BmcPark(Path folder, Duration latency) throws IOException, InterruptedException {
        certificate = Certificate.make(folder);
        this.latency = latency;
    }

    /** For {@code console-ca-file}. */
    Path caFile() {
        return certificate.pem();
    }

    /** Makes threads that do not count as the product's. */
    Thread thread(Runnable work) {
        return new Thread(threads, work);
    }

    /** How many threads are neither the BMCs' nor their customers'. */
    int otherThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getThreadGroup() != threads).count();
    }

    /** BMCs that answer, as the inventory has them. */
    List<Server> healthy(int count) throws Exception {
        FutureTask<List<Server>> starting = new FutureTask<>(() -> {
            List<Server> servers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                servers.add(i % 2 == 0 ? idrac(i) : ipmi(i));
            }
            return servers;
        });
        thread(starting).start();
        return starting.get();
    }

    private Server idrac(int number) throws IOException {
        SwitchedConsole console = add(new SwitchedConsole());
        FakeIdrac idrac = add(FakeIdrac.start(certificate, 0, FakeIdrac.Firmware.IDRAC9, console.port(), console));
        idrac.vendorLatency(latency);
        idrac.idleLimit(IDLE);
        return entry("idrac", number, idrac.port(), FakeIdrac.USERNAME, idrac.password());
    }

    private Server ipmi(int number) throws IOException {
        FakeBmc bmc = add(FakeBmc.start());
        bmc.addUser(3, "oper", PASSWORD, 3);
        return entry("ipmi", number, bmc.port(), "oper", PASSWORD);
    }

    /** Others whose addresses take what is sent to them and answer nothing, until {@link #buryDead}. */
    List<Server> dead(int count) throws IOException {
        List<Server> servers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i % 2 == 0) {
                ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                silent.push(socket);
                servers.add(entry("idrac", -1 - i, socket.getLocalPort(), FakeIdrac.USERNAME, PASSWORD));
            } else {
                DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                silent.push(socket);
                servers.add(entry("ipmi", -1 - i, socket.getLocalPort(), "oper", PASSWORD));
            }
        }
        return servers;
    }

    void buryDead() throws Exception {
        close(silent);
    }

    private static Server entry(String type, int number, int port, String username, String password) {
        Map<String, String> options = new HashMap<>(Map.of("ip", "127.0.0.1", "ipport", Integer.toString(port),
                "username", username, "timeout", TIMEOUT));
        return new Server("bmc" + number, "bmc" + number, type, Secret.NONE, Secret.of(password), options);
    }

    private <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    private static void close(Deque<AutoCloseable> open) throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Override
    public void close() throws Exception {
        close(silent);
        close(parts);
    }
}
