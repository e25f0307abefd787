package org.serverconsole.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A hosting panel over TLS, which answers everything alike and can be told to misbehave. */
public final class FakePanel implements AutoCloseable {

    /** What it does with a request. */
    @FunctionalInterface
    public interface Answer {
        void to(HttpExchange exchange, CountDownLatch closed) throws IOException, InterruptedException;

        static Answer keys(String json) {
            return with(200, json);
        }

        static Answer with(int status, String body) {
            return (exchange, closed) -> {
                exchange.sendResponseHeaders(status, 0);
                exchange.getResponseBody().write(body.getBytes());
            };
        }

        static Answer redirect(URI to) {
            return (exchange, closed) -> {
                exchange.getResponseHeaders().add("Location", to.toString());
                exchange.sendResponseHeaders(302, -1);
            };
        }

        /** The end of the connection. */
        static Answer nothing() {
            return (exchange, closed) -> { };
        }

        static Answer silence() {
            return (exchange, closed) -> closed.await();
        }

        /** A head, and then a byte now and then for as long as somebody reads. */
        static Answer dripping() {
            return (exchange, closed) -> {
                exchange.sendResponseHeaders(200, 0);
                OutputStream body = exchange.getResponseBody();
                while (!closed.await(20, TimeUnit.MILLISECONDS)) {
                    body.write(' ');
                    body.flush();
                }
            };
        }

        /** Spaces without an end. */
        static Answer endless() {
            return (exchange, closed) -> {
                exchange.sendResponseHeaders(200, 0);
                byte[] spaces = " ".repeat(10_000).getBytes();
                while (closed.getCount() > 0) {
                    exchange.getResponseBody().write(spaces);
                }
            };
        }
    }

    /**
     * What was asked.
     *
     * @param path with the query, as it was written
     * @param authorization the header of that name, or empty text
     */
    public record Request(String method, String path, String authorization, String body) { }

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger broken = new AtomicInteger();
    private volatile Answer answer;

    public FakePanel(Certificate certificate, Answer answer) throws IOException {
        this.answer = answer;
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public void answer(Answer next) {
        answer = next;
    }

    public URI url() {
        return URI.create(url("/jwks.json"));
    }

    /**
     * @param path which need not be one
     */
    public String url(String path) {
        return "https://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** How many requests have come. */
    public int requests() {
        return requests.size();
    }

    public List<Request> received() {
        return List.copyOf(requests);
    }

    /** How many answers the client broke off. */
    public int broken() {
        return broken.get();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.setStreams(new ByteArrayInputStream(body), null);
            requests.add(new Request(exchange.getRequestMethod(), exchange.getRequestURI().toString(),
                    Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), ""),
                    new String(body, StandardCharsets.UTF_8)));
            answer.to(exchange, closed);
        } catch (IOException e) {
            broken.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
