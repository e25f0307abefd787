package org.serverconsole.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Posts logins to {@code api/tokens}, 16 at a time. */
final class Logins {

    private static final int AT_ONCE = 16;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI tokens;

    Logins(URI guacamole) {
        tokens = guacamole.resolve("api/tokens");
    }

    /**
     * What came of many logins.
     *
     * @param perSecond how many came back in a second, all in all
     * @param each what each took
     */
    record Result(double perSecond, Figures each) { }

    /** @param forms from a number to a form that can be posted once; all are made before the first is posted */
    Result run(int count, IntFunction<String> forms) throws Exception {
        List<HttpRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(HttpRequest.newBuilder(tokens).header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(forms.apply(i))).build());
        }
        ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
        try {
            long begun = System.nanoTime();
            List<Future<Double>> answers = new ArrayList<>();
            for (HttpRequest request : requests) {
                answers.add(clients.submit(() -> post(request)));
            }
            List<Double> times = new ArrayList<>();
            for (Future<Double> answer : answers) {
                times.add(answer.get());
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            return new Result(count / seconds, Figures.of(times.stream().mapToDouble(Double::doubleValue)));
        } finally {
            clients.shutdownNow();
        }
    }

    private double post(HttpRequest request) throws Exception {
        long begun = System.nanoTime();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        double milliseconds = (System.nanoTime() - begun) / 1e6;
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("a login was refused: " + answer.statusCode() + " " + answer.body());
        }
        return milliseconds;
    }
}
