package org.serverconsole.location;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to RabbitMQ, made anew whenever it is lost, with a longer pause after each failure in a row. Nobody waits for it: what
 * is sent goes through one thread, which a broker that takes nothing more may hold up.
 */
final class Link implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Link.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    /** Whoever uses the connection, each over a channel of its own. */
    interface Part {

        /** There is a connection, maybe again. */
        void attach(Line line) throws IOException;

        void detach();
    }

    /**
     * A part's channel, as long as it lasts.
     *
     * @param lost to be called where it is of no use any more
     */
    record Line(Channel channel, Executor sender, Runnable lost) {

        /** Sends a message when it is its turn. One that cannot be sent is lost, and its sender finds out by himself. */
        void publish(Sending sending) {
            try {
                sender.execute(() -> {
                    try {
                        sending.on(channel);
                    } catch (IOException | RuntimeException e) {
                        LOGGER.debug("A message was not sent: {}", why(e));
                    }
                });
            } catch (RejectedExecutionException e) {
                LOGGER.debug("A message was not sent: this node is being shut down.");
            }
        }
    }

    @FunctionalInterface
    interface Sending {
        void on(Channel channel) throws IOException;
    }

    private final ConnectionFactory factory;
    private final String name;
    private final List<Part> parts;
    private final SecureRandom random;
    private final ExecutorService sender = Executors.newSingleThreadExecutor(Threads.named("console-broker-sender"));
    private final Thread keeper = Threads.named("console-broker").newThread(this::keepConnected);
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile CountDownLatch lost = new CountDownLatch(1);
    private volatile Optional<String> trouble = Optional.of("no connection yet");

    /** @param name how the broker's operator knows the connection */
    Link(ConnectionFactory factory, String name, SecureRandom random, List<Part> parts) {
        this.factory = factory;
        this.name = name;
        this.random = random;
        this.parts = List.copyOf(parts);
    }

    void start() {
        keeper.start();
    }

    /** Why nothing can be sent just now, or empty where it can. */
    Optional<String> trouble() {
        return trouble;
    }

    private void keepConnected() {
        Duration pause = FIRST_PAUSE;
        try {
            while (closing.getCount() > 0) {
                pause = stayConnected() ? FIRST_PAUSE : longer(pause);
                // Not all nodes at once, when the broker is back.
                closing.await(pause.toMillis() / 2 + random.nextInt((int) pause.toMillis() / 2), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** Returns when the connection is lost; false where there was none. */
    private boolean stayConnected() throws InterruptedException {
        lost = new CountDownLatch(1);
        Connection connection;
        try {
            connection = factory.newConnection(name);
        } catch (IOException | TimeoutException | RuntimeException e) {
            inTrouble(why(e));
            return false;
        }
        try {
            use(connection);
            trouble = Optional.empty();
            LOGGER.info("console-broker: connected to {}:{}.", factory.getHost(), factory.getPort());
            if (closing.getCount() > 0) {
                lost.await();
            }
            inTrouble(connection.getCloseReason() == null ? "a channel was closed" : why(connection.getCloseReason()));
            return true;
        } catch (IOException | RuntimeException e) {
            inTrouble(why(e));
            return false;
        } finally {
            parts.forEach(Part::detach);
            connection.abort((int) FAREWELL.toMillis());
        }
    }

    private void use(Connection connection) throws IOException {
        CountDownLatch its = lost;
        connection.addShutdownListener(cause -> its.countDown());
        connection.addBlockedListener(new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
                inTrouble("it takes no messages just now: " + reason);
            }

            @Override
            public void handleUnblocked() {
                trouble = Optional.empty();
            }
        });
        for (Part part : parts) {
            Channel channel = connection.createChannel();
            if (channel == null) {
                throw new IOException("it gives no channel");
            }
            channel.addShutdownListener(cause -> its.countDown());
            part.attach(new Line(channel, sender, its::countDown));
        }
    }

    private void inTrouble(String why) {
        if (closing.getCount() > 0 && !trouble.equals(Optional.of(why))) {
            LOGGER.warn("console-broker: {}:{} cannot be used: {}", factory.getHost(), factory.getPort(), why);
        }
        trouble = Optional.of(why);
    }

    /** What is told of a failure is often that of its cause. */
    static String why(Throwable failure) {
        Throwable cause = failure;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    @Override
    public void close() throws InterruptedException {
        // What is being sent is to go out before.
        sender.shutdown();
        sender.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        closing.countDown();
        lost.countDown();
        keeper.join(2 * FAREWELL.toMillis());
        sender.shutdownNow();
        keeper.interrupt();
    }
}
