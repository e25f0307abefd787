package org.serverconsole.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.serverconsole.parts.IpmiSim;
import org.serverconsole.parts.SerialShell;

/** 30001: a machine without a screen, whose BMC leads a shell on its serial line through IPMI's Serial over LAN. */
record SerialServer(Path home, SerialShell shell, IpmiSim bmc) implements DemoServer {

    static DemoServer start(Path folder, DemoOptions options) throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        SerialShell shell = SerialShell.listen(home, "web-30001:~$ ");
        try {
            return new SerialServer(home, shell, IpmiSim.start(folder, shell.port()));
        } catch (IOException | RuntimeException e) {
            shell.close();
            throw e;
        }
    }

    @Override
    public String id() {
        return "30001";
    }

    @Override
    public String description() {
        return "a serial line: real ipmi_sim with a shell behind it";
    }

    @Override
    public Map<String, Object> entry() {
        return Map.of("type", "ipmi", "ip", "127.0.0.1", "ipport", bmc.port(), "username", IpmiSim.OPERATOR,
                "password", IpmiSim.OPERATOR_PASSWORD);
    }

    @Override
    public String line() {
        return ShellScreen.LINE;
    }

    @Override
    public boolean hasReceivedLine() throws IOException {
        return ShellScreen.hasReceivedLine(home);
    }

    @Override
    public void close() throws IOException {
        bmc.close();
        shell.close();
    }
}
