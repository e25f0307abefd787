package org.serverconsole.location;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.serverconsole.location.Link.Line;
import org.serverconsole.location.Locations.Desk;
import org.serverconsole.location.Seal.Kind;
import org.serverconsole.location.Seal.Opened;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes other locations' orders. All nodes of a location hear a call for one, of which one makes an offer; the order itself then goes
 * to that node's own queue. What is not signed, not asked for, old or there for the second time is dropped, and nobody is told.
 */
final class Answering implements Link.Part, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Answering.class);

    /** The only place that an answer is sent to: RabbitMQ's direct reply-to. */
    private static final String REPLY = "amq.rabbitmq.reply-to.";

    private static final int MOST_AT_ONCE = 16;
    private static final int MOST_WAITING = 100;
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final String own;
    private final Seal seal;
    private final Desk desk;
    private final Offers offers;
    private final String node;
    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(MOST_AT_ONCE, MOST_AT_ONCE, 30, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING), Threads.named("console-location"));

    private volatile Optional<Leaving> leaving = Optional.empty();
    private volatile boolean closing;

    @FunctionalInterface
    private interface Leaving {
        void run() throws IOException;
    }

    Answering(String own, Seal seal, Desk desk, SecureRandom random) {
        this.own = own;
        this.seal = seal;
        this.desk = desk;
        offers = new Offers(random, System::nanoTime);
        node = Queues.ofNode(own, Offers.random(random));
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void attach(Line line) throws IOException {
        Channel channel = line.channel();
        channel.queueDeclare(node, false, true, true, Queues.arguments());
        channel.basicConsume(node, true, (tag, order) -> order(order, line), tag -> cancelled(line));
        channel.queueDeclare(Queues.ofLocation(own), true, false, true, Queues.arguments());
        String calls = channel.basicConsume(Queues.ofLocation(own), true, (tag, call) -> call(call, line), tag -> cancelled(line));
        leaving = Optional.of(() -> {
            channel.basicCancel(calls);
            // An order that is still sent here is returned, and another node is asked.
            channel.queueDelete(node);
        });
    }

    /** Somebody has taken a queue away. */
    private void cancelled(Line line) {
        if (!closing) {
            line.lost().run();
        }
    }

    @Override
    public void detach() {
        leaving = Optional.empty();
    }

    private void call(Delivery call, Line line) {
        opened(Kind.CALL, call).ifPresent(opened -> {
            ObjectNode offer = JsonNodeFactory.instance.objectNode();
            offer.put("queue", node).put("offer", offers.make(opened.from())).put("busy", desk.isBusy());
            reply(line, call, seal.close(Kind.OFFER, opened.from(), opened.nonce(), offer));
        });
    }

    private void order(Delivery order, Line line) {
        opened(Kind.ORDER, order).ifPresent(opened -> {
            JsonNode content = opened.content();
            Optional<Long> until = offers.take(content.path("offer").asText(), opened.from(),
                    Duration.ofMillis(content.path("within").asLong()));
            if (until.isEmpty()) {
                LOGGER.warn("console-broker: an order from {} is dropped: it is too late, or has been there before.", opened.from());
                return;
            }
            begin(opened, until.get(), answer ->
                    reply(line, order, seal.close(Kind.ANSWER, opened.from(), opened.nonce(), answer.json())));
        });
    }

    private void begin(Opened opened, long until, Consumer<Answer> reply) {
        try {
            pool.execute(() -> {
                if (!offers.isAhead(until)) {
                    LOGGER.warn("console-broker: an order from {} is dropped: its time is over.", opened.from());
                    return;
                }
                try {
                    reply.accept(desk.carryOut(Order.of(opened.content().path("order")), opened.from()));
                } catch (RuntimeException e) {
                    LOGGER.error("An order from {} failed.", opened.from(), e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOGGER.warn("console-broker: an order from {} is dropped: there are too many.", opened.from());
        }
    }

    private Optional<Opened> opened(Kind kind, Delivery message) {
        String replyTo = message.getProperties().getReplyTo();
        Optional<Opened> opened = seal.open(kind, message.getBody());
        if (opened.isEmpty() || replyTo == null || !replyTo.startsWith(REPLY)) {
            LOGGER.warn("console-broker: a message is dropped that no location has signed with this node's console-broker-key.");
            return Optional.empty();
        }
        return opened;
    }

    private static void reply(Line line, Delivery to, byte[] message) {
        BasicProperties properties = new BasicProperties.Builder().correlationId(to.getProperties().getCorrelationId())
                .expiration(Long.toString(Queues.PATIENCE_MILLIS)).deliveryMode(1).build();
        line.publish(channel -> channel.basicPublish("", to.getProperties().getReplyTo(), properties, message));
    }

    /** Takes nothing more, and waits a little for what has been begun. */
    @Override
    public void close() throws InterruptedException {
        closing = true;
        try {
            if (leaving.isPresent()) {
                leaving.get().run();
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.debug("The queues go with the connection: {}", Link.why(e));
        }
        pool.shutdown();
        if (!pool.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
            pool.shutdownNow();
        }
    }
}
