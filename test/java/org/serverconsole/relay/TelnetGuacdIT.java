package org.serverconsole.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.net.InetGuacamoleSocket;
import org.apache.guacamole.protocol.ConfiguredGuacamoleSocket;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleConfiguration;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.parts.Guacd;

/** A terminal behind the relay, shown by a real guacd. */
@Timeout(60)
class TelnetGuacdIT {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final StringBuffer typed = new StringBuffer();
    private final Relay relay = new Relay(group, InetAddress.getLoopbackAddress(), new SecureRandom(), Duration.ofSeconds(20));
    private Guacd guacd;
    private Socket console;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        guacd = Guacd.start(folder.resolve("guacd.log"));
    }

    @AfterEach
    void close() {
        relay.close();
        guacd.close();
        group.shutdownGracefully();
    }

    @Test
    void guacdLogsInByItselfAndShowsATerminalWhoseKeysAndBreaksArrive() throws Exception {
        RelayPort port = relay.offer(terminal("hello"), RelayPort.Protocol.TELNET);
        GuacamoleSocket browser = connect(port, port.password().reveal());
        awaitFrame(browser);
        await().until(() -> port.consoleBytes() > 0);

        press(browser, 0x72);
        // guacd itself lets a break overtake what was typed just before.
        await().until(() -> typed.toString().equals("r"));
        press(browser, 0xff13);
        await().until(() -> typed.toString().equals("r<break>"));
        press(browser, 0xff0d);

        await().until(() -> typed.indexOf("\r") > 0);
        assertThat(typed).hasToString("r<break>\r");
        browser.close();
    }

    @Test
    void aLoginPromptOfTheConsoleIsNotAnsweredWithThePassword() throws Exception {
        RelayPort port = relay.offer(terminal("\r\nserver login: "), RelayPort.Protocol.TELNET);
        GuacamoleSocket browser = connect(port, port.password().reveal());
        awaitFrame(browser);
        await().until(() -> port.consoleBytes() > 0);
        press(browser, 0x78);

        await().until(() -> !typed.isEmpty());
        assertThat(typed).hasToString("x");
        browser.close();
    }

    @Test
    void whoeverDoesNotKnowThePasswordReachesNothing() throws Exception {
        RelayPort port = relay.offer(terminal("hello"), RelayPort.Protocol.TELNET);
        GuacamoleSocket browser = connect(port, "guessed1");

        await().until(() -> port.end() == RelayPort.End.GUACD);
        assertThat(port.consoleBytes()).isZero();
        browser.close();
    }

    private GuacamoleSocket connect(RelayPort port, String password) throws GuacamoleException {
        GuacamoleConfiguration configuration = new GuacamoleConfiguration();
        configuration.setProtocol("telnet");
        configuration.setParameter("hostname", "127.0.0.1");
        configuration.setParameter("port", Integer.toString(port.port()));
        configuration.setParameter("username", password);
        configuration.setParameter("username-regex", "x^");
        return new ConfiguredGuacamoleSocket(
                new InetGuacamoleSocket("127.0.0.1", guacd.port()), configuration, new GuacamoleClientInformation());
    }

    private static void awaitFrame(GuacamoleSocket browser) throws GuacamoleException {
        GuacamoleInstruction instruction = browser.getReader().readInstruction();
        while (!instruction.getOpcode().equals("sync")) {
            instruction = browser.getReader().readInstruction();
        }
        browser.getWriter().writeInstruction(instruction);
    }

    private static void press(GuacamoleSocket browser, int keysym) throws GuacamoleException {
        for (String pressed : List.of("1", "0")) {
            browser.getWriter().writeInstruction(new GuacamoleInstruction("key", Integer.toString(keysym), pressed));
        }
    }

    /** A console over TCP that greets and writes down what it is sent; a break arrives as text. */
    private Channel terminal(String greeting) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Channel terminal = new Bootstrap().group(group).channel(NioSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false).handler(new BreakAsText())
                    .connect(listener.getLocalSocketAddress()).sync().channel();
            console = listener.accept();
            console.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
            Thread reading = new Thread(this::writeDown, "console");
            reading.setDaemon(true);
            reading.start();
            return terminal;
        }
    }

    private void writeDown() {
        try {
            for (int next = console.getInputStream().read(); next >= 0; next = console.getInputStream().read()) {
                typed.append((char) next);
            }
        } catch (IOException e) {
            typed.append(e);
        }
    }

    private static final class BreakAsText extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ctx.write(message == TerminalSignal.BREAK
                    ? Unpooled.copiedBuffer("<break>", StandardCharsets.US_ASCII) : message, promise);
        }
    }
}
