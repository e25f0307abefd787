package org.serverconsole.host;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Guacamole in a JVM of its own, which can be killed and started again; it ends when this JVM does. */
public final class GuacamoleProcess implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(2);

    /** What the web application brings; an extension must find everything else in its own jar. */
    private static final Pattern HOST_JARS = Pattern.compile("(tomcat|guacamole-|guava|failureaccess|ipaddress|jersey-|hk2-"
            + "|jakarta\\.|javax\\.ws\\.rs|aopalliance|javassist|osgi-|jackson-|jaxb-|slf4j-|logback-).*\\.jar");
    private static final Pattern TOMCAT_JARS = Pattern.compile("tomcat-.*\\.jar");

    private final Path home;
    private final Optional<Path> war;
    private final int port;
    private final List<String> jvmOptions;
    private Process process;

    private GuacamoleProcess(Path home, Optional<Path> war, int port, List<String> jvmOptions) {
        this.home = home;
        this.war = war;
        this.port = port;
        this.jvmOptions = List.copyOf(jvmOptions);
    }

    /**
     * Starts Guacamole and returns when it answers.
     *
     * @param home GUACAMOLE_HOME; the process writes {@code host.log} there
     * @param war the real web application, or empty for the mini host
     * @param port of 127.0.0.1
     * @throws IOException where it ends or does not answer within two minutes, with the end of its log
     */
    public static GuacamoleProcess start(Path home, Optional<Path> war, int port, String... jvmOptions) throws IOException {
        GuacamoleProcess guacamole = new GuacamoleProcess(home, war, port, List.of(jvmOptions));
        guacamole.start();
        return guacamole;
    }

    /** The real web application of this machine: {@code GUACAMOLE_WAR}, none where that is empty, or where the cache has it. */
    public static Optional<Path> installedWar() {
        String named = System.getenv("GUACAMOLE_WAR");
        return named == null
                ? Optional.of(Path.of(System.getenv("HOME"), ".cache/guacamole/guacamole-1.6.0.war"))
                        .filter(Files::isReadable)
                : Optional.of(named).filter(path -> !path.isEmpty()).map(Path::of);
    }

    /** Ends in a slash. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port + "/guacamole/");
    }

    /** All that it has printed since the first start. */
    public String log() throws IOException {
        return Files.readString(home.resolve("host.log"));
    }

    public long pid() {
        return process.pid();
    }

    /** As a power cut would: nothing is cleaned up. */
    public void kill9() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Starts it anew in the same home and on the same port. */
    public void restart() throws IOException {
        close();
        start();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill9();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill9();
        }
    }

    private void start() throws IOException {
        Path work = Files.createDirectories(home.resolve("work"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx512m", "-Xshare:auto",
                "-Dguacamole.home=" + home, "-Djava.io.tmpdir=" + work));
        command.addAll(jvmOptions);
        Path logback = home.resolve("logback.xml");
        // Otherwise the one of the tests themselves would be found, which shows errors only.
        command.add("-Dlogback.configurationFile=" + (Files.exists(logback) ? logback : "org/serverconsole/host/logback.xml"));
        command.addAll(List.of("-cp", classPath(war.isPresent() ? TOMCAT_JARS : HOST_JARS),
                (war.isPresent() ? WarHost.class : MiniHost.class).getName(), Integer.toString(port), work.toString()));
        if (war.isPresent()) {
            command.add(unpacked(war.get()).toString());
        }
        process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("host.log").toFile())).start();
        try {
            Awaitility.await().atMost(START).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(50))
                    .until(() -> !process.isAlive() || answers());
        } catch (ConditionTimeoutException e) {
            kill9();
        }
        if (!process.isAlive()) {
            throw new IOException("Guacamole did not start; its log ends with:\n" + end(log()));
        }
    }

    private static String end(String text) {
        return text.substring(Math.max(0, text.length() - 4000));
    }

    /** Without a token, every path below {@code api/session} is refused, but only once the application is up. */
    private boolean answers() {
        try {
            HttpURLConnection connection = (HttpURLConnection) url().resolve("api/session/data").toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(5000);
            int status = connection.getResponseCode();
            connection.disconnect();
            return status == 403;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The tests' own classes, and of their libraries those that fit; never the extension's classes. */
    private static String classPath(Pattern jars) {
        List<String> all = Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
        return all.stream()
                .filter(entry -> jars.matcher(Path.of(entry).getFileName().toString()).matches()
                        || entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Unpacked once, and again when the WAR has changed. */
    private static synchronized Path unpacked(Path war) throws IOException {
        Path folder = Path.of("target/war-" + Files.size(war) + "-" + Files.getLastModifiedTime(war).toMillis()).toAbsolutePath();
        if (Files.exists(folder)) {
            return folder;
        }
        Path partial = Files.createTempDirectory(Files.createDirectories(folder.getParent()), "war");
        try (InputStream file = Files.newInputStream(war); ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = partial.resolve(entry.getName()).normalize();
                if (!target.startsWith(partial)) {
                    throw new IOException(war + " holds a path outside itself");
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(zip, target);
                }
            }
        }
        try {
            return Files.move(partial, folder);
        } catch (IOException e) {
            if (Files.exists(folder)) {
                return folder;
            }
            throw new UncheckedIOException(e);
        }
    }
}
