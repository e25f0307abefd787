package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.PowerControl.Action;
import org.serverconsole.config.BrokerConfig;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.TcpWay;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.location.BrokerProbe;
import org.serverconsole.parts.RabbitMq;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.EndReason;

/** Two locations on a real RabbitMQ: what NL is asked for a server of US. */
@Timeout(120)
class LocationIT {

    private static final String SERVER = "30210";
    private static final String KEY = "enl4d3Z1dHNycXBvbm1sa2ppaGdmZWRjYmF6eXh3dnU=";

    @TempDir
    static Path folder;

    private static RabbitMq broker;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private TcpWay way;
    private PanelRig nl;
    private PanelRig us;

    @BeforeAll
    static void start() throws Exception {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
        broker = RabbitMq.start(folder);
        broker.trace();
    }

    @AfterAll
    static void stop() throws Exception {
        Awaitility.reset();
        broker.close();
    }

    @BeforeEach
    void open() throws Exception {
        way = opened(new TcpWay(broker.tlsPort()));
        us = node("US", way.port(), KEY);
        nl = node("NL", broker.tlsPort(), KEY);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.add(part);
        return part;
    }

    /** A node that has found the broker. */
    private PanelRig node(String location, int port, String key) throws Exception {
        PanelRig node = opened(new PanelRig(new HashMap<>(Map.of("console-location", location,
                "console-public-url", "https://" + location.toLowerCase() + "1.example/guacamole/",
                "console-broker", "amqps://" + RabbitMq.USER + "@127.0.0.1:" + port,
                "console-broker-password", RabbitMq.PASSWORD, "console-broker-key", key,
                "console-ca-file", broker.certificate().pem().toString()))));
        node.addAt("US", SERVER);
        node.openLocations();
        awaitBroker(node);
        return node;
    }

    private static void awaitBroker(PanelRig node) {
        await().ignoreException(IOException.class).until(() -> {
            node.locations.requireBroker();
            return true;
        });
    }

    private PanelAnswer ask(String action, String... more) {
        List<String> parameters = new ArrayList<>(List.of(
                "action", action, "token", nl.token(SERVER), "pin", PanelRig.PIN, "id", SERVER));
        parameters.addAll(List.of(more));
        return nl.call(parameters.toArray(String[]::new));
    }

