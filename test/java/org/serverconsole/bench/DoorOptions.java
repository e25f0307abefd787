package org.serverconsole.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What {@code test/bench} is asked for of those who are refused at the doors. */
final class DoorOptions {

    @Option(names = "--timing", paramLabel = "<n>", description = "Measure instead, with that many calls, whether time tells a"
            + " wrong PIN from one while locked and from an unknown server.")
    Optional<Integer> timing = Optional.empty();

    @Option(names = "--forged", paramLabel = "<n>", description = "Measure instead how long others' logins take while that many"
            + " calls a second come with forged tokens.")
    Optional<Integer> forged = Optional.empty();

    boolean asked() {
        return timing.isPresent() || forged.isPresent();
    }

    void measure(Path jar, Path folder) throws Exception {
        Optional<Path> war = Bench.where();
        if (timing.isPresent()) {
            try (DoorSite site = new DoorSite(jar, Files.createDirectory(folder.resolve("timing")), war,
                    "console-max-logins-per-minute: 100000")) {
                new RefusalTimes(site, System.out).run(timing.get());
            }
        }
        if (forged.isPresent()) {
            try (DoorSite site = new DoorSite(jar, Files.createDirectory(folder.resolve("forged")), war, "")) {
                new ForgedTokens(site, System.out).run(forged.get());
            }
        }
    }
}
