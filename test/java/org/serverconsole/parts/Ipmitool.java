package org.serverconsole.parts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The real {@code ipmitool}, logged in to one BMC anew for each command: what an outsider sees of it.
 *
 * @param suite the cipher suite, 3 or 17
 */
public record Ipmitool(int port, String username, String password, int suite) {

    /** What it printed, and how it ended: 0 where the BMC did as told. */
    public record Outcome(int status, String output) { }

    /** Runs one command as administrator, such as {@code chassis status}. */
    public Outcome run(String... command) throws IOException, InterruptedException {
        return runAs("ADMINISTRATOR", command);
    }

    /** Runs one command with that privilege. */
    public Outcome runAs(String privilege, String... command) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("ipmitool", "-I", "lanplus", "-C", Integer.toString(suite),
                "-H", "127.0.0.1", "-p", Integer.toString(port), "-U", username, "-E", "-L", privilege, "-N", "1", "-R", "2"));
        arguments.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(arguments).redirectErrorStream(true);
        builder.environment().put("IPMI_PASSWORD", password);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Outcome(process.waitFor(), output);
    }
}
