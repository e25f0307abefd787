package org.serverconsole.access;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * The panel's keys over HTTPS. The server's certificate is verified, no redirect is followed, and a reading ends within its
 * deadline whatever the server does.
 */
final class HttpsKeySource implements KeySource {

    private static final int OK = 200;

    private final HttpClient client;
    private final HttpRequest request;
    private final Duration deadline;

    /**
     * @param tls the authorities to trust
     * @param deadline from the beginning of a reading to the last byte
     */
    HttpsKeySource(URI url, SSLContext tls, Duration deadline) {
        this.client = HttpClient.newBuilder()
                .sslContext(tls)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(deadline)
                .build();
        this.request = HttpRequest.newBuilder(url).header("Accept", "application/jwk-set+json, application/json").build();
        this.deadline = deadline;
    }

    @Override
    public CompletableFuture<String> read() {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, response -> new BoundedBody());
        CompletableFuture<String> content = answer.thenApply(HttpsKeySource::content);
        // The client's own timeout ends with the answer's head; a body may drip for ever.
        CompletableFuture.delayedExecutor(deadline.toMillis(), TimeUnit.MILLISECONDS).execute(() -> {
            if (content.completeExceptionally(new IOException("no complete answer within " + deadline.toMillis() + " ms"))) {
                answer.cancel(true);
            }
        });
        return content;
    }

    private static String content(HttpResponse<byte[]> response) {
        if (response.statusCode() != OK) {
            throw new CompletionException(new IOException("answered with HTTP status " + response.statusCode()));
        }
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    /** A body of up to {@link KeySource#LONGEST} bytes. */
    private static final class BoundedBody implements BodySubscriber<byte[]> {

        private final BodySubscriber<byte[]> whole = BodySubscribers.ofByteArray();
        private Flow.Subscription subscription;
        private long received;

        @Override
        public CompletionStage<byte[]> getBody() {
            return whole.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            whole.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            received += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
            if (received > LONGEST) {
                subscription.cancel();
                onError(new IOException("answered with more than " + LONGEST + " bytes"));
            } else {
                whole.onNext(buffers);
            }
        }

        @Override
        public void onError(Throwable failure) {
            whole.onError(failure);
        }

        @Override
        public void onComplete() {
            whole.onComplete();
        }
    }
}
