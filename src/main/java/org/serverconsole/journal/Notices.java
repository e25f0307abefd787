package org.serverconsole.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to what other nodes say in PostgreSQL, on a connection of its own, and connects again where that breaks. What is
 * said while it does not listen is lost.
 */
final class Notices implements AutoCloseable {

    /** On which a node is told, by its name, to look at what is wanted of its sessions. */
    static final String CHANNEL = "console_wish";

    private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

    private static final Duration BETWEEN_PROOFS = Duration.ofSeconds(5);
    private static final Duration BETWEEN_CONNECTIONS = Duration.ofSeconds(1);

    private final DataSource database;
    private final String node;
    private final Runnable listener;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Optional<Connection> current = Optional.empty();

    private Notices(DataSource database, String node, Runnable listener) {
        this.database = database;
        this.node = node;
        this.listener = listener;
    }

    /** @param listener told when something was said to that node, or may have been; must neither block nor throw */
    static Notices listen(DataSource database, String node, Runnable listener) {
        Notices notices = new Notices(database, node, listener);
        Thread thread = new Thread(notices::listen, "console-notices");
        thread.setDaemon(true);
        thread.setContextClassLoader(Notices.class.getClassLoader());
        thread.start();
        return notices;
    }

    private void listen() {
        try {
            do {
                try (Connection connection = database.getConnection()) {
                    current = Optional.of(connection);
                    listen(connection);
                } catch (SQLException e) {
                    LOG.debug("PostgreSQL tells nothing by itself and is asked every second: SQL state {}", e.getSQLState());
                }
            } while (!closing.await(BETWEEN_CONNECTIONS.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            // Nobody but this class knows the thread; it ends by close() only.
            LOG.debug("An interrupt ends listening; PostgreSQL is asked every second.");
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + CHANNEL);
        }
        listener.run();
        while (closing.getCount() > 0) {
            PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications((int) BETWEEN_PROOFS.toMillis());
            if (heard.length == 0) {
                requireLife(connection);
            }
            for (PGNotification notification : heard) {
                if (notification.getParameter().equals(node)) {
                    listener.run();
                }
            }
        }
    }

    /** A connection that has been lost is as silent as one on which nothing is said. */
    private static void requireLife(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    @Override
    public void close() {
        closing.countDown();
        current.ifPresent(connection -> {
            try {
                // close() would wait for what is being read.
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("A connection to PostgreSQL is left to end by itself: SQL state {}", e.getSQLState());
            }
        });
    }
}
