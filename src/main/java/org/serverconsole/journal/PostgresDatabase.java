package org.serverconsole.journal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;
import org.serverconsole.config.ConfigException;

/** Opens the journal in PostgreSQL, where all nodes of a location share it. */
final class PostgresDatabase {

    private static final Duration CONNECTING = Duration.ofSeconds(5);

    /** How long one statement may take before the database counts as down. */
    private static final Duration ANSWERING = Duration.ofSeconds(10);

    private final String url;

    private PostgresDatabase(String url) {
        this.url = url;
    }

    static boolean isMeant(String url) {
        return url.startsWith("jdbc:postgresql:");
    }

    static HikariDataSource open(String url) throws ConfigException {
        return new PostgresDatabase(url).open(false);
    }

    /** Makes no tables, and writes nothing. */
    static HikariDataSource openToRead(String url) throws ConfigException {
        return new PostgresDatabase(url).open(true);
    }

    private HikariDataSource open(boolean toRead) throws ConfigException {
        PGSimpleDataSource postgres = new PGSimpleDataSource();
        try {
            postgres.setURL(url);
            setUnlessGiven(postgres, PGProperty.CONNECT_TIMEOUT, CONNECTING);
            setUnlessGiven(postgres, PGProperty.SOCKET_TIMEOUT, ANSWERING);
            postgres.setTcpKeepAlive(true);
        } catch (IllegalArgumentException | SQLException e) {
            throw new ConfigException("console-journal: the URL cannot be read, write jdbc:postgresql://<host>/<database>");
        }
        try (Connection first = postgres.getConnection()) {
            if (!toRead) {
                Tables.migrate(postgres, "journal", "journal_postgresql");
            } else if (!first.getMetaData().getTables(null, null, "console_session", null).next()) {
                throw new NoJournalException(named() + " has no journal yet", null);
            }
        } catch (SQLException e) {
            throw refused(e);
        } catch (RuntimeException e) {
            throw refused(e.getCause() instanceof SQLException cause ? cause : new SQLException(e.getClass().getSimpleName()));
        }
        return pool(postgres, toRead);
    }

    private static void setUnlessGiven(PGSimpleDataSource postgres, PGProperty property, Duration value) throws SQLException {
        if (property.getDefaultValue() == null || property.getDefaultValue().equals(postgres.getProperty(property))) {
            postgres.setProperty(property, Long.toString(value.toSeconds()));
        }
    }

    /** A pool of one, for the one thread of the {@link CommitQueue}: it replaces the connection should it break. */
    private static HikariDataSource pool(PGSimpleDataSource postgres, boolean toRead) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("console-journal");
        config.setDataSource(postgres);
        config.setMaximumPoolSize(1);
        config.setReadOnly(toRead);
        config.setConnectionTimeout(CONNECTING.toMillis());
        return new HikariDataSource(config);
    }

    /** The URL may hold a password, and the driver's messages may repeat it: the host, the database and a state are told. */
    private ConfigException refused(SQLException e) {
        String state = e.getSQLState() == null ? "" : ", SQL state " + e.getSQLState();
        String why = "28P01".equals(e.getSQLState()) || "28000".equals(e.getSQLState()) ? "user or password are refused"
                : "3D000".equals(e.getSQLState()) ? "there is no such database"
                : "42501".equals(e.getSQLState()) ? "the user may not make tables there" : "it cannot be reached or used";
        return new ConfigException(named() + ": " + why + state);
    }

    private String named() {
        return "console-journal: " + url.split("[?;]")[0];
    }
}
