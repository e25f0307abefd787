package org.serverconsole.bench;

import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.serverconsole.bench.BenchOptions.What;
import org.serverconsole.host.GuacamoleProcess;
import picocli.CommandLine;

/** The program of {@code test/bench}, which builds the jar, gives it a folder, and takes away what this leaves behind. */
public final class Bench {

    private static final String OUR_PAGE = "our page";
    private static final int WARM_UP = 3;
    private static final int KEYS_AT_A_TIME = 25;

    private final PrintStream out = System.out;
    private final BenchOptions options;
    private final BenchSite site;
    private final boolean webApplication;
    private final boolean peer;

    private Bench(BenchOptions options, BenchSite site, boolean webApplication) {
        this.options = options;
        this.site = site;
        this.webApplication = webApplication;
        this.peer = webApplication && options.peerJar.isPresent();
    }

    /** Arguments: the jar, an empty folder, and those of {@code test/bench}. */
    public static void main(String[] arguments) throws Exception {
        BenchOptions options = new BenchOptions();
        CommandLine line = new CommandLine(options).setCommandName("test/bench");
        line.parseArgs(List.of(arguments).subList(2, arguments.length).toArray(String[]::new));
        if (options.help) {
            line.usage(System.out);
            return;
        }
        Path folder = Path.of(arguments[1]);
        if (options.doors.asked()) {
            options.doors.measure(Path.of(arguments[0]), folder);
        } else if (options.kiosk) {
            new KioskBench(System.out, folder).run(options.runs, options.atOnce);
        } else if (options.relay || options.dead.isPresent()) {
            parts(options, folder);
        } else if (options.scale || options.soak.isPresent()) {
            crowd(options, Path.of(arguments[0]), folder);
        } else {
            whole(options, Path.of(arguments[0]), folder);
        }
        // Playwright and HTTP clients leave threads behind.
        System.exit(0);
    }

    /** What needs no Guacamole. */
    private static void parts(BenchOptions options, Path folder) throws Exception {
        if (options.relay) {
            try (RelayBench relay = new RelayBench()) {
                relay.run(folder);
            }
        }
        if (options.dead.isPresent()) {
            try (BmcBench bmcs = BmcBench.start(folder, options.dead.get(), options.latency())) {
                bmcs.run();
            }
        }
    }

    /** Says which host there is to measure in. */
    static Optional<Path> where() {
        Optional<Path> war = GuacamoleProcess.installedWar();
        System.out.println("in " + war.map(file -> "Guacamole's web application " + file).orElse("the mini host"));
        return war;
    }

    /** With guacd replaced. */
    private static void crowd(BenchOptions options, Path jar, Path folder) throws Exception {
        Optional<Path> war = where();
        if (options.scale) {
            ScaleBench.run(jar, Files.createDirectory(folder.resolve("scale")), war, options.peerJar.filter(file -> war.isPresent()),
                    System.out);
        }
        if (options.soak.isPresent()) {
            SoakBench.run(jar, Files.createDirectory(folder.resolve("soak")), war, options.soak.get(), System.out);
        }
    }

    private static void whole(BenchOptions options, Path jar, Path folder) throws Exception {
        Optional<Path> war = where();
        try (BenchSite site = new BenchSite(jar, folder, war, options.peerJar.filter(file -> war.isPresent()))) {
            new Bench(options, site, war.isPresent()).run();
        }
    }

    private void run() throws Exception {
        // First, since it also warms up the JVM, which is warm where customers come.
        if (options.only.contains(What.LOGINS)) {
            logins();
        }
        if (options.only.contains(What.FRAMES)) {
            firstFrames();
        }
        if (options.only.contains(What.KEYS)) {
            keyEchoes();
        }
    }

