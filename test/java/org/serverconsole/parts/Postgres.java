package org.serverconsole.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real PostgreSQL on 127.0.0.1, with a database of its own; its password is asked for. */
public final class Postgres implements AutoCloseable {

    private static final String PASSWORD = "pg-secret-4711";
    private static final String UNPRIVILEGED = "postgres";

    private final Path programs;
    private final Path folder;
    private final int port;
    private Process process;

    private Postgres(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /**
     * @param workDir where its files go; must exist
     */
    public static Postgres start(Path workDir) throws Exception {
        Path folder = Files.createDirectory(workDir.resolve("postgres"));
        Postgres postgres = new Postgres(programs(), folder, FreePort.find());
        Path password = Files.writeString(folder.resolve("password"), PASSWORD);
        if (isRoot()) {
            openTheWay(folder);
            run(List.of("chown", "-R", UNPRIVILEGED, folder.toString()), folder);
        }
        run(postgres.command("initdb", "-D", folder.resolve("data").toString(), "-U", "console", "-E", "UTF8", "--locale=C",
                "-A", "scram-sha-256", "--pwfile=" + password, "--no-sync"), folder);
        postgres.startAgain();
        try (Connection first = postgres.connect("postgres"); Statement statement = first.createStatement()) {
            statement.execute("CREATE DATABASE console");
        }
        return postgres;
    }

    /** Starts it again, once it has been stopped. */
    public void startAgain() throws IOException {
        process = new ProcessBuilder(command("postgres", "-D", folder.resolve("data").toString(), "-p", Integer.toString(port),
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"))
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(folder.getParent()
                        .resolve("postgres.log").toFile())).start();
        Awaitility.await("PostgreSQL takes connections").until(this::answers);
    }

    /** Ends it at once, whoever is connected. */
    public void stop() throws IOException, InterruptedException {
        // What destroy() sends has it wait for everybody to leave.
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    /** Of its database, user and password included. */
    public String url() {
        return url("console") + "&password=" + PASSWORD;
    }

    public String urlWithPassword(String password) {
        return url("console") + "&password=" + password;
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=console";
    }

    public int port() {
        return port;
    }

    public Connection connect() throws SQLException {
        return connect("console");
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), "console", PASSWORD);
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("PostgreSQL has ended, see " + folder.getParent().resolve("postgres.log"));
        }
        try (Connection connection = connect("postgres")) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    /** It refuses to run as root. */
    private List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + UNPRIVILEGED, "--regid=" + UNPRIVILEGED, "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** JUnit's folders are their owner's alone. */
    private static void openTheWay(Path folder) throws IOException {
        for (Path above = folder; above != null && Files.getOwner(above).getName().equals("root")
                && !above.equals(above.getRoot()); above = above.getParent()) {
            var permissions = Files.getPosixFilePermissions(above);
            if (permissions.add(java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE)) {
                Files.setPosixFilePermissions(above, permissions);
            }
        }
    }

    private static Path programs() throws IOException {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin")).filter(bin -> Files.exists(bin.resolve("initdb")))
                    .max(Path::compareTo).orElseThrow(() -> new IOException("postgresql is not installed"));
        }
    }

    private static void run(List<String> command, Path folder) throws IOException, InterruptedException {
        Path log = folder.getParent().resolve("postgres-made.log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + Files.readString(log));
        }
    }

    @Override
    public void close() throws Exception {
        stop();
        if (isRoot()) {
            run(List.of("chown", "-R", "root", folder.toString()), folder);
        }
    }
}
