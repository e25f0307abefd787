package org.serverconsole.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * The program of {@code test/demo}, which builds the jar, gives it a folder, and takes away what this leaves behind.
 * Exits with 1 where a step failed, and with the script.
 */
public final class Demo {

    private static final Path TARGET = Path.of("target");
    private static final Path FAILURE_LOGS = TARGET.resolve("demo-logs");

    private final Steps steps;
    private final Path folder;
    private final DemoOptions options;
    private final Show show;

    private Demo(Path folder, DemoOptions options) {
        this.folder = folder;
        this.options = options;
        steps = new Steps(System.out);
        show = options.cluster() ? new Cluster(folder, options, steps, System.out) : new EveryKind(folder, options, steps, System.out);
    }

    /** Where a console is drawn, so that a person can look at it. */
    static Path picture(DemoServer server) {
        return TARGET.resolve("demo-" + server.id() + ".png");
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
        show.close();
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
            show.start(jar);
            if (options.check()) {
                show.check();
            } else {
                serve();
            }
            return true;
        } catch (Steps.Failure e) {
            System.err.println("test/demo: " + e.getMessage());
            keepLogs();
            return false;
        } finally {
            show.close();
        }
    }

    /** Until a signal ends this program. */
    private void serve() throws Steps.Failure {
        show.printLinks();
        steps.run("running; Enter prints fresh links, Ctrl-C ends everything", this::printLinksOnEnter);
    }

    private void printLinksOnEnter() throws IOException, InterruptedException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            show.printLinks();
        }
        new CountDownLatch(1).await();
    }

    private void keepLogs() {
        try {
            Files.createDirectories(FAILURE_LOGS);
            for (Path log : show.logs()) {
                Files.copy(log, FAILURE_LOGS.resolve(folder.relativize(log).toString().replace('/', '-')), StandardCopyOption.REPLACE_EXISTING);
            }
            System.err.println("test/demo: what the programs said is in " + FAILURE_LOGS);
        } catch (IOException e) {
            System.err.println("test/demo: the logs could not be kept: " + e.getMessage());
        }
    }
}
