package org.serverconsole.https;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.serverconsole.config.Secret;

/**
 * Asks the hosting panel over HTTPS. The panel's certificate is verified, no redirect is followed, and an answer is there, or
 * given up, within the deadline whatever the panel does. Safe for use by many threads.
 */
public final class PanelHttps {

    /** How long a panel may take for an answer. */
    public static final Duration DEADLINE = Duration.ofSeconds(5);

    /** In bytes: far more than any key set, server or opinion of a token needs. */
    public static final int LONGEST = 100_000;

    private final HttpClient client;
    private final Duration deadline;

    /**
     * @param tls the authorities to trust
     * @param deadline from the beginning of a request to the last byte of its answer
     */
    public PanelHttps(SSLContext tls, Duration deadline) {
        this.client = HttpClient.newBuilder()
                .sslContext(tls)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(deadline)
                .build();
        this.deadline = deadline;
    }

    /**
     * What the panel said.
     *
     * @param status HTTP's
     * @param body up to {@link #LONGEST} bytes of UTF-8
     */
    public record Answer(int status, String body) {

        private static Answer of(HttpResponse<byte[]> response) {
            return new Answer(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
        }

        /**
         * The body of an answer that is one.
         *
         * @throws IOException where the status is not 200
         */
        public String good() throws IOException {
            if (status != 200) {
                throw new IOException("answered with HTTP status " + status);
            }
            return body;
        }

        /** It may hold a password. */
        @Override
        public String toString() {
            return "answer with HTTP status " + status;
        }
    }

    /**
     * Gets something. The future completes within the deadline in any case; with an {@link IOException} where there is no
     * answer, whose message quotes neither the URL nor anything that was sent or received.
     *
     * @param accept media types, as the header {@code Accept} has them
     * @param key sent as {@code Authorization: Bearer}, or {@link Secret#NONE}
     */
    public CompletableFuture<Answer> get(URI url, String accept, Secret key) {
        return send(request(url, accept, key).build());
    }

    /** Posts a form and gets JSON; otherwise as {@link #get}. The panel must bear to be sent the same form twice. */
    public CompletableFuture<Answer> post(URI url, Map<String, String> form, Secret key) {
        String body = form.entrySet().stream().map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return send(request(url, "application/json", key)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)).build());
    }

    private static HttpRequest.Builder request(URI url, String accept, Secret key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url).header("Accept", accept);
        return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key.reveal());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private CompletableFuture<Answer> send(HttpRequest request) {
        Exchange exchange = new Exchange(request);
        // The client's own timeout ends with the answer's head; a body may drip for ever.
        return exchange.run().thenApply(Answer::of).orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> {
                    exchange.cancel();
                    return CompletableFuture.failedFuture(told(cause(failure)));
                });
    }

    /** A request, and once more the same where the connection turns out to be dead. */
    private final class Exchange {

        private final HttpRequest request;
        private volatile boolean answered;
        private CompletableFuture<HttpResponse<byte[]>> running;
        private boolean cancelled;

        Exchange(HttpRequest request) {
            this.request = request;
        }

        CompletableFuture<HttpResponse<byte[]>> run() {
            return attempt().exceptionallyCompose(failure -> isDeadConnection(cause(failure))
                    ? attempt() : CompletableFuture.failedFuture(cause(failure)));
        }

        private synchronized CompletableFuture<HttpResponse<byte[]>> attempt() {
            if (cancelled) {
                return CompletableFuture.failedFuture(new IOException("cancelled"));
            }
            running = client.sendAsync(request, head -> {
                answered = true;
                return new BoundedBody(LONGEST);
            });
            return running;
        }

        /** One that the panel has closed while it was idle. The JDK asks again by itself, but not where it posts. */
        private boolean isDeadConnection(Throwable failure) {
            return failure instanceof IOException && !answered && request.method().equals("POST")
                    && !(failure instanceof SSLException || failure instanceof ConnectException
                    || failure instanceof HttpTimeoutException);
        }

        synchronized void cancel() {
            cancelled = true;
            running.cancel(true);
        }
    }

    private IOException told(Throwable failure) {
        if (failure instanceof TimeoutException || failure instanceof HttpTimeoutException) {
            return new IOException("no complete answer within " + deadline.toMillis() + " ms");
        }
        return failure instanceof IOException io ? io : new IOException("no answer (" + failure.getClass().getSimpleName() + ")");
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
