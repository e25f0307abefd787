package org.serverconsole.guacamole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.net.auth.GuacamoleProxyConfiguration;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.access.References;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeGuacd;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.journal.Journal;
import org.serverconsole.relay.Relay;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.NoRoomException;
import org.serverconsole.session.SessionEvent;
import org.serverconsole.session.SessionRules;
import org.serverconsole.session.Watcher;

class ConsoleSocketTest {

    private static final GuacamoleInstruction END = new GuacamoleInstruction("end");

    private final EventLoopGroup network = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final References references = new References(new SecureRandom());
    private final List<Channel> consoles = new CopyOnWriteArrayList<>();
    private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
    private final BlockingQueue<GuacamoleInstruction> shown = new LinkedBlockingQueue<>();
    private volatile ConsoleStream.Protocol protocol = ConsoleStream.Protocol.RFB;
    private volatile Optional<AdapterException> refusal = Optional.empty();

    private FakeGuacd guacd;
    private Channel vendor;
    private Journal journal;
    private ConsoleSessions sessions;
    private Relay relay;
    private ConsoleSession session;
    private ConsoleSocket socket;
    private Optional<Path> recordingPath = Optional.empty();

    @BeforeEach
    void open() throws Exception {
        guacd = new FakeGuacd();
        vendor = new ServerBootstrap().group(network).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
        journal = Journal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        relay = new Relay(network, InetAddress.getLoopbackAddress(), new SecureRandom(), Duration.ofSeconds(15));
        openSession();
    }

