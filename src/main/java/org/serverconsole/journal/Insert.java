package org.serverconsole.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * An INSERT of rows into one table. What every login says goes through here and plain JDBC: Jdbi would take as long to say it as
 * the database to do it. Failures are told as Jdbi tells them.
 */
final class Insert {

    private final String insert;
    private final String insertUnlessThere;
    private final String look;

    /** @param key the column by which rows are told apart, the first of each */
    Insert(String table, String key, String... others) {
        List<String> columns = Stream.concat(Stream.of(key), Stream.of(others)).toList();
        insert = "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES ("
                + columns.stream().map(column -> "?").collect(Collectors.joining(", ")) + ")";
        insertUnlessThere = insert + " ON CONFLICT (" + key + ") DO NOTHING";
        look = "SELECT 1 FROM " + table + " WHERE " + key + " = ?";
    }

    /** @param values in the order of the columns; an empty {@link Optional} is NULL */
    void run(Connection connection, Object... values) {
        update(connection, insert, values);
    }

    /** In PostgreSQL's words; false where there is a row of that key already. */
    boolean runUnlessThere(Connection connection, Object... values) {
        return update(connection, insertUnlessThere, values) == 1;
    }

    private static int update(Connection connection, String sql, Object... values) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    /** How many rows have been inserted: all of them, or an exception. */
    int runAll(Connection connection, Stream<Object[]> rows) {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (Object[] row : (Iterable<Object[]>) rows::iterator) {
                bind(statement, row);
                statement.addBatch();
            }
            return statement.executeBatch().length;
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    boolean isThere(Connection connection, Object value) {
        try (PreparedStatement statement = connection.prepareStatement(look)) {
            bind(statement, value);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i] instanceof Optional<?> optional ? optional.orElse(null) : values[i];
            statement.setObject(i + 1, value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value);
        }
    }
}
