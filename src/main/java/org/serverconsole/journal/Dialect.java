package org.serverconsole.journal;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.serverconsole.config.ConfigException;

/** What the databases say differently. */
enum Dialect {

    /** One process has it to itself, and in it one thread. */
    H2 {
        @Override
        boolean insertIfAbsent(Handle handle, String table, String key, Map<String, ?> row) {
            // In two statements: H2 answers NOT EXISTS within an INSERT from what it has cached.
            boolean absent = handle.createQuery("SELECT COUNT(*) FROM " + table + " WHERE " + key + " = ?")
                    .bind(0, row.get(key)).mapTo(int.class).one() == 0;
            if (absent) {
                handle.createUpdate(insert(table, row)).bindMap(row).execute();
            }
            return absent;
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
        boolean insertIfAbsent(Handle handle, String table, String key, Map<String, ?> row) {
            return handle.createUpdate(insert(table, row) + " ON CONFLICT (" + key + ") DO NOTHING")
                    .bindMap(row).execute() == 1;
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
     * @param key the column that is it
     * @param row from columns to values
     * @return whether it was inserted
     */
    abstract boolean insertIfAbsent(Handle handle, String table, String key, Map<String, ?> row);

    abstract HikariDataSource open(String url) throws ConfigException;

    /** Whether the database has failed as a whole, so that not even a rollback may be asked of it. */
    boolean hasFailed(Connection connection) {
        return false;
    }

    /** What must be done before a connection that has failed is closed; where a server ends it, that rolls back what was begun. */
    void letGo(Connection connection) { }

    abstract HikariDataSource openToRead(String url) throws ConfigException;

    private static String insert(String table, Map<String, ?> row) {
        return "INSERT INTO " + table + " (" + String.join(", ", row.keySet()) + ") VALUES ("
                + row.keySet().stream().map(column -> ":" + column).collect(Collectors.joining(", ")) + ")";
    }
}