    private void openSession() throws NoRoomException {
        sessions = new ConsoleSessions(Clock.systemUTC(), journal, Map.of("scripted", new Adapter()),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(8), 10, 10), id -> Optional.empty(), timer, List.of(events::add));
        session = sessions.start("key", new Server("14494", "web-14494", "scripted", Secret.NONE, Secret.NONE, Map.of()),
                "customer", "token", record -> true).orElseThrow();
    }

    @AfterEach
    void close() throws Exception {
        sessions.close();
        relay.close();
        journal.close();
        guacd.close();
        timer.shutdownNow();
        network.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void theBrowserIsToldTheLabelTheTimeLeftAndTheStepsBeforeTheFirstFrame() throws Exception {
        connect();
        FakeGuacd.Connection connection = guacd.take();
        connection.send("name", "QEMU (vendor's own name)");
        connection.sendFrame();

        assertThat(take().getArgs()).containsExactly("web-14494");
        assertThat(next("msg").getArgs().get(0)).isEqualTo("4098");
        assertThat(next("msg").getArgs()).containsExactly("4097", "ASKING_VENDOR");
        assertThat(picture()).containsExactly("size", "rect", "sync");
    }

    @Test
    void guacdIsPointedAtTheRelayAndLearnsNothingOfTheConsole() throws Exception {
        connect();
        Map<String, String> parameters = guacd.take().parameters();

        assertThat(parameters).containsEntry("hostname", "127.0.0.1").containsEntry("encodings", "raw")
                .containsEntry("disable-display-resize", "true").doesNotContainKeys("read-only", "recording-path", "recording-name", "create-recording-path");
        assertThat(Integer.parseInt(parameters.get("port")))
                .isNotEqualTo(((InetSocketAddress) vendor.localAddress()).getPort());
        assertThat(parameters.get("password")).hasSize(8);
    }

    @Test
    void aDisplayThatHangsIsReplacedUnseen() throws Exception {
        connect();
        FakeGuacd.Connection hanging = guacd.take();
        hanging.send("size", "0", "8", "8");
        FakeGuacd.Connection second = guacd.take();
        second.sendFrame();

        assertThat(picture()).containsExactly("name", "size", "rect", "sync");
        await().until(hanging::ended);
        assertThat(consoles).hasSize(2);
        assertThat(consoles.get(0).isOpen()).isFalse();
    }

    @Test
    void threeDisplaysThatDieEndInOneMessage() throws Exception {
        connect();
        for (int i = 0; i < 3; i++) {
            guacd.take().close();
        }

        assertThat(statusAtTheEnd()).isEqualTo(ConsoleStatus.NO_PICTURE.code());
    }

    @Test
    void aRefusalByTheVendorIsToldOnceWithAReference() throws Exception {
        refusal = Optional.of(new AdapterException(AdapterException.Kind.BUSY, "two consoles are open"));
        session.takeStream().stream().toCompletableFuture().handle((stream, failure) -> stream).join();
        connect();

        assertThat(statusAtTheEnd()).isEqualTo(ConsoleStatus.BUSY.code());
    }

    @Test
    void aSessionThatEndsWhileTheConsoleIsShownSaysWhy() throws Exception {
        connect();
        FakeGuacd.Connection connection = guacd.take();
        connection.sendFrame();
        next("sync");

        session.end(EndReason.EXPIRED);

        assertThat(statusAtTheEnd()).isEqualTo(ConsoleStatus.EXPIRED.code());
        await().until(connection::ended);
        await().until(() -> !consoles.get(0).isOpen());
    }

    @Test
    void aNewDeadlineIsToldWhileTheConsoleIsShown() throws Exception {
        connect();
        FakeGuacd.Connection connection = guacd.take();
        connection.sendFrame();
        next("sync");

        socket.timeLeft(Duration.ofMinutes(90));
        connection.send("nop");
        connection.send("nop");

        assertThat(next("msg").getArgs()).containsExactly("4098", "5400");
    }

    @Test
    void aTerminalIsShownOverTelnetAndItsPromptsAreNotAnswered() throws Exception {
        protocol = ConsoleStream.Protocol.TERMINAL;
        sessions.close();
        openSession();
        connect();
        FakeGuacd.Connection connection = guacd.take();

        assertThat(connection.protocol()).isEqualTo("telnet");
        assertThat(connection.parameters()).containsEntry("username-regex", "x^").doesNotContainKey("encodings");
        assertThat(connection.parameters().get("username")).hasSize(8);
    }

    @Test
    void aConsoleTheVendorClosesIsSaidToBeLost() throws Exception {
        connect();
        FakeGuacd.Connection connection = guacd.take();
        connection.sendFrame();
        next("sync");

        consoles.get(0).close().sync();
        await().until(() -> !consoles.get(0).isOpen());
        connection.close();

        assertThat(statusAtTheEnd()).isEqualTo(ConsoleStatus.CONSOLE_LOST.code());
        assertThat(events).filteredOn(SessionEvent.Lost.class::isInstance).hasSize(1);
    }

    @Test
    void anErrorOfGuacdNeverReachesTheBrowserWhoseTimerWouldTryAgain() throws Exception {
        connect();
        FakeGuacd.Connection connection = guacd.take();
        connection.sendFrame();
        next("sync");
        connection.send("error", "Aborted.", "519");

        assertThat(statusAtTheEnd()).isEqualTo(ConsoleStatus.INTERNAL.code());
    }

    @Test
    void aTunnelThatIsClosedLetsGoOfGuacdAndTheConsole() throws Exception {
        connect();
        FakeGuacd.Connection connection = guacd.take();
        socket.close();
        socket.close();

        next("end");
        await().until(connection::ended);
        await().until(() -> !consoles.get(0).isOpen());
        assertThat(session.ended()).isEmpty();
    }

    /** A page that asks for anything just then loses Guacamole's session, which closes the tunnel. */
    @Test
    void aSessionThatEndsSaysWhyAlsoWhereItsTunnelIsClosedBeforeThatIsRead() throws Exception {
        connectWithoutBrowser();
        CompletableFuture<Void> drawn = drawn();
        while (!socket.readInstruction().getOpcode().equals("sync")) {
            // Up to the first frame.
        }
        drawn.join();

        session.end(EndReason.CLOSED_BY_PANEL);
        socket.close();

        // What was typed meanwhile is no failure of the tunnel.
        socket.writeInstruction(new GuacamoleInstruction("key", "97", "1"));
        readAll();
        assertThat(statusAtTheEnd()).isEqualTo(ConsoleStatus.CLOSED_BY_PANEL.code());
    }

    @Test
    void aTunnelThatIsClosedBeforeItsSessionEndsSaysNothing() throws Exception {
        connectWithoutBrowser();
        socket.close();

        readAll();
        assertThat(shown).extracting(GuacamoleInstruction::getOpcode).containsOnly("name", "msg", "end");
    }

    @Test
    void keysReachGuacdOnceThereIsAPictureAndNotBefore() throws Exception {
        connect();
        FakeGuacd.Connection connection = guacd.take();
        socket.writeInstruction(new GuacamoleInstruction("key", "97", "1"));
        connection.sendFrame();
        next("sync");
        socket.writeInstruction(new GuacamoleInstruction("key", "98", "1"));

        await().until(() -> !connection.received().isEmpty());
        assertThat(connection.received()).hasSize(1);
        assertThat(connection.received().get(0).getArgs()).containsExactly("98", "1");
    }

    @Test
    void thePictureCanBeWatchedWhileItIsShownAndTheCustomerKnows() throws Exception {
        List<Optional<String>> watched = new CopyOnWriteArrayList<>();
        Watcher watcher = new Watcher() {
            @Override
            public void show(Optional<String> display) {
                watched.add(display);
            }

            @Override
            public void cut(EndReason reason) {
                watched.add(Optional.of(reason.name()));
            }
        };
        session.watch(watcher);
        connect();
        FakeGuacd.Connection connection = guacd.take();
        assertThat(watched).as("there is no picture yet").containsExactly(Optional.empty());
        connection.sendFrame();
        next("sync");
        await().untilAsserted(() -> assertThat(watched).containsExactly(Optional.empty(), Optional.of(connection.id())));

        session.unwatch(watcher);
        session.watch(watcher);
        connection.send("nop");
        connection.send("nop");
        List<String> told = new ArrayList<>();
        while (told.size() < 2) {
            List<String> message = next("msg").getArgs();
            if (message.get(0).equals("4099")) {
                told.add(message.get(1));
            }
        }
        assertThat(told).containsExactly("0", "1");
        socket.close();
        await().until(() -> watched.get(watched.size() - 1).isEmpty());
    }

    @Test
    void aConsoleIsRecordedUnderItsKeyEachDisplayForItself() throws Exception {
        recordingPath = Optional.of(Path.of("/var/lib/guacd/recordings"));
        connect();
        guacd.take().close();

        assertThat(guacd.take().parameters()).containsEntry("recording-path", "/var/lib/guacd/recordings")
                .containsEntry("recording-name", "key-2").containsEntry("create-recording-path", "true");
    }

    private void connect() {
        connectWithoutBrowser();
        Thread browser = new Thread(this::readAll, "browser");
        browser.setDaemon(true);
        browser.start();
    }

    /** Has guacd draw one frame, whenever it is asked to. */
    private CompletableFuture<Void> drawn() {
        return CompletableFuture.runAsync(() -> {
            try {
                guacd.take().sendFrame();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void connectWithoutBrowser() {
        Display.Factory displays = new Display.Factory(
                new Guacd(new GuacamoleProxyConfiguration("127.0.0.1", guacd.port(), false), "127.0.0.1", recordingPath),
                relay, new GuacamoleClientInformation(), timer);
        socket = new ConsoleSocket(session, displays, references);
    }

    private void readAll() {
        try {
            GuacamoleInstruction instruction = socket.readInstruction();
            while (instruction != null) {
                // The parser uses the list of arguments again.
                shown.add(new GuacamoleInstruction(instruction.getOpcode(), List.copyOf(instruction.getArgs())));
                instruction = socket.readInstruction();
            }
        } catch (GuacamoleException e) {
            shown.add(new GuacamoleInstruction("thrown", e.toString()));
        }
        shown.add(END);
    }

    /** The next instruction of that opcode; what comes before it is passed over. */
    private GuacamoleInstruction next(String opcode) throws InterruptedException {
        GuacamoleInstruction instruction = take();
        while (!instruction.getOpcode().equals(opcode)) {
            instruction = take();
        }
        return instruction;
    }

    private GuacamoleInstruction take() throws InterruptedException {
        GuacamoleInstruction instruction = shown.poll(20, TimeUnit.SECONDS);
        assertThat(instruction).as("next instruction").isNotNull();
        return instruction;
    }

    /** The opcodes of the picture up to its first frame, without what this extension says itself. */
    private List<String> picture() throws InterruptedException {
        List<String> opcodes = new ArrayList<>();
        while (!opcodes.contains("sync")) {
            String opcode = take().getOpcode();
            if (!opcode.equals("msg")) {
                opcodes.add(opcode);
            }
        }
        return opcodes;
    }

    private int statusAtTheEnd() throws InterruptedException {
        GuacamoleInstruction error = next("error");
        assertThat(error.getArgs().get(0)).matches("[A-Z2-9]{6}");
        assertThat(take()).isSameAs(END);
        return Integer.parseInt(error.getArgs().get(1));
    }

    /** Opens a TCP connection to {@link #vendor} where it does not refuse. */
    private final class Adapter implements ConsoleAdapter {

        @Override
        public String type() {
            return "scripted";
        }

        @Override
        public Optional<ServerRule.Problem> check(Server server) {
            return Optional.empty();
        }

        @Override
        public void start(AdapterEnvironment environment) {
            // Needs nothing.
        }

        @Override
        public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            Channel channel = new Bootstrap().group(network).channel(NioSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(vendor.localAddress()).sync().channel();
            consoles.add(channel);
            return new ConsoleStream(protocol, channel, Map.of("encodings", "raw", "read-only", "true"));
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
