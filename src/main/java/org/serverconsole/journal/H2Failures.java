package org.serverconsole.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.h2.engine.Database;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.message.DbException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of a journal in H2 that could not write its file, as on a full disk: H2 closes the file then, and never opens it again as
 * long as there is any connection.
 *
 * <p>No statement may end it: H2 2.4.240 counts the transactions wrongly once a rollback has failed, and the next statement of any
 * kind, even SHUTDOWN or the rollback in closing the connection, then spins in {@code MVStore.registerVersionUsage} for ever.
 */
final class H2Failures {

    private static final Logger LOG = LoggerFactory.getLogger(H2Failures.class);

    private H2Failures() { }

    static boolean hasFailed(Connection connection) {
        try {
            return session(connection).map(session -> session.getDatabase().getStore().getMvStore().isClosed()).orElse(true);
        } catch (DbException e) {
            return true;
        }
    }

    static void letGo(Connection connection) {
        session(connection).ifPresent(H2Failures::end);
    }

    /** What is in memory only would be lost, and cannot fail in this way. */
    private static void end(SessionLocal session) {
        try {
            Database database = session.getDatabase();
            if (database.isPersistent()) {
                database.shutdownImmediately();
                // Has the session end where it would roll back; once it counts as closed, closing its connection does nothing.
                database.setPowerOffCount(1);
                session.close();
            }
        } catch (DbException e) {
            LOG.debug("H2 has closed the journal: {}", e.getMessage());
        }
    }

    /** Empty where the connection is closed. */
    private static Optional<SessionLocal> session(Connection connection) {
        try {
            return Optional.ofNullable((SessionLocal) connection.unwrap(JdbcConnection.class).getSession());
        } catch (SQLException e) {
            return Optional.empty();
        }
    }
}
