package org.serverconsole.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code test/bench} is asked for. */
final class BenchOptions {

    @Option(names = "--peer-jar", paramLabel = "<jar>", description = "Guacamole's extension auth-json, to be measured beside this"
            + " one; needs the real web application.")
    Optional<Path> peerJar = Optional.empty();

    @Option(names = "--novnc", paramLabel = "<folder>", description = "A folder with noVNC in one file and a page vnc-bench.html that"
            + " takes #port=<websockify>&password=<VNC password>, to be measured beside this extension.")
    Optional<Path> novnc = Optional.empty();

    @Option(names = "--runs", paramLabel = "<n>", defaultValue = "20", description = "Openings of each kind (${DEFAULT-VALUE}).")
    int runs;

    @Option(names = "--logins", paramLabel = "<n>", defaultValue = "4000", description = "Logins of each kind (${DEFAULT-VALUE}).")
    int logins;

    @Option(names = "--keys", paramLabel = "<n>", defaultValue = "200", description = "Keys pressed at each page (${DEFAULT-VALUE}).")
    int keys;

    @Option(names = "--only", paramLabel = "<what>", split = ",", defaultValue = "FRAMES,KEYS,LOGINS",
            description = "What to measure: ${COMPLETION-CANDIDATES} (all).")
    Set<What> only = EnumSet.allOf(What.class);

    /** What there is to measure. */
    enum What {
        /** From navigation to the first picture. */
        FRAMES,
        /** From a key to its echo on the screen. */
        KEYS,
        /** Logins a second. */
        LOGINS
    }

    @Option(names = "--vendor-latency", paramLabel = "<ms>", defaultValue = "500",
            description = "How late the management system answers where that is measured, and how late BMCs do"
                    + " (${DEFAULT-VALUE}).")
    long vendorLatency;

    @Option(names = "--relay", description = "Measure the relay instead: throughput and latency beside a direct connection, and"
            + " 500 streams at once.")
    boolean relay;

    @Option(names = "--dead", paramLabel = "<n>", description = "Measure opening the consoles of 200 BMCs at once instead, with and"
            + " without that many of them that never answer; what is left behind afterwards, too.")
    Optional<Integer> dead = Optional.empty();

    @Option(names = "--kiosk", description = "Measure the consoles that are a BMC's page in a browser, and nothing else.")
    boolean kiosk;

    @Option(names = "--at-once", paramLabel = "<n>", defaultValue = "10", description = "How many of these at once (${DEFAULT-VALUE}).")
    int atOnce;

    @Option(names = "--scale", description = "Measure a node with a thousand live consoles instead: logins beside them, what they use,"
            + " and whether they end in time.")
    boolean scale;

    @Option(names = "--soak", paramLabel = "<hours>", description = "Have customers come and go instead for so many hours at a hundred"
            + " times their pace, and see what is left of it.")
    Optional<Integer> soak = Optional.empty();

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Say how this is used.")
    boolean help;

    @Mixin
    DoorOptions doors;

    Duration latency() {
        return Duration.ofMillis(vendorLatency);
    }
}
