package org.serverconsole.journal;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;

/** Has a connection replaced: the server rolls back what was begun on one that ends. */
final class PostgresFailures implements CommitQueue.Failures {

    private final HikariDataSource pool;

    PostgresFailures(HikariDataSource pool) {
        this.pool = pool;
    }

    @Override
    public boolean hasFailed(Connection connection) {
        return false;
    }

    @Override
    public void giveUp(Connection connection) {
        pool.evictConnection(connection);
    }
}
