package org.serverconsole.parts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.VendorSecrets;

/**
 * A real RabbitMQ on 127.0.0.1 with ports, a name, a folder and a port mapper of its own, so that many may run beside each other. Takes
 * AMQP, with and without TLS, from a user who may do as much as README.md says that a location needs, and from the tests themselves.
 */
public final class RabbitMq implements AutoCloseable {

    public static final String USER = "console";
    public static final String PASSWORD = "mq-secret-4711";

    /** May do anything. */
    private static final String TESTER = "tester";

    private static final Path PROGRAMS = Path.of("/usr/lib/rabbitmq/bin");

    private final Path folder;
    private final Ports ports;
    private final Certificate certificate;
    private final String name = "test-" + UUID.randomUUID().toString().substring(0, 8) + "@localhost";
    private final Process mapper;
    private Process process;

    private record Ports(int amqp, int amqps, int distribution, int mapper) { }

    private RabbitMq(Path folder, Ports ports, Certificate certificate, Process mapper) {
        this.folder = folder;
        this.ports = ports;
        this.certificate = certificate;
        this.mapper = mapper;
    }

    /**
     * Starts it, and waits until it takes connections.
     *
     * @param workDir where its files go; must exist
     */
    public static RabbitMq start(Path workDir) throws Exception {
        VendorSecrets.keep(PASSWORD);
        Path folder = Files.createDirectory(workDir.resolve("rabbitmq"));
        Ports ports = new Ports(FreePort.find(), FreePort.find(), FreePort.find(), FreePort.find());
        // RabbitMQ would start one by itself, which outlives it.
        Process mapper = new ProcessBuilder("epmd", "-port", Integer.toString(ports.mapper), "-address", "127.0.0.1")
                .redirectErrorStream(true).redirectOutput(folder.resolve("epmd.log").toFile()).start();
        RabbitMq broker = new RabbitMq(folder, ports, Certificate.make(folder), mapper);
        broker.configure();
        broker.startAgain();
        return broker;
    }

    private void configure() throws IOException {
        Files.writeString(folder.resolve("enabled_plugins"), "[].\n");
        Files.write(folder.resolve("rabbitmq.conf"), List.of(
                "listeners.tcp.1 = 127.0.0.1:" + ports.amqp,
                "listeners.ssl.1 = 127.0.0.1:" + ports.amqps,
                "ssl_options.certfile = " + certificate.own(),
                "ssl_options.keyfile = " + certificate.key(),
                "ssl_options.verify = verify_none",
                "load_definitions = " + definitions(),
                "loopback_users = none",
                "vm_memory_high_watermark.absolute = 256MB",
                "disk_free_limit.absolute = 1MB",
                "log.file = false",
                "log.console = true"));
    }

    /** Both users with the same password, as RabbitMQ salts and hashes it. */
    private Path definitions() throws IOException {
        List<Map<String, Object>> users = new ArrayList<>();
        for (String user : List.of(USER, TESTER)) {
            users.add(Map.of("name", user, "password_hash", hash(user.substring(0, 4).getBytes(StandardCharsets.UTF_8)),
                    "hashing_algorithm", "rabbit_password_hashing_sha256", "tags", List.of()));
        }
        Map<String, Object> definitions = Map.of("users", users, "vhosts", List.of(Map.of("name", "/")), "permissions", List.of(
                Map.of("user", TESTER, "vhost", "/", "configure", ".*", "write", ".*", "read", ".*"),
                Map.of("user", USER, "vhost", "/", "configure", "^console\\.", "write", "^(console\\.|amq\\.default$)",
                        "read", "^(console\\.|amq\\.rabbitmq\\.reply-to)")));
        Path file = folder.resolve("definitions.json");
        new ObjectMapper().writeValue(file.toFile(), definitions);
        return file;
    }

    private static String hash(byte[] salt) {
        byte[] salted = Arrays.copyOf(salt, salt.length + PASSWORD.length());
        System.arraycopy(PASSWORD.getBytes(StandardCharsets.UTF_8), 0, salted, salt.length, PASSWORD.length());
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(salted);
            byte[] both = Arrays.copyOf(salt, salt.length + hash.length);
            System.arraycopy(hash, 0, both, salt.length, hash.length);
            return Base64.getEncoder().encodeToString(both);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts it again, once it has been stopped or killed; what it is to keep is kept. */
    public void startAgain() throws IOException {
        process = builder("rabbitmq-server")
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile())).start();
        Awaitility.await("RabbitMQ takes connections").atMost(60, TimeUnit.SECONDS).until(this::answers);
    }

    /** As an operator stops it: it tells its clients. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            kill();
        }
    }

    /** {@code kill -9}. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** From now on it neither answers nor ends: a partition, as far as its clients can tell. */
    public void freeze() throws Exception {
        signal("STOP");
    }

    public void thaw() throws Exception {
        signal("CONT");
    }

    /** From now on the broker's exchange {@code amq.rabbitmq.trace} gets a copy of each message that comes and goes. */
    public void trace() throws Exception {
        command("rabbitmqctl", "-q", "-n", name, "trace_on");
    }

    public int port() {
        return ports.amqp;
    }

    public int tlsPort() {
        return ports.amqps;
    }

    /** With TLS; without the password. */
    public String url() {
        return "amqps://" + USER + "@127.0.0.1:" + ports.amqps;
    }

    /** The one it shows, which has signed itself. */
    public Certificate certificate() {
        return certificate;
    }

    /** Of a user who may do anything, without TLS. */
    public Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(ports.amqp);
        factory.setUsername(TESTER);
        factory.setPassword(PASSWORD);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("test");
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("RabbitMQ has ended, see " + log());
        }
        try (Connection connection = connect()) {
            return connection.isOpen();
        } catch (IOException | TimeoutException notYet) {
            return false;
        }
    }

    private Path log() {
        return folder.resolve("rabbitmq.log");
    }

    private void signal(String signal) throws Exception {
        command("kill", "-s", signal, Long.toString(process.pid()));
    }

    private void command(String program, String... arguments) throws Exception {
        Process command = builder(program, arguments).start();
        String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (command.waitFor() != 0) {
            throw new IOException(program + ": " + said);
        }
    }

    /** What is not said in its configuration is said in the environment, for its tools too. */
    private ProcessBuilder builder(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        Path own = PROGRAMS.resolve(program);
        command.add(Files.exists(own) ? own.toString() : program);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().putAll(Map.ofEntries(
                // Where the cookie is that lets its tools in.
                Map.entry("HOME", folder.toString()),
                Map.entry("LANG", "C.UTF-8"),
                Map.entry("ERL_EPMD_PORT", Integer.toString(ports.mapper)),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                // The script becomes the server, whose process this is then.
                Map.entry("RABBITMQ_ALLOW_INPUT", "1"),
                Map.entry("RABBITMQ_NODENAME", name),
                Map.entry("RABBITMQ_DIST_PORT", Integer.toString(ports.distribution)),
                Map.entry("RABBITMQ_CONF_ENV_FILE", folder.resolve("none").toString()),
                Map.entry("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq.conf").toString()),
                Map.entry("RABBITMQ_ADVANCED_CONFIG_FILE", folder.resolve("none.config").toString()),
                Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("enabled_plugins").toString()),
                Map.entry("RABBITMQ_GENERATED_CONFIG_DIR", folder.resolve("generated").toString()),
                Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString()),
                Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
                Map.entry("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                        "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +A 4 -noinput")));
        return builder;
    }

    @Override
    public void close() throws Exception {
        if (process.isAlive()) {
            thaw();
        }
        stop();
        mapper.destroy();
        mapper.waitFor();
    }
}
