package org.serverconsole.adapter.web;

import java.net.HttpCookie;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.redfish.BmcAccess;
import org.serverconsole.adapter.redfish.BmcHttp;
import org.serverconsole.adapter.redfish.Refusal;
import org.serverconsole.config.Secret;
import org.serverconsole.https.BoundedBody;

/** Asks one BMC's web server, whose certificate is verified as its entry says. Follows no redirect. */
public record WebClient(BmcHttp http, BmcAccess access) {

    private static final int LONGEST_ANSWER = 1 << 20;
    private static final Duration LEAST = Duration.ofMillis(1);

    /**
     * What was answered.
     *
     * @param cookies that it set, by their names
     */
    public record Answer(int status, String body, Map<String, Secret> cookies, Map<String, String> headers) {

        public Optional<Secret> cookie(String name) {
            return Optional.ofNullable(cookies.get(name)).filter(value -> !value.isEmpty());
        }
    }

    /**
     * A request.
     *
     * @param type of the body; empty where there is none
     * @param headers may have secrets
     */
    public record Request(String method, String path, String type, Secret body, Map<String, Secret> headers) {

        public static Request get(String path, Map<String, Secret> headers) {
            return new Request("GET", path, "", Secret.NONE, headers);
        }

        public static Request post(String path, String type, Secret body, Map<String, Secret> headers) {
            return new Request("POST", path, type, body, headers);
        }
    }

    /** Cookies as the header has them. */
    public static Secret cookies(Map<String, Secret> cookies) {
        return Secret.of(cookies.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue().reveal())
                .collect(Collectors.joining("; ")));
    }

    /** @throws AdapterException where there was no answer, whatever it says */
    public Answer ask(Request request, Deadline deadline) throws AdapterException, InterruptedException {
        HttpRequest.Builder built = HttpRequest.newBuilder(access.uri(request.path())).timeout(deadline.leftOr(LEAST))
                .method(request.method(), request.body().isEmpty() ? BodyPublishers.noBody()
                        : BodyPublishers.ofString(request.body().reveal()));
        if (!request.type().isEmpty()) {
            built.header("Content-Type", request.type());
        }
        request.headers().forEach((name, value) -> built.header(name, value.reveal()));
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.client(access).sendAsync(built.build(), info -> new BoundedBody(LONGEST_ANSWER));
        try {
            return answer(answer.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            throw Refusal.of(e.getCause(), access.authority());
        } catch (TimeoutException e) {
            throw Refusal.of(e, access.authority());
        } finally {
            answer.cancel(true);
        }
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        Map<String, Secret> cookies = new HashMap<>();
        for (String line : response.headers().allValues("Set-Cookie")) {
            for (HttpCookie cookie : parsed(line)) {
                cookies.put(cookie.getName(), Secret.of(cookie.getValue()));
            }
        }
        Map<String, String> headers = new HashMap<>();
        response.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return new Answer(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8), cookies, headers);
    }

    private static List<HttpCookie> parsed(String line) {
        try {
            return HttpCookie.parse(line);
        } catch (IllegalArgumentException e) {
            // A cookie that is none is not one that anybody waits for.
            return List.of();
        }
    }

    /** An answer that makes no sense; its words are not told, since they may repeat what was asked. */
    public AdapterException nonsense(String what) {
        return new AdapterException(Kind.PROTOCOL, "BMC " + access.authority() + " " + what);
    }
}
