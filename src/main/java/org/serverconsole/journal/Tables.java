package org.serverconsole.journal;

import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The journal's tables, the same in every database but for what makes them quick. */
final class Tables {

    private Tables() { }

    /**
     * Makes or upgrades them. Of several nodes that start together one does, and the others wait for it.
     *
     * @param folders of the scripts, below this package's parent
     */
    static void migrate(DataSource database, String... folders) {
        Flyway.configure(Tables.class.getClassLoader())
                .dataSource(database)
                .locations(Arrays.stream(folders).map(folder -> "classpath:org/serverconsole/" + folder).toArray(String[]::new))
                // Otherwise Flyway loads this package's classes in search of migrations.
                .javaMigrationClassProvider(List::of)
                .load()
                .migrate();
    }
}
