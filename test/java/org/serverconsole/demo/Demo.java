package org.serverconsole.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * The program of {@code test/demo}, which builds the jar, gives it a folder, and takes away what this leaves behind.
 * Exits with 1 where a step failed, and with the script.
 */
public final class Demo {

    private static final Path TARGET = Path.of("target");
    private static final Path FAILURE_LOGS = TARGET.resolve("demo-logs");

    private final PrintStream out = System.out;
    private final Steps steps = new Steps(out);
    private final Path folder;
    private final DemoOptions options;
    private final DemoSite site;

    private Demo(Path folder, DemoOptions options) {
        this.folder = folder;
        this.options = options;
        this.site = new DemoSite(folder, steps);
    }

    /** Every server of the demo; what it says after "starting", and how it starts. */
    private static Map<String, DemoServer.Kind> servers() {
        Map<String, DemoServer.Kind> servers = new LinkedHashMap<>();
        servers.put("server 14494, a QEMU behind an oVirt engine", OvirtVm::plain);
        servers.put("server 14495, one with encrypted VNC behind an oVirt engine", OvirtVm::encrypted);
        servers.put("server 20110, a shell on a TigerVNC", ShellServer::vnc);
        servers.put("server 20111, a shell behind an iDRAC", ShellServer::idrac);
        servers.put("server 30001, a shell on the serial line of a BMC", SerialServer::start);
        servers.put("server 40001, a shell behind an OpenBMC", ShellServer::openBmc);
        servers.put("server 50001, the page of a Cisco CIMC", PageServer::cimc);
        servers.put("server 50002, the page of a Supermicro BMC", PageServer::supermicro);
        return servers;
    }

    /** Arguments: the jar, an empty folder, and those of {@code test/demo}. */
    public static void main(String[] arguments) {
        try {
            DemoOptions options = DemoOptions.parse(Arrays.copyOfRange(arguments, 2, arguments.length));
            Demo demo = new Demo(Path.of(arguments[1]), options);
            ProcessHandle script = ProcessHandle.current().parent().orElseThrow();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> demo.end(script), "end"));
            script.onExit().thenRun(() -> System.exit(1));
            System.exit(demo.run(Path.of(arguments[0])) ? 0 : 1);
        } catch (IllegalArgumentException e) {
            System.err.println("test/demo: " + e.getMessage());
            System.exit(1);
        }
    }

    private void end(ProcessHandle script) {
        site.close();
        if (!script.isAlive()) {
            deleteFolder();
        }
    }

    /** The script's task, but a script that was killed cannot tidy up. */
    private void deleteFolder() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("test/demo: " + folder + " could not be deleted: " + e.getMessage());
        }
    }

    private boolean run(Path jar) {
        try {
            site.start(jar, servers(), options);
            if (options.check()) {
                checkAll();
            } else {
                serve();
            }
            return true;
        } catch (Steps.Failure e) {
            System.err.println("test/demo: " + e.getMessage());
            keepLogs();
            return false;
        } finally {
            site.close();
        }
    }

    private void checkAll() throws Steps.Failure {
        try (ConsoleCheck browser = steps.run("starting Chromium", () -> ConsoleCheck.start(folder, steps))) {
            for (DemoServer server : site.servers()) {
                Path picture = TARGET.resolve("demo-" + server.id() + ".png");
                Duration shown = browser.check(server, site.link(server) + "&pin=" + site.pin(server), picture);
                out.println("console " + server.id() + " shown after " + shown.toMillis() + " ms");
            }
        }
    }

    /** Until a signal ends this program. */
    private void serve() throws Steps.Failure {
        printLinks();
        steps.run("running; Enter prints fresh links, Ctrl-C ends everything", this::printLinksOnEnter);
    }

    private void printLinksOnEnter() throws IOException, InterruptedException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            printLinks();
        }
        new CountDownLatch(1).await();
    }

    private void printLinks() {
        for (DemoServer server : site.servers()) {
            out.printf("%nServer %s (%s), PIN %s%n  %s%n", server.id(), server.description(), site.pin(server), site.link(server));
            site.guacamoleLink(server).ifPresent(link -> out.printf("  or in Guacamole's own page:%n  %s%n", link));
        }
        out.printf("%nEach link opens its console once.%n%n");
    }

    private void keepLogs() {
        try {
            Files.createDirectories(FAILURE_LOGS);
            for (Path log : site.logs()) {
                Files.copy(log, FAILURE_LOGS.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            System.err.println("test/demo: what the programs said is in " + FAILURE_LOGS);
        } catch (IOException e) {
            System.err.println("test/demo: the logs could not be kept: " + e.getMessage());
        }
    }
}