    /** In blocks that take turns, since neighbours on this machine come and go. */
    private void keyEchoes() {
        out.println("\nfrom a key to its echo on the screen, taking turns:");
        Map<String, Supplier<String>> pages = new LinkedHashMap<>();
        pages.put(OUR_PAGE, () -> site.url() + "app/ext/console/open.html#" + site.login(BenchSite.DESKTOP));
        if (webApplication) {
            pages.put("Guacamole's page", () -> site.url() + "#/?" + site.login(BenchSite.DESKTOP));
        }
        if (peer) {
            pages.put("Guacamole's page, auth-json", () -> site.url() + "#/?" + site.peerLogin());
        }
        Map<String, List<Double>> times = new LinkedHashMap<>();
        try (KeyEcho browser = new KeyEcho()) {
            for (int left = options.keys; left > 0; left -= KEYS_AT_A_TIME) {
                for (Map.Entry<String, Supplier<String>> page : pages.entrySet()) {
                    times.computeIfAbsent(page.getKey(), name -> new ArrayList<>())
                            .addAll(browser.open(page.getValue().get(), Math.min(left, KEYS_AT_A_TIME)));
                }
            }
        }
        compare(times);
    }

    private void firstFrames() throws Exception {
        out.println("\nfrom navigation to the first picture, cold browser, taking turns:");
        Map<String, Supplier<String>> pages = new LinkedHashMap<>();
        pages.put(OUR_PAGE, () -> site.url() + "app/ext/console/open.html#" + site.login(BenchSite.DESKTOP));
        if (peer) {
            pages.put("Guacamole's page, auth-json", () -> site.url() + "#/?" + site.peerLogin());
        }
        if (options.novnc.isPresent()) {
            URI novnc = site.novnc(options.novnc.get());
            pages.put("noVNC and websockify", novnc::toString);
        }
        compare(timesInTurn(pages));

        out.println("\nthe same at a virtual machine whose engine answers late:");
        Map<String, Figures> late = figures(timesInTurn(Map.of(
                "engine at once", () -> machine(Duration.ZERO),
                "engine after " + options.vendorLatency + " ms", () -> machine(options.latency()))));
        out.printf("  later by (medians): %.0f ms%n",
                late.get("engine after " + options.vendorLatency + " ms").median() - late.get("engine at once").median());
    }

    private String machine(Duration latency) {
        site.vendorLatency(latency);
        return site.url() + "app/ext/console/open.html#" + site.loginAtNextMachine();
    }

    private void compare(Map<String, List<Double>> times) {
        Map<String, Figures> figures = figures(times);
        Figures ours = figures.remove(OUR_PAGE);
        figures.forEach((name, others) ->
                out.printf("  ratio of medians, our page to %s: %.3f%n", name, ours.median() / others.median()));
    }

    private Map<String, List<Double>> timesInTurn(Map<String, Supplier<String>> pages) {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        try (FirstFrame browser = new FirstFrame()) {
            for (int run = -WARM_UP; run < options.runs; run++) {
                for (Map.Entry<String, Supplier<String>> page : pages.entrySet()) {
                    double time = browser.open(page.getValue().get());
                    if (run >= 0) {
                        times.computeIfAbsent(page.getKey(), name -> new ArrayList<>()).add(time);
                    }
                }
            }
        }
        return times;
    }

    private Map<String, Figures> figures(Map<String, List<Double>> times) {
        Map<String, Figures> figures = new LinkedHashMap<>();
        times.forEach((name, all) -> figures.put(name, Figures.of(all.stream().mapToDouble(Double::doubleValue))));
        figures.forEach((name, figure) -> out.printf("  %-28s %s%n", name, figure));
        return figures;
    }

    private void logins() throws Exception {
        out.println("\nPOST api/tokens, 16 at a time, PIN off, taking turns:");
        Logins logins = new Logins(site.url());
        for (int turn = 0; turn < 3; turn++) {
            // The first turn warms the JVM up and is not counted.
            String counted = turn == 0 ? "  (warming up) " : "  ";
            Logins.Result ours = logins.run(options.logins, n -> site.loginAtNextServer());
            out.printf("%s%-28s %.0f a second; each %s%n", counted, "this extension", ours.perSecond(), ours.each());
            if (peer) {
                Logins.Result others = logins.run(options.logins, n -> site.peerLogin());
                out.printf("%s%-28s %.0f a second; each %s%n", counted, "auth-json", others.perSecond(), others.each());
                out.printf("%sratio: %.2f%n", counted, ours.perSecond() / others.perSecond());
            }
        }
    }
}
