package org.serverconsole.adapter.ipmi;

import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.net.GuacamoleSocket;
import org.apache.guacamole.net.InetGuacamoleSocket;
import org.apache.guacamole.protocol.ConfiguredGuacamoleSocket;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.apache.guacamole.protocol.GuacamoleConfiguration;
import org.apache.guacamole.protocol.GuacamoleInstruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;
import org.serverconsole.parts.Guacd;
import org.serverconsole.parts.IpmiSim;
import org.serverconsole.parts.SerialShell;
import org.serverconsole.relay.Relay;
import org.serverconsole.relay.RelayPort;

/** From a real guacd through the relay and a real {@code ipmi_sim} to a real shell. */
@Timeout(60)
class IpmiGuacdIT {

    private static final int RETURN = 0xFF0D;

    @TempDir
    Path workDir;

    @Test
    void whatIsTypedInGuacamoleIsDoneByTheShellOnTheSerialLine() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        IpmiAdapter adapter = new IpmiAdapter();
        adapter.start(new AdapterEnvironment((target, deadline) -> {
            throw new IllegalStateException("IPMI has no RFB");
        }, new SecureRandom(), Optional.empty()));
        try (SerialShell shell = SerialShell.listen(workDir, "machine$ ");
                IpmiSim bmc = IpmiSim.start(workDir, shell.port());
                Guacd guacd = Guacd.start(workDir.resolve("guacd.log"));
                Relay relay = new Relay(group, InetAddress.getLoopbackAddress(), new SecureRandom(), Duration.ofSeconds(20))) {
            Server server = new Server("30001", "30001", "ipmi", Secret.NONE, Secret.of(IpmiSim.OPERATOR_PASSWORD),
                    Map.of("ip", "127.0.0.1", "ipport", Integer.toString(bmc.port()), "username", IpmiSim.OPERATOR));
            ConsoleStream stream = adapter.open(server, new RecordedOpening());
            RelayPort port = relay.offer(stream.channel(), RelayPort.Protocol.TELNET);
            GuacamoleSocket browser = connect(guacd, port);
            awaitFrame(browser);
            // Its prompt was printed before anybody looked.
            await().until(() -> {
                press(browser, RETURN);
                return port.consoleBytes() > 0;
            });

            for (char key : "echo $((6*7)) > answer".toCharArray()) {
                press(browser, key);
            }
            press(browser, RETURN);

            Path answer = workDir.resolve("answer");
            await().until(() -> Files.exists(answer) && Files.readString(answer).equals("42\n"));
            // Without a word, guacd would wait for 15 s.
            browser.getWriter().writeInstruction(new GuacamoleInstruction("disconnect"));
            browser.close();
            await().until(() -> !stream.channel().isOpen());
        } finally {
            adapter.close();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        }
    }

    private static GuacamoleSocket connect(Guacd guacd, RelayPort port) throws GuacamoleException {
        GuacamoleConfiguration configuration = new GuacamoleConfiguration();
        configuration.setProtocol("telnet");
        configuration.setParameter("hostname", "127.0.0.1");
        configuration.setParameter("port", Integer.toString(port.port()));
        configuration.setParameter("username", port.password().reveal());
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
}
