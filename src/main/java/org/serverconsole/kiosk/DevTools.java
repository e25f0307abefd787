package org.serverconsole.kiosk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.serverconsole.kiosk.KioskException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chromium's DevTools protocol over {@code --remote-debugging-pipe}: JSON, each message ended by a zero byte. One thread reads;
 * any may ask, but those who are told events must not wait.
 */
final class DevTools {

    /** Something that happened in the browser. */
    record Event(String session, String method, JsonNode params) { }

    private static final Logger LOG = LoggerFactory.getLogger(DevTools.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 1 << 24;

    private final InputStream in;
    private final OutputStream out;
    private final Consumer<Event> listener;
    private final AtomicInteger last = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private volatile boolean ended;

    DevTools(InputStream in, OutputStream out, Consumer<Event> listener) {
        this.in = in;
        this.out = out;
        this.listener = listener;
    }

    /** Reads until the browser ends. */
    void read() {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        byte[] chunk = new byte[1 << 16];
        try {
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                int begin = 0;
                for (int i = 0; i < length; i++) {
                    if (chunk[i] == 0) {
                        message.write(chunk, begin, i - begin);
                        receive(JSON.readTree(message.toByteArray()));
                        message.reset();
                        begin = i + 1;
                    }
                }
                message.write(chunk, begin, length - begin);
                if (message.size() > LONGEST) {
                    throw new IOException("a message of more than " + LONGEST + " bytes");
                }
            }
        } catch (IOException e) {
            LOG.debug("a browser's pipe broke", e);
        } finally {
            ended = true;
            waiting.values().forEach(answer -> answer.completeExceptionally(new IOException("the browser has ended")));
        }
    }

    private void receive(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer = waiting.remove(message.get("id").asInt());
            if (answer != null) {
                answer.complete(message);
            }
        } else {
            listener.accept(new Event(message.path("sessionId").asText(""), message.path("method").asText(), message.path("params")));
        }
    }

    static ObjectNode params() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Asks without waiting. */
    CompletableFuture<JsonNode> tell(String session, String method, ObjectNode params) {
        int id = last.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ObjectNode message = params().put("id", id).put("method", method);
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        message.set("params", params);
        try {
            byte[] bytes = JSON.writeValueAsBytes(message);
            synchronized (out) {
                out.write(bytes);
                out.write(0);
                out.flush();
            }
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
        if (ended) {
            answer.completeExceptionally(new IOException("the browser has ended"));
        }
        return answer;
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param session of a page; empty for the browser
     * @param deadline in {@link System#nanoTime}
     */
    JsonNode call(String session, String method, ObjectNode params, long deadline) throws KioskException, InterruptedException {
        CompletableFuture<JsonNode> answer = tell(session, method, params);
        try {
            JsonNode message = answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (message.has("error")) {
                // Without the parameters, which may be secret.
                throw new KioskException(Reason.PROTOCOL, "the browser refused " + method + ": "
                        + message.path("error").path("message").asText().replaceAll("[^\\x20-\\x7e]+", " "));
            }
            return message.path("result");
        } catch (TimeoutException e) {
            throw new KioskException(Reason.TIMEOUT, "the browser did not answer " + method + " in time", e);
        } catch (ExecutionException e) {
            throw new KioskException(Reason.PROTOCOL, "the browser has ended: " + e.getCause().getMessage(), e);
        }
    }
}
