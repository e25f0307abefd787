package org.serverconsole.journal;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.h2.api.ErrorCode;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.serverconsole.config.ConfigException;

/** What the databases say differently. */
enum Dialect {

    /** One process has it to itself, and in it one thread. */
    H2 {
        @Override
        boolean insertIfAbsent(Connection connection, Insert insert, Object... values) {
            try {
                insert.run(connection, values);
                return true;
            } catch (UnableToExecuteStatementException e) {
                // Failing is quicker than looking first, since most are absent. Another unique column is another matter.
                if (isDuplicate(e) && insert.isThere(connection, values[0])) {
                    return false;
                }
                throw e;
            }
        }

        @Override
        HikariDataSource open(String url) throws ConfigException {
            return H2Database.open(url);
        }

        @Override
        boolean hasFailed(Connection connection) {
            return H2Failures.hasFailed(connection);
        }

        @Override
        void letGo(Connection connection) {
            H2Failures.letGo(connection);
        }

        @Override
        HikariDataSource openToRead(String url) throws ConfigException {
            return H2Database.openToRead(url);
        }
    },

    /** All nodes of a location have it together. */
    POSTGRESQL {
        @Override
        boolean insertIfAbsent(Connection connection, Insert insert, Object... values) {
            return insert.runUnlessThere(connection, values);
        }

        @Override
        HikariDataSource open(String url) throws ConfigException {
            return PostgresDatabase.open(url);
        }

        @Override
        HikariDataSource openToRead(String url) throws ConfigException {
            return PostgresDatabase.openToRead(url);
        }
    };

    static Dialect of(String url) {
        return PostgresDatabase.isMeant(url) ? POSTGRESQL : H2;
    }

    /**
     * Inserts a row, or changes nothing where its key is there already; also where two nodes try at once: the second waits
     * for what becomes of the first.
     *
     * @param values the row, its key first
     * @return whether it was inserted
     */
    abstract boolean insertIfAbsent(Connection connection, Insert insert, Object... values);

    abstract HikariDataSource open(String url) throws ConfigException;

    /** Whether the database has failed as a whole, so that not even a rollback may be asked of it. */
    boolean hasFailed(Connection connection) {
        return false;
    }

    /** What must be done before a connection that has failed is closed; where a server ends it, that rolls back what was begun. */
    void letGo(Connection connection) { }

    abstract HikariDataSource openToRead(String url) throws ConfigException;

    private static boolean isDuplicate(UnableToExecuteStatementException e) {
        return e.getCause() instanceof SQLException cause && cause.getErrorCode() == ErrorCode.DUPLICATE_KEY_1;
    }
}
