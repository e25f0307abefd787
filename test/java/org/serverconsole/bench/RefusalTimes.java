package org.serverconsole.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.serverconsole.host.RawHttp;

/** Whether time tells why the panel's API has refused a PIN: calls for different reasons in turn. */
final class RefusalTimes {

    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
    private static final int ATTEMPTS = 5;
    private static final int WARM_UP = 100;
    private static final String WRONG = "1111";

    private final DoorSite site;
    private final PrintStream out;

    RefusalTimes(DoorSite site, PrintStream out) {
        this.site = site;
        this.out = out;
    }

    void run(int calls) throws IOException {
        out.printf("%nPOST api/ext/console with a good token, %d calls in turn:%n", calls);
        Map<String, IntFunction<String>> reasons = new LinkedHashMap<>();
        reasons.put("wrong PIN", i -> call(DoorSite.QUICK, "guesser", WRONG));
        reasons.put("wrong PIN while locked", i -> call(DoorSite.LOCKED, "locked-out", WRONG));
        reasons.put("right PIN while locked", i -> call(DoorSite.LOCKED, "locked-out", DoorSite.PIN));
        reasons.put("unknown server", i -> call("unknown-" + i, "stranger", WRONG));
        Map<String, List<Double>> times = new LinkedHashMap<>();
        Set<String> words = new HashSet<>();
        try (RawHttp http = new RawHttp(site.url())) {
            for (int i = 0; i <= ATTEMPTS; i++) {
                send(http, call(DoorSite.LOCKED, "locked-out", WRONG));
            }
            for (int i = -WARM_UP; i < calls / reasons.size(); i++) {
                if (Math.floorMod(i, ATTEMPTS - 1) == 0) {
                    // Or else the next wrong one would be the last before the lock.
                    send(http, call(DoorSite.QUICK, "guesser", DoorSite.PIN));
                }
                for (Map.Entry<String, IntFunction<String>> reason : reasons.entrySet()) {
                    String call = reason.getValue().apply(i);
                    long begun = System.nanoTime();
                    RawHttp.Answer answer = send(http, call);
                    double milliseconds = (System.nanoTime() - begun) / 1e6;
                    if (i >= 0) {
                        times.computeIfAbsent(reason.getKey(), first -> new ArrayList<>()).add(milliseconds);
                        words.add(answer.status() + " " + new ObjectMapper().readTree(answer.body()).path("message").asText());
                    }
                }
            }
        }
        report(times, words);
    }

    private void report(Map<String, List<Double>> times, Set<String> words) {
        double quickest = Double.MAX_VALUE;
        double slowest = 0;
        for (Map.Entry<String, List<Double>> reason : times.entrySet()) {
            Figures figures = Figures.of(reason.getValue().stream().mapToDouble(Double::doubleValue));
            out.printf("  %-28s %s%n", reason.getKey(), figures);
            quickest = Math.min(quickest, figures.median());
            slowest = Math.max(slowest, figures.median());
        }
        out.printf("  slowest to quickest (medians): %.3f%n  in the words: %s%n", slowest / quickest, words);
    }

    private String call(String server, String customer, String pin) {
        return "action=novnc&token=" + site.token(server, customer) + "&id=" + server + "&pin=" + pin;
    }

    private static RawHttp.Answer send(RawHttp http, String call) throws IOException {
        return http.send("POST", "api/ext/console", FORM, call.getBytes(StandardCharsets.UTF_8));
    }
}
