package org.serverconsole.location;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.serverconsole.location.Link.Line;
import org.serverconsole.location.LocationException.Kind;
import org.serverconsole.location.Seal.Opened;

/**
 * Gives other locations orders, and waits for their answers, each message mandatory and confirmed. An order is for the one node that
 * has offered to take it, and says how long after its offer it may be begun at the latest: less than is left here, so that nothing is
 * begun of which nobody waits for the answer any more. Safe for use by many threads.
 */
final class Asking implements Link.Part {

    private static final String DIRECT_REPLY = "amq.rabbitmq.reply-to";

    /** What is left for the way back. */
    private static final Duration WAY_BACK = Duration.ofMillis(500);

    /** How many nodes are asked for an offer until one is taken that is busy. */
    private static final int MOST_CALLS = 4;

    private final Seal seal;
    private final SecureRandom random;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    /** From a message's number on its channel to its nonce. */
    private final NavigableMap<Long, String> unconfirmed = new ConcurrentSkipListMap<>();

    private volatile Optional<Line> line = Optional.empty();

    /** Somebody waiting for a reply of that kind from that location. */
    private record Waiting(Seal.Kind kind, String location, CompletableFuture<JsonNode> reply) {

        void fail(Kind why, String message) {
            reply.completeExceptionally(new LocationException(why, message));
        }
    }

    /** A node's offer to take an order. */
    private record Offer(String queue, String offer, boolean busy, long heard) { }

    Asking(Seal seal, SecureRandom random) {
        this.seal = seal;
        this.random = random;
    }

    /**
     * Has a node of a location carry out an order.
     *
     * @param patience how long it may take to begin
     * @param more how much longer its answer may take
     */
    Answer ask(String location, Order order, Duration patience, Duration more) throws LocationException, InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        Optional<LocationException> gone = Optional.empty();
        for (int call = 1; call <= MOST_CALLS; call++) {
            Offer offer = call(location, until);
            if (offer.busy() && call < MOST_CALLS) {
                continue;
            }
            try {
                return order(location, order, offer, until, more);
            } catch (LocationException e) {
                if (e.kind() != Kind.NO_NODE) {
                    throw e;
                }
                // The node went away between its offer and the order; another may be there.
                gone = Optional.of(e);
            }
        }
        throw gone.orElseThrow();
    }

    private Offer call(String location, long until) throws LocationException, InterruptedException {
        JsonNode offer = exchange(Seal.Kind.CALL, Queues.ofLocation(location), JsonNodeFactory.instance.objectNode(),
                new Waiting(Seal.Kind.OFFER, location, new CompletableFuture<>()), until, Kind.NO_ANSWER);
        return new Offer(offer.path("queue").asText(), offer.path("offer").asText(), offer.path("busy").asBoolean(), System.nanoTime());
    }

    /** The offer was made before it was heard, so that the time that is left is over there no later than here. */
    private Answer order(String location, Order order, Offer offer, long until, Duration more)
            throws LocationException, InterruptedException {
        Duration within = Duration.ofNanos(until - offer.heard()).minus(WAY_BACK);
        if (within.isNegative() || within.isZero()) {
            throw new LocationException(Kind.NO_ANSWER, location + " has answered too late");
        }
        ObjectNode content = JsonNodeFactory.instance.objectNode()
                .put("offer", offer.offer()).put("within", within.toMillis()).set("order", order.json());
        return Answer.of(exchange(Seal.Kind.ORDER, offer.queue(), content,
                new Waiting(Seal.Kind.ANSWER, location, new CompletableFuture<>()), until + more.toNanos(), Kind.UNKNOWN));
    }

    private JsonNode exchange(Seal.Kind kind, String queue, ObjectNode content, Waiting one, long until, Kind silence)
            throws LocationException, InterruptedException {
        Line now = line.orElseThrow(() -> new LocationException(Kind.NO_BROKER, "the broker is away"));
        String nonce = Offers.random(random);
        byte[] message = seal.close(kind, one.location(), nonce, content);
        waiting.put(nonce, one);
        try {
            now.publish(channel -> publish(channel, queue, nonce, message, until));
            return one.reply().get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new LocationException(silence, one.location() + " has not answered in time");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LocationException why) {
                throw why;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            waiting.remove(nonce);
        }
    }

    /** In the sender's thread, which numbers the messages as the broker confirms them. */
    private void publish(Channel channel, String queue, String nonce, byte[] message, long until) throws IOException {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0 || !waiting.containsKey(nonce)) {
            return;
        }
        unconfirmed.put(channel.getNextPublishSeqNo(), nonce);
        channel.basicPublish("", queue, true, new BasicProperties.Builder()
                .correlationId(nonce).replyTo(DIRECT_REPLY).deliveryMode(1)
                .expiration(Long.toString(Math.min(left, Queues.PATIENCE_MILLIS))).build(), message);
    }

    @Override
    public void attach(Line made) throws IOException {
        Channel channel = made.channel();
        unconfirmed.clear();
        channel.confirmSelect();
        channel.addConfirmListener(confirmed(nonce -> { }), confirmed(nonce -> Optional.ofNullable(waiting.get(nonce))
                .ifPresent(one -> one.fail(Kind.NO_BROKER, "the broker has not taken the message"))));
        channel.addReturnListener(returned -> Optional.ofNullable(waiting.get(returned.getProperties().getCorrelationId()))
                .ifPresent(one -> one.fail(Kind.NO_NODE, "no node of " + one.location() + " is at the broker")));
        channel.basicConsume(DIRECT_REPLY, true,
                (tag, reply) -> reply(reply.getProperties().getCorrelationId(), reply.getBody()), tag -> made.lost().run());
        line = Optional.of(made);
    }

    @Override
    public void detach() {
        line = Optional.empty();
        waiting.values().forEach(one -> one.fail(one.kind() == Seal.Kind.ANSWER ? Kind.UNKNOWN : Kind.NO_BROKER,
                "the broker has gone away"));
    }

    private ConfirmCallback confirmed(Consumer<String> each) {
        return (number, multiple) -> {
            Map<Long, String> those = multiple ? unconfirmed.headMap(number, true) : unconfirmed.subMap(number, true, number, true);
            those.values().forEach(each);
            those.clear();
        };
    }

    /** What is not signed, or replies to something else, is nobody's reply: the right one may still come. */
    private void reply(String nonce, byte[] message) {
        Optional<Waiting> one = Optional.ofNullable(nonce).map(waiting::get);
        one.flatMap(known -> seal.open(known.kind(), message))
                .filter(opened -> opened.nonce().equals(nonce) && opened.from().equals(one.get().location()))
                .map(Opened::content).ifPresent(content -> one.get().reply().complete(content));
    }
}
