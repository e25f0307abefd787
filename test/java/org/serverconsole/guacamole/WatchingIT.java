package org.serverconsole.guacamole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.net.auth.GuacamoleProxyConfiguration;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.access.References;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.journal.Journal;
import org.serverconsole.relay.Relay;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.SessionRules;

/** A console that a real guacd shows to its customer, to others who look on, and to a recording. */
@Timeout(120)
class WatchingIT {

    private final EventLoopGroup network = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Relay relay =
            new Relay(network, InetAddress.getLoopbackAddress(), new SecureRandom(), Duration.ofSeconds(20));
    private final StringBuffer typed = new StringBuffer();
    private org.serverconsole.parts.Guacd process;
    private Guacd guacd;
    private Journal journal;
    private ConsoleSessions sessions;
    private ConsoleSession session;
    private Socket console;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        process = org.serverconsole.parts.Guacd.start(folder.resolve("guacd.log"));
        guacd = new Guacd(new GuacamoleProxyConfiguration("127.0.0.1", process.port(), false), "127.0.0.1",
                Optional.of(folder.resolve("recordings")));
        journal = Journal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        sessions = new ConsoleSessions(Clock.systemUTC(), journal, Map.of("scripted", new NoConsole()),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(8), 10, 10), id -> Optional.empty(), timer, List.of());
        session = sessions.start("key", new Server("14494", "web-14494", "scripted", Secret.NONE, Secret.NONE, Map.of()),
                "customer", "token", record -> true).orElseThrow();
    }

    @AfterEach
    void close() {
        sessions.close();
        relay.close();
        process.close();
        journal.close();
        threads.shutdownNow();
        timer.shutdownNow();
        network.shutdownGracefully();
    }

    @Test
    void othersSeeWhatTheCustomerSeesAndCannotTypeAndAllIsRecorded() throws Exception {
        Display customers = show();
        WatchingSocket one = watch();
        WatchingSocket another = watch();
        assertThat(picture(one)).contains("size", "sync");
        assertThat(picture(another)).contains("size", "sync");

        // guacd itself lets nobody type who has joined, should anything of it ever get that far.
        GuacamoleSocket joined = guacd.join(customers.id(), new GuacamoleClientInformation());
        press(joined, "119");
        one.writeInstruction(new GuacamoleInstruction("key", "119", "1"));
        joined.getWriter().writeInstruction(new GuacamoleInstruction("sync", "1"));
        customers.write(key("114", "1"), 0, key("114", "1").length);
        await().until(() -> typed.length() > 0);
        assertThat(typed).hasToString("r");

        console.getOutputStream().write("news for all".getBytes(StandardCharsets.US_ASCII));
        console.getOutputStream().flush();
        assertThat(picture(one)).contains("sync");
        session.end(EndReason.CLOSED_BY_PANEL);
        assertThat(last(one)).isEqualTo("error");
        assertThat(last(another)).isEqualTo("error");
        joined.close();
        customers.close();
        await().untilAsserted(() -> assertThat(Files.size(folder.resolve("recordings").resolve("key-1"))).isPositive());
    }

    @Test
    void whoLooksOnFollowsToTheDisplayThatReplacesTheFirst() throws Exception {
        Display first = show();
        WatchingSocket watcher = watch();
        picture(watcher);

        first.close();
        session.notShowing(first.id());
        Display second = show();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(picture(watcher)).contains("size", "sync");
        second.close();
    }

    /** A display as the customer's tunnel opens it, read from until it ends. */
    private Display show() throws Exception {
        Display display = new Display.Factory(guacd, relay, new GuacamoleClientInformation(), timer)
                .open(new ConsoleStream(ConsoleStream.Protocol.TERMINAL, terminal(), Map.of()), "key-" + session.nextDisplay());
        display.start();
        while (!Instructions.isA(display.read(), "sync")) {
            // Whoever joins before the first frame crashes guacd's process.
        }
        display.framed();
        threads.execute(() -> readAll(display));
        session.showing(display.id());
        return display;
    }

    private static void readAll(Display display) {
        try {
            long heard = 0;
            for (char[] instruction = display.read(); instruction != null; instruction = display.read()) {
                if (System.nanoTime() - heard > 1_000_000_000L) {
                    display.write(Instructions.NOP, 0, Instructions.NOP.length);
                    heard = System.nanoTime();
                }
            }
        } catch (GuacamoleException e) {
            // The display was closed: the end of this customer.
            return;
        }
    }

    private WatchingSocket watch() {
        return new WatchingSocket(
                session, guacd, new GuacamoleClientInformation(), new References(new SecureRandom()), threads);
    }

    /** The opcodes of whatever comes, up to a frame that shows something. */
    private static List<String> picture(WatchingSocket watcher) throws GuacamoleException {
        List<String> opcodes = new ArrayList<>();
        while (!opcodes.contains("sync") || !(opcodes.contains("copy") || opcodes.contains("img") || opcodes.contains("cfill"))) {
            opcodes.add(watcher.readInstruction().getOpcode());
        }
        return opcodes;
    }

    private static String last(WatchingSocket watcher) throws GuacamoleException {
        String last = "";
        for (GuacamoleInstruction next = watcher.readInstruction(); next != null; next = watcher.readInstruction()) {
            last = next.getOpcode();
        }
        return last;
    }

    private static void press(GuacamoleSocket browser, String keysym) throws GuacamoleException {
        browser.getWriter().writeInstruction(new GuacamoleInstruction("key", keysym, "1"));
    }

    private static char[] key(String keysym, String pressed) {
        return new GuacamoleInstruction("key", keysym, pressed).toString().toCharArray();
    }

    /** A console over TCP that greets and writes down what it is sent. */
    private Channel terminal() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Channel terminal = new Bootstrap().group(network).channel(NioSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false).handler(new ChannelInboundHandlerAdapter())
                    .connect(listener.getLocalSocketAddress()).sync().channel();
            console = listener.accept();
            Socket mine = console;
            mine.getOutputStream().write("server login: ".getBytes(StandardCharsets.US_ASCII));
            threads.execute(() -> writeDown(mine));
            return terminal;
        }
    }

    private void writeDown(Socket socket) {
        try {
            for (int next = socket.getInputStream().read(); next >= 0; next = socket.getInputStream().read()) {
                typed.append((char) next);
            }
        } catch (IOException e) {
            // The console was cut: there is no more to write down.
            return;
        }
    }
}
