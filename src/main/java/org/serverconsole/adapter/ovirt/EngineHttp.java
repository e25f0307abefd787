package org.serverconsole.adapter.ovirt;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpResponse;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.conn.ssl.NoopHostnameVerifier;
import org.apache.http.conn.ssl.SSLConnectionSocketFactory;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;
import org.apache.http.impl.client.HttpClientBuilder;
import org.ovirt.engine.sdk4.HttpClient;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.Trust;

/**
 * The HTTP under the SDK, in place of the SDK's own, which waits for ever for a silent engine and leaves an answer it
 * does not like unread: that loses one of its two pooled connections each time, and after two it blocks for good. Here
 * every answer is read whole, within a deadline, before the SDK sees it.
 */
final class EngineHttp implements HttpClient {

    /** An answer the SDK cannot read, or would read wrongly. */
    static final class StatusOnly extends IOException {

        private final int status;

        StatusOnly(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** Without administrator's rights a name is looked up in the list of all visible machines. */
    private static final int LONGEST_ANSWER = 32 << 20;

    private final CloseableHttpClient client;
    private final Duration timeout;
    private final ScheduledExecutorService alarms;
    private final Set<HttpUriRequest> running = ConcurrentHashMap.newKeySet();

    EngineHttp(Trust trust, Duration timeout, int connections, ScheduledExecutorService alarms) throws AdapterException {
        int millis = Math.toIntExact(timeout.toMillis());
        this.timeout = timeout;
        this.alarms = alarms;
        this.client = HttpClientBuilder.create()
                .setSSLSocketFactory(sockets(trust))
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectTimeout(millis)
                        .setSocketTimeout(millis)
                        .setConnectionRequestTimeout(millis)
                        .build())
                .setMaxConnPerRoute(connections)
                .setMaxConnTotal(connections)
                // All that is asked may be asked twice; an engine closes idle connections as it likes.
                .setRetryHandler(new DefaultHttpRequestRetryHandler(1, true))
                .disableCookieManagement()
                .disableRedirectHandling()
                .disableAuthCaching()
                .build();
    }

    private static SSLConnectionSocketFactory sockets(Trust trust) throws AdapterException {
        // The name is checked with the chain, whose refusal says what was presented.
        return new SSLConnectionSocketFactory(trust.context(), NoopHostnameVerifier.INSTANCE) {
            @Override
            protected void prepareSocket(SSLSocket socket) {
                if (trust.checkHostName()) {
                    SSLParameters parameters = socket.getSSLParameters();
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");
                    socket.setSSLParameters(parameters);
                }
            }
        };
    }

    @Override
    public HttpResponse execute(HttpUriRequest request) throws IOException {
        return answer(request, (response, body) -> {
            check(response, body, request.getURI().getPath().contains("/sso"));
            response.setEntity(new ByteArrayEntity(body));
            return response;
        });
    }

    /** What stands at an address outside the API. */
    byte[] fetch(URI address) throws IOException {
        return answer(new HttpGet(address), (response, body) -> {
            if (status(response) != 200) {
                throw new StatusOnly(status(response), "no document at " + address.getPath());
            }
            return body;
        });
    }

    @FunctionalInterface
    private interface Reading<T> {
        T of(HttpResponse response, byte[] body) throws IOException;
    }

    private <T> T answer(HttpUriRequest request, Reading<T> reading) throws IOException {
        running.add(request);
        // The socket's timeout begins anew with every byte; this one does not.
        Future<?> alarm = alarms.schedule(request::abort, timeout.toMillis(), TimeUnit.MILLISECONDS);
        try (CloseableHttpResponse response = client.execute(request)) {
            return reading.of(response, body(response));
        } catch (IOException e) {
            if (request.isAborted()) {
                SocketTimeoutException late = new SocketTimeoutException("no answer within " + timeout.toSeconds() + " s");
                late.initCause(e);
                throw late;
            }
            throw e;
        } finally {
            alarm.cancel(false);
            running.remove(request);
        }
    }

    private static byte[] body(HttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return new byte[0];
        }
        try (InputStream content = entity.getContent()) {
            byte[] body = content.readNBytes(LONGEST_ANSWER + 1);
            if (body.length > LONGEST_ANSWER) {
                throw new StatusOnly(status(response), "more than " + (LONGEST_ANSWER >> 20) + " MiB in one answer");
            }
            return body;
        }
    }

    private static void check(HttpResponse response, byte[] body, boolean login) throws StatusOnly {
        int status = status(response);
        if (status == 401 && !login) {
            // The SDK would log in again by itself, but not once for all threads.
            throw new StatusOnly(status, "the token is not accepted");
        }
        Optional<String> type = Optional.ofNullable(response.getFirstHeader(HttpHeaders.CONTENT_TYPE))
                .map(header -> header.getValue().toLowerCase(Locale.ROOT));
        if (login && type.isEmpty()) {
            // The SDK takes the header for granted.
            response.setHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        } else if (type.isPresent() && !type.get().contains(login ? "/json" : "/xml")) {
            throw new StatusOnly(status, "content of type " + type.get());
        } else if (!login && body.length == 0) {
            // A 204, and a 404 from the engine's framework; the SDK takes a body for granted.
            throw new StatusOnly(status, "no content");
        }
    }

    private static int status(HttpResponse response) {
        return response.getStatusLine().getStatusCode();
    }

    /** Breaks off whatever runs now. */
    void abort() {
        running.forEach(HttpUriRequest::abort);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
