package org.serverconsole.journal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;
import org.serverconsole.config.ConfigException;

/** Opens the journal's H2 database, with its tables as this version needs them. */
final class H2Database {

    private static final Map<String, String> SETTINGS = Map.of(
            // H2 would otherwise write up to half a second after the commit, and in the background.
            "WRITE_DELAY", "0",
            // Each login says a few statements, which need not be parsed anew.
            "QUERY_CACHE_SIZE", "64",
            // A trace file beside the database would grow without anybody looking at it.
            "TRACE_LEVEL_FILE", "0",
            // H2's own shutdown hook would close the database while consoles are still being closed.
            "DB_CLOSE_ON_EXIT", "FALSE");

    private static final Map<String, String> READING = Map.of(
            "IFEXISTS", "TRUE",
            "ACCESS_MODE_DATA", "r",
            "TRACE_LEVEL_FILE", "0");

    private static final Duration CONNECTING = Duration.ofSeconds(5);

    private final String url;

    private H2Database(String url) {
        this.url = url;
    }

    static HikariDataSource open(String url) throws ConfigException {
        if (url.toLowerCase(Locale.ROOT).matches("jdbc:h2:mem:(;.*)?")) {
            throw new ConfigException("console-journal: the database in memory has no name, write jdbc:h2:file:<path>");
        }
        return new H2Database(url).open();
    }

    static HikariDataSource openToRead(String url) throws ConfigException {
        return new H2Database(url).openToRead();
    }

    private HikariDataSource openToRead() throws ConfigException {
        // A journal made here would belong to whoever reads it, and not to Guacamole.
        JdbcDataSource h2 = dataSource(with(url, READING));
        try (Connection first = h2.getConnection()) {
            return pool(h2);
        } catch (SQLException e) {
            throw refused(e.getErrorCode(), e);
        } catch (RuntimeException e) {
            throw refused(0, e);
        }
    }

    private static JdbcDataSource dataSource(String url) {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL(url);
        // H2 refuses a user that is given here and in the URL, even an empty one.
        h2.setUser(null);
        h2.setPasswordChars(null);
        return h2;
    }

    private HikariDataSource open() throws ConfigException {
        JdbcDataSource h2 = dataSource(withSettings(url));
        // Open while the tables are made, lest H2 close and open the file between their connections.
        try (Connection first = h2.getConnection()) {
            Tables.migrate(h2, "journal");
            return pool(h2);
        } catch (SQLException e) {
            throw refused(e.getErrorCode(), e);
        } catch (RuntimeException e) {
            throw refused(0, e);
        }
    }

    /** What the operator has set stays. */
    static String withSettings(String url) {
        return with(url, SETTINGS);
    }

    private static String with(String url, Map<String, String> settings) {
        List<String> present = List.of(url.toUpperCase(Locale.ROOT).split(";"));
        StringBuilder whole = new StringBuilder(url.endsWith(";") ? url.substring(0, url.length() - 1) : url);
        settings.forEach((name, value) -> {
            if (present.stream().noneMatch(setting -> setting.strip().startsWith(name + "="))) {
                whole.append(';').append(name).append('=').append(value);
            }
        });
        return whole.toString();
    }

    /** A pool of one, for the one thread of the {@link CommitQueue}: it replaces the connection should it break. */
    private static HikariDataSource pool(DataSource database) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("console-journal");
        config.setDataSource(database);
        config.setMaximumPoolSize(1);
        // The file closes with its last connection; one that is never retired keeps it open.
        config.setMaxLifetime(0);
        config.setConnectionTimeout(CONNECTING.toMillis());
        return new HikariDataSource(config);
    }

    private ConfigException refused(int code, Exception cause) {
        String named = "console-journal: " + url.split(";")[0];
        if (code == ErrorCode.DATABASE_ALREADY_OPEN_1) {
            return new JournalInUseException(named + " is in use by another process (a second Guacamole, or one that has not ended"
                    + " yet): end that one, or name another file", cause);
        }
        if (code == ErrorCode.DATABASE_NOT_FOUND_WITH_IF_EXISTS_1) {
            return new NoJournalException(named + " is not there", cause);
        }
        if (url.toUpperCase(Locale.ROOT).contains("PASSWORD")) {
            // H2 repeats the URL in its messages.
            return new ConfigException(named + " cannot be opened, H2's error " + code + ": name a file that Guacamole may"
                    + " create or write, and the password it was made with");
        }
        return new ConfigException(named + " cannot be opened (" + cause.getMessage() + "): name a file that Guacamole may"
                + " create or write, as in jdbc:h2:file:/var/lib/guacamole/console-journal", cause);
    }
}
