package org.serverconsole.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A thousand live consoles on one node: how long a login takes beside them, what they use, and whether they end in time. */
final class ScaleBench {

    private static final Duration SESSION = Duration.ofMinutes(4);
    private static final List<Integer> LIVE = List.of(10, 100, 1000);
    private static final int TURNS_AT_EACH = 1000;
    private static final int LOGINS = 10_000;

    private final PrintStream out;
    private final ScaleSite site;

    private ScaleBench(PrintStream out, ScaleSite site) {
        this.out = out;
        this.site = site;
    }

    static void run(Path jar, Path folder, Optional<Path> war, Optional<Path> peerJar, PrintStream out) throws Exception {
        try (ScaleSite site = new ScaleSite(jar, folder, war, peerJar, SESSION)) {
            new ScaleBench(out, site).run(peerJar.isPresent());
        }
    }

    /** A console that is open, and the login that opened it: its session began in the course of that. */
    private record Live(ScaleSite.Login login, OpenTunnel tunnel) { }

    private void run(boolean peer) throws Exception {
        // Warms the JVM up.
        logins(LOGINS - LIVE.size() * TURNS_AT_EACH);
        for (Live console : open(LIVE.get(0))) {
            site.leave(console.login());
        }
        ScaleSite.Use before = site.use();
        out.printf("%nat rest after %d logins: %s%n", LOGINS - LIVE.size() * TURNS_AT_EACH, before);
        if (peer) {
            peerConsoles();
        }
        Map<Integer, Figures> logins = new LinkedHashMap<>();
        Map<Integer, ScaleSite.Use> uses = new LinkedHashMap<>();
        List<Live> live = new ArrayList<>();
        for (int wanted : LIVE) {
            live.addAll(open(wanted - live.size()));
            logins.put(wanted, logins(TURNS_AT_EACH));
            uses.put(wanted, site.use());
            out.printf("%5d live: login %s; %s%n", wanted, logins.get(wanted), uses.get(wanted));
        }
        int least = LIVE.get(0);
        int most = LIVE.get(LIVE.size() - 1);
        out.printf("p95 of a login at %d live consoles to that at %d: %.2f%n", most, least,
                logins.get(most).p95() / logins.get(least).p95());
        out.printf("heap of each live console: %.1f KB%n", each(uses.get(least), uses.get(most)));
        deadlines(live);
        out.printf("at rest again: %s%n", site.use());
    }

    /** What Guacamole's own tunnels need, with an extension that adds nothing of its own to a connection. */
    private void peerConsoles() throws Exception {
        List<ScaleSite.Login> logins = new ArrayList<>();
        ScaleSite.Use few = null;
        for (int i = 0; i < LIVE.get(LIVE.size() - 1); i++) {
            if (i == LIVE.get(0)) {
                few = site.use();
            }
            ScaleSite.Login login = site.peerLogin();
            site.open(login).drawn.get(1, TimeUnit.MINUTES);
            logins.add(login);
        }
        out.printf("heap of each live console with auth-json: %.1f KB%n", each(few, site.use()));
        for (ScaleSite.Login login : logins) {
            site.leave(login);
        }
    }

    private static double each(ScaleSite.Use few, ScaleSite.Use many) {
        return (many.heap() - few.heap()) / 1e3 / (LIVE.get(LIVE.size() - 1) - LIVE.get(0));
    }

    private Figures logins(int count) throws Exception {
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ScaleSite.Login login = site.login();
            times.add(login.milliseconds());
            site.leave(login);
        }
        return Figures.of(times.stream().mapToDouble(Double::doubleValue));
    }

    private List<Live> open(int count) throws Exception {
        List<Live> opened = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ScaleSite.Login login = site.login();
            OpenTunnel tunnel = site.open(login);
            tunnel.drawn.get(1, TimeUnit.MINUTES);
            opened.add(new Live(login, tunnel));
        }
        return opened;
    }

    private void deadlines(List<Live> live) throws Exception {
        double earliest = Double.MAX_VALUE;
        double latest = -Double.MAX_VALUE;
        for (Live console : live) {
            long ended = console.tunnel().ended.get(SESSION.toMinutes() + 1, TimeUnit.MINUTES);
            earliest = Math.min(earliest, (ended - console.login().answered()) / 1e9 - SESSION.toSeconds());
            latest = Math.max(latest, (ended - console.login().begun()) / 1e9 - SESSION.toSeconds());
        }
        out.printf("%d consoles told of their end between %+.3f and %+.3f s of their deadline%n", live.size(), earliest, latest);
    }
}
