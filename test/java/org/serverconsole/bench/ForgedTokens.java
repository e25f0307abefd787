package org.serverconsole.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.serverconsole.host.RawHttp;

/** What the logins of others take while somebody sends forged tokens: with and without him in turn. */
final class ForgedTokens {

    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
    private static final int TURNS = 4;
    private static final int LOGINS = 100;
    private static final int LOGINS_WITH_PIN = 10;
    private static final int FORGED = 200;
    private static final int ALONE_SECONDS = 5;
    private static final int WARM_UP = 40_000;

    private final DoorSite site;
    private final PrintStream out;
    private int next;

    ForgedTokens(DoorSite site, PrintStream out) {
        this.site = site;
        this.out = out;
    }

    void run(int perSecond) throws Exception {
        out.printf("%nlogins of others, one at a time, each from another address, with and without %d forged tokens a second in turn,%n"
                + "from 32 addresses, sent by a process of the lowest priority, since a stranger brings his own processors:%n", perSecond);
        Map<String, Flood.Target> floods = new LinkedHashMap<>();
        floods.put("HS256 at api/ext/console", new Flood.Target("api/ext/console", calls(site::forgedWithSharedKey)));
        floods.put("ES256 at api/ext/console", new Flood.Target("api/ext/console", calls(site::forgedWithPublicKey)));
        floods.put("HS256 at api/tokens", new Flood.Target("api/tokens", logins(site::forgedWithSharedKey)));
        floods.put("ES256 at api/tokens", new Flood.Target("api/tokens", logins(site::forgedWithPublicKey)));
        // Both warm the JVM up, whose compilers otherwise take half a processor of the two for as long as is measured.
        times(site::login, 1000);
        for (Flood.Target target : floods.values()) {
            try (Flood flood = Flood.start(site.url(), target, perSecond)) {
                flood.awaitAnswers(WARM_UP);
            }
        }
        for (Map.Entry<String, Flood.Target> flood : floods.entrySet()) {
            measure(flood.getKey(), flood.getValue(), perSecond);
        }
    }

    private void measure(String name, Flood.Target target, int perSecond) throws Exception {
        List<Double> quiet = new ArrayList<>();
        List<Double> quietWithPin = new ArrayList<>();
        List<Double> flooded = new ArrayList<>();
        List<Double> floodedWithPin = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            quiet.addAll(times(site::login, LOGINS));
            quietWithPin.addAll(times(site::loginWithPin, LOGINS_WITH_PIN));
            try (Flood flood = Flood.start(site.url(), target, perSecond)) {
                flood.awaitFlow();
                flooded.addAll(times(site::login, LOGINS));
                floodedWithPin.addAll(times(site::loginWithPin, LOGINS_WITH_PIN));
                rates.add(flood.perSecond());
            }
        }
        out.printf("  %s, %.0f a second in fact, for which Guacamole needs %.2f of a processor:%n", name, rates.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
                need(target, perSecond));
        report("without PIN", quiet, flooded);
        report("with PIN, bcrypt of cost " + DoorSite.USUAL_COST, quietWithPin, floodedWithPin);
    }

    /** What Guacamole uses of one processor while nobody else comes. */
    private double need(Flood.Target target, int perSecond) throws Exception {
        try (Flood flood = Flood.start(site.url(), target, perSecond)) {
            flood.awaitFlow();
            double used = site.processorSeconds();
            long begun = System.nanoTime();
            flood.awaitAnswers(ALONE_SECONDS * perSecond);
            return (site.processorSeconds() - used) / ((System.nanoTime() - begun) / 1e9);
        }
    }

    private void report(String kind, List<Double> quiet, List<Double> flooded) {
        Figures before = figures(quiet);
        Figures during = figures(flooded);
        out.printf("    %-32s %s%n    %-32s %s%n    ratio of medians: %.2f%n",
                kind, before, "the same, with forged tokens", during, during.median() / before.median());
    }

    private static Figures figures(List<Double> times) {
        return Figures.of(times.stream().mapToDouble(Double::doubleValue));
    }

    private List<Double> times(Supplier<String> logins, int count) throws IOException {
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] login = logins.get().getBytes(StandardCharsets.UTF_8);
            try (RawHttp http = new RawHttp(site.url(), InetAddress.getByAddress(new byte[] {127, 0, 8, (byte) next++}))) {
                long begun = System.nanoTime();
                RawHttp.Answer answer = http.send("POST", "api/tokens", FORM, login);
                times.add((System.nanoTime() - begun) / 1e6);
                if (answer.status() != 200) {
                    throw new IllegalStateException("a login was refused: " + answer.status() + " " + answer.body());
                }
            }
        }
        return times;
    }

    private static List<byte[]> calls(Supplier<String> tokens) {
        return bodies(tokens, token -> "action=novnc&id=" + DoorSite.QUICK + "&pin=" + DoorSite.PIN + "&token=" + token);
    }

    private static List<byte[]> logins(Supplier<String> tokens) {
        return bodies(tokens, token -> "username=" + DoorSite.QUICK + "&pin=" + DoorSite.PIN + "&password=" + token);
    }

    private static List<byte[]> bodies(Supplier<String> tokens, UnaryOperator<String> form) {
        List<byte[]> bodies = new ArrayList<>();
        for (int i = 0; i < FORGED; i++) {
            bodies.add(form.apply(tokens.get()).getBytes(StandardCharsets.UTF_8));
        }
        return bodies;
    }
}