    private static void assertAway(PanelAnswer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.body()).containsEntry("code", "LOCATION_AWAY");
        assertThat(answer.retryAfter()).isPresent();
    }

    /** What a refused order would have done by now, had it been left somewhere: a later one goes the same way. */
    private void assertOnlyThisIsDone(Action action, String name) {
        await().until(() -> ask(name).status() == 200);
        assertThat(us.vendor.performed).containsOnly(action);
    }

    @Test
    void theLoginUrlIsTheOtherLocationsAndOpensThere() throws Exception {
        PanelAnswer answer = ask("novnc", "white_ip", "192.0.2.17");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.body()).containsEntry("context", Map.of("action", "novnc", "id", SERVER, "location", "US"));
        assertThat((String) answer.body().get("scope"))
                .matches("https://us1\\.example/guacamole/app/ext/console/open\\.html#username=30210&password=ticket-[\\w-]{43}");
        ConsoleSession session = us.open(answer);
        assertThat(answer.body()).containsEntry("Key", SERVER + "." + session.id());
        assertThat(session.customer()).isEqualTo("c-17");
        assertThat(nl.sessions.live()).isEmpty();
    }

    @Test
    void aSessionOfTheOtherLocationIsCheckedExtendedAndStoppedByItsKeyOrItsServer() throws Exception {
        String key = (String) ask("novnc").body().get("Key");
        assertThat(state("check_novnc", key)).isEqualTo("waiting");
        ConsoleSession session = us.open(ask("novnc"));
        String open = SERVER + "." + session.id();

        assertThat(state("check_novnc", open)).isEqualTo("open");
        us.clock.advance(Duration.ofMinutes(1));
        assertThat(nl.call("action", "extend_novnc", "token", nl.token(SERVER), "key", open, "pin", PanelRig.PIN).status()).isEqualTo(200);
        assertThat(nl.call("action", "extend_novnc", "token", nl.token(SERVER), "key", open, "pin", "1111").status()).isEqualTo(403);
        assertThat(ask("check_novnc").body()).containsEntry("Key", open);
        assertThat(nl.call("action", "stop_novnc", "token", nl.token("14494"), "key", open).body())
                .as("a token of another server").containsEntry("code", "NO_SESSION");
        assertThat(ask("stop_novnc").status()).isEqualTo(200);
        assertThat(session.ended()).contains(EndReason.CLOSED_BY_PANEL);
        assertThat(state("check_novnc", open)).isEqualTo("ended");
    }

    private Object state(String action, String key) {
        PanelAnswer answer = nl.call("action", action, "token", nl.token(SERVER), "key", key);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return ((Map<?, ?>) answer.body().get("context")).get("state");
    }

    @Test
    void powerIsSwitchedThereAndBothSidesHaveItInTheirAuditAndMetrics() {
        assertThat(ask("reboot").status()).isEqualTo(200);
        us.vendor.hasPower = false;
        assertThat(ask("status").body()).containsEntry("code", "UNSUPPORTED");

        assertThat(us.vendor.performed).containsExactly(Action.RESET);
        assertThat(nl.vendor.performed).isEmpty();
        assertThat(us.audited("reboot")).singleElement().satisfies(event -> {
            assertThat(event.outcome()).isEqualTo(AuditEvent.OK);
            assertThat(event.customer()).contains("c-17");
            assertThat(event.reason()).contains("for NL");
        });
        assertThat(nl.audited("reboot")).singleElement()
                .satisfies(event -> assertThat(event.reason().orElseThrow()).startsWith("at US"));
        assertThat(nl.audited("status")).extracting(AuditEvent::outcome).containsExactly("UNSUPPORTED");
        assertThat(nl.scrape()).contains("console_forwards_total{location=\"US\",outcome=\"OK\"} 1.0",
                "console_forwards_total{location=\"US\",outcome=\"UNSUPPORTED\"} 1.0");
    }

    @Test
    void aLocationWithoutANodeIsRefusedAndDoesNothingOfItOnceItIsBack() throws Exception {
        us.locations.close();
        await().untilAsserted(() -> assertAway(ask("reboot")));

        us = node("US", broker.tlsPort(), KEY);

        assertOnlyThisIsDone(Action.ON, "on");
    }

    @Test
    void whileTheBrokerIsDownEachLocationGoesOnByItself() throws Exception {
        broker.stop();
        assertAway(ask("reboot"));
        assertThat(nl.call("action", "novnc", "token", nl.token("14494"), "id", "14494", "pin", PanelRig.PIN).status()).isEqualTo(200);

        broker.startAgain();
        broker.trace();

        assertOnlyThisIsDone(Action.ON, "on");
    }

    @Test
    void aBrokerThatFallsSilentIsNotWaitedForAndDoesNothingLater() throws Exception {
        broker.freeze();
        try {
            assertAway(ask("reboot"));
        } finally {
            broker.thaw();
        }

        assertOnlyThisIsDone(Action.ON, "on");
    }

    @Test
    void anOrderOnAWayThatStallsIsNotCarriedOutWhenTheWayIsFreeAgain() {
        way.stall();
        assertAway(ask("reboot"));
        way.goOn();

        assertOnlyThisIsDone(Action.ON, "on");
    }

    @Test
    void ofTwoNodesTheOneThatIsNotBeingDrainedTakesNewConsoles() throws Exception {
        us.sessions.drain(true);
        PanelRig other = node("US", broker.tlsPort(), KEY);

        for (int i = 0; i < 6; i++) {
            assertThat(ask("novnc").status()).isEqualTo(200);
        }
        other.locations.close();

        await().until(() -> "UNAVAILABLE".equals(ask("novnc").body().get("code")));
    }

    @Test
    void aNodeThatLeavesWhileItIsAskedLosesNoCall() throws Exception {
        PanelRig leaving = node("US", broker.tlsPort(), KEY);
        CountDownLatch half = new CountDownLatch(1);
        CompletableFuture<Void> left = CompletableFuture.runAsync(() -> {
            try {
                half.await();
                leaving.locations.close();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        for (int i = 0; i < 40; i++) {
            if (i == 10) {
                half.countDown();
            }
            assertThat(ask("novnc").body()).as("call " + i).containsEntry("result", "OK");
        }
        left.join();
        assertThat(ask("status").status()).isEqualTo(200);
    }

    @Test
    void whatIsForgedOrSentAgainIsNotCarriedOutNorAnswered() throws Exception {
        try (Connection forger = broker.connect(); Channel channel = forger.createChannel()) {
            List<Crossed> crossed = listen(channel);
            assertThat(ask("on").status()).isEqualTo(200);
            await().until(() -> crossed.size() >= 4);
            List<Crossed> before = List.copyOf(crossed);
            List<String> replies = new CopyOnWriteArrayList<>();
            channel.basicConsume("amq.rabbitmq.reply-to", true, (tag, reply) -> replies.add(text(reply.getBody())), tag -> { });

            for (Crossed message : before) {
                for (String queue : List.of("console.location.US", before.get(2).queue())) {
                    channel.basicPublish("", queue, new BasicProperties.Builder()
                            .replyTo("amq.rabbitmq.reply-to").correlationId("again").build(), message.body());
                }
            }
            channel.basicPublish("", "console.location.US", null, "{}".getBytes(StandardCharsets.UTF_8));
            PanelRig stranger = node("DE", broker.tlsPort(), "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI=");
            assertAway(stranger.call("action", "reboot", "token", stranger.token(SERVER), "id", SERVER, "pin", PanelRig.PIN));

            // Later than all of them.
            assertThat(ask("soft_off").status()).isEqualTo(200);
            assertThat(us.vendor.performed).containsExactly(Action.ON, Action.SOFT_OFF);
            assertThat(replies).as("offers, which are for whoever has the key").allMatch(reply -> header(reply).contains("console-offer"));
        }
    }

    @Test
    void noTokenNoPinAndNoPasswordCrossesTheBrokerAndOfTicketsOneOnly() throws Exception {
        try (Connection spy = broker.connect(); Channel channel = spy.createChannel()) {
            List<Crossed> crossed = listen(channel);
            String token = nl.token(SERVER);
            String pin = PanelRig.PIN;
            assertThat(nl.call("action", "novnc", "token", token, "id", SERVER, "pin", pin).status()).isEqualTo(200);
            assertThat(nl.call("action", "status", "token", token, "id", SERVER, "pin", pin).status()).isEqualTo(200);
            await().until(() -> crossed.size() >= 8);

            String all = String.join("\n", crossed.stream().map(message -> text(message.body()) + payload(text(message.body()))).toList());
            assertThat(all).contains("\"customer\":\"c-17\"").doesNotContain(token, token.split("\\.")[1], "\"" + pin + "\"", "$2a$", "$2b$",
                    KEY, RabbitMq.PASSWORD);
            assertThat(all.split("ticket-", -1)).as("a ticket, in the answer to the one that asked for it").hasSize(2);
        }
    }

    @Test
    void aLookAtTheBrokerNamesThePropertyThatIsWrongAndCountsNodes() throws Exception {
        BrokerConfig right = new BrokerConfig("127.0.0.1", broker.tlsPort(), true, "/", RabbitMq.USER, Secret.of(RabbitMq.PASSWORD),
                List.of(Secret.of(KEY)));
        Optional<Path> authority = Optional.of(broker.certificate().pem());
        try (BrokerProbe probe = BrokerProbe.connect(right, authority)) {
            assertThat(probe.nodes("US")).isEqualTo(1);
            assertThat(probe.nodes("DE")).isZero();
            assertThat(probe.nodes("NL")).as("one that was not there costs no other").isEqualTo(1);
        }
        assertThatThrownBy(() -> BrokerProbe.connect(right, Optional.empty())).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("console-broker: " + right + " shows a certificate that is not accepted")
                .hasMessageContaining("console-ca-file");
        assertThatThrownBy(() -> BrokerProbe.connect(new BrokerConfig("127.0.0.1", broker.tlsPort(), true, "/", RabbitMq.USER,
                Secret.of("wrong"), List.of()), authority)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("console-broker-password: ");
        assertThatThrownBy(() -> BrokerProbe.connect(new BrokerConfig("127.0.0.1", broker.tlsPort(), true, "/none", RabbitMq.USER,
                Secret.of(RabbitMq.PASSWORD), List.of()), authority)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("console-broker");
        assertThatThrownBy(() -> BrokerProbe.connect(new BrokerConfig("127.0.0.1", 1, true, "/", RabbitMq.USER,
                Secret.of(RabbitMq.PASSWORD), List.of()), authority)).isInstanceOf(ConfigException.class)
                .hasMessage("console-broker: amqps://console@127.0.0.1:1 cannot be reached: Connection refused");
    }

    /** A message as the broker was given it. */
    private record Crossed(String queue, byte[] body) { }

    /** Every message that is published from now on, as RabbitMQ's firehose has it. */
    private static List<Crossed> listen(Channel channel) throws IOException {
        List<Crossed> crossed = new CopyOnWriteArrayList<>();
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, "amq.rabbitmq.trace", "publish.#");
        channel.basicConsume(queue, true, (tag, message) -> {
            List<?> keys = (List<?>) message.getProperties().getHeaders().get("routing_keys");
            crossed.add(new Crossed(keys.get(0).toString(), message.getBody()));
        }, tag -> { });
        return crossed;
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.US_ASCII);
    }

    private static String header(String message) {
        return new String(Base64.getUrlDecoder().decode(message.split("\\.")[0]), StandardCharsets.UTF_8);
    }

    private static String payload(String message) {
        return new String(Base64.getUrlDecoder().decode(message.split("\\.")[1]), StandardCharsets.UTF_8);
    }
}
