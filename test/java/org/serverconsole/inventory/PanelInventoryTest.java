package org.serverconsole.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.fake.FakePanel;
import org.serverconsole.fake.FakePanel.Answer;
import org.serverconsole.fake.FakePanel.Request;
import org.serverconsole.https.Authorities;
import org.serverconsole.https.PanelHttps;

/** The inventory over HTTPS. */
class PanelInventoryTest {

    private static final String PIN = "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

    private static final String SERVER = """
            {"type": "idrac", "ip": "10.10.0.14", "username": "console", "password": "calvin-and-hobbes", "label": "web-14494",
             "ipport": 443, "pin": "%s"}""".formatted(PIN);

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private static PanelHttps https;

    private final FakeClock clock = new FakeClock(Instant.parse("2026-03-01T03:00:00Z"));
    private final CapturedLog log = new CapturedLog();
    private FakePanel panel;
    private Inventory inventory;

    @BeforeAll
    static void prepare() throws Exception {
        certificate = Certificate.make(folder);
        https = new PanelHttps(Authorities.context(Optional.of(certificate.pem())), Duration.ofSeconds(30));
    }

    @BeforeEach
    void open() throws Exception {
        panel = new FakePanel(certificate, Answer.with(200, SERVER));
        inventory = inventory("/servers/{id}?by=guacamole", https);
    }

    @AfterEach
    void close() {
        panel.close();
        log.close();
    }

    @Test
    void aServerIsAskedForByItsIdAndRemembered() {
        Server expected = new Server("14494", "web-14494", "idrac", Secret.of(PIN), Secret.of("calvin-and-hobbes"),
                Map.of("ip", "10.10.0.14", "username", "console", "ipport", "443"));
        for (int i = 0; i < 10; i++) {
            assertThat(inventory.find("14494")).contains(expected);
        }

        assertThat(panel.received()).containsExactly(
                new Request("GET", "/servers/14494?by=guacamole", "Bearer panel-key", ""));
    }

    @Test
    void aServerIsAskedForAnewAfterAMinute() {
        inventory.find("14494");
        panel.answer(Answer.with(200, SERVER.replace("web-14494", "db-14494")));
        clock.advance(PanelInventory.FRESH.minusSeconds(1));
        assertThat(inventory.find("14494").orElseThrow().label()).isEqualTo("web-14494");

        clock.advance(Duration.ofSeconds(1));
        assertThat(inventory.find("14494").orElseThrow().label()).isEqualTo("db-14494");
    }

    @Test
    void anUnknownServerIsRememberedForTenSeconds() {
        panel.answer(Answer.with(404, "no such server"));
        assertThat(inventory.find("14494")).isEmpty();
        assertThat(inventory.find("14494")).isEmpty();
        assertThat(panel.requests()).isEqualTo(1);

        panel.answer(Answer.with(200, SERVER));
        clock.advance(PanelInventory.UNKNOWN_FRESH);
        assertThat(inventory.find("14494")).isPresent();
    }

    @Test
    void aServerThatThePanelNoLongerKnowsIsGone() {
        inventory.find("14494");
        panel.answer(Answer.with(404, ""));
        clock.advance(PanelInventory.FRESH);

        assertThat(inventory.find("14494")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../admin", "a/b", "a?b", "a%2fb", "a b", "ä", "a@b", "14494\n", "{id}", "a#b"})
    void nothingButAnIdGetsIntoTheUrl(String id) {
        assertThat(inventory.find(id)).isEmpty();
        assertThat(panel.requests()).isZero();
    }

    @Test
    void theIdDoesNotSayWhichHostIsAsked() {
        for (String url : List.of("https://{id}/servers", "https://{id}.panel.example/", "https://panel.example:{id}/")) {
            assertThatThrownBy(() -> Inventory.panel(url, server -> Optional.empty(), https, Secret.NONE, clock))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("console-servers: {id}");
        }
    }

    @Test
    void theLastAnswerStaysInUseForTenMinutesWhileThePanelIsDown() {
        inventory.find("14494");
        for (Answer ill : List.of(Answer.with(500, "down"), Answer.with(503, SERVER), Answer.with(401, ""), Answer.nothing(),
                Answer.endless(), Answer.redirect(panel.url()))) {
            panel.answer(ill);
            clock.advance(PanelInventory.FRESH);
            assertThat(inventory.find("14494")).isPresent();
        }
        panel.close();
        clock.advance(Duration.ofMinutes(4).minusSeconds(1));
        assertThat(inventory.find("14494")).isPresent();

        clock.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> inventory.find("14494")).isInstanceOf(InventoryException.class);
    }

    @Test
    void anOutageIsLoggedOnceAndItsEndToo() {
        inventory.find("14494");
        panel.answer(Answer.with(503, "down"));
        for (int i = 0; i < 5; i++) {
            clock.advance(PanelInventory.FRESH);
            inventory.find("14494");
        }
        assertThat(log.lines(Level.WARN)).singleElement().asString()
                .contains("console-servers: the panel cannot be asked", "HTTP status 503", "10 minutes");

        panel.answer(Answer.with(200, SERVER));
        clock.advance(PanelInventory.PAUSE);
        inventory.find("14494");
        clock.advance(PanelInventory.FRESH);
        inventory.find("14494");
        assertThat(log.lines(Level.INFO)).containsExactly("INFO console-servers: the panel answers again.");
    }

    @Test
    void aPanelThatIsDownIsLeftAloneForTwoSeconds() {
        inventory.find("14494");
        panel.answer(Answer.with(503, "down"));
        clock.advance(PanelInventory.FRESH);
        for (int i = 0; i < 10; i++) {
            inventory.find("14494");
            assertThatThrownBy(() -> inventory.find("20110")).isInstanceOf(InventoryException.class);
        }
        assertThat(panel.requests()).isEqualTo(2);

        clock.advance(PanelInventory.PAUSE);
        inventory.find("14494");
        assertThat(panel.requests()).isEqualTo(3);
    }

    @Test
    void aPanelThatIsSilentIsWaitedForNoLongerThanTheDeadline() throws Exception {
        panel.answer(Answer.silence());
        Inventory impatient = inventory("/{id}", new PanelHttps(
                Authorities.context(Optional.of(certificate.pem())), Duration.ofMillis(200)));

        assertThatThrownBy(() -> impatient.find("14494")).isInstanceOf(InventoryException.class);
        assertThat(log.lines(Level.WARN)).singleElement().asString().contains("no complete answer within 200 ms");
    }

    @Test
    void manyWhoNeedTheSameServerWaitForOneAnswer() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        panel.answer((exchange, closed) -> {
            go.await();
            Answer.with(200, SERVER).to(exchange, closed);
        });
        ExecutorService logins = Executors.newFixedThreadPool(20);
        try {
            List<Future<Optional<Server>>> found = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                found.add(logins.submit(() -> inventory.find("14494")));
            }
            await().until(() -> panel.requests() == 1);
            go.countDown();
            for (Future<Optional<Server>> one : found) {
                assertThat(one.get()).isPresent();
            }
        } finally {
            logins.shutdownNow();
        }
        assertThat(panel.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'password': {'file': '/etc/shadow'}, 'type': 'idrac'}     | \"password\" is an object",
        "{'password': {'env': 'PATH'}, 'type': 'idrac'}             | \"password\" is an object",
        "{'password': '', 'type': 'idrac'}                          | \"password\" is empty",
        "{'host': 'ovirt-nl', 'type': 'idrac'}                      | \"host\" is of the file only",
        "{'type': 'idrac', 'pin': '0042'}                           | \"pin\" is not a bcrypt hash",
        "{'type': 'idrac', 'ip': ['10.0.0.1']}                      | \"ip\" is a list",
        "{'type': 'idrac', 'ip': 'wrong'}                           | server \"14494\", \"ip\": is not right",
        "{'ip': '10.0.0.1'}                                         | has no \"type\"",
        "['idrac']                                                  | the answer is a list",
        "<html>maintenance</html>                                   | not JSON",
        "{'type': 'idrac'                                           | ends too early",
        "{}{}                                                       | there is more after the end",
    })
    void anAnswerThatCannotBeUsedIsNamedByItsOption(String answer, String problem) {
        inventory.find("14494");
        panel.answer(Answer.with(200, answer.replace('\'', '"')));
        clock.advance(PanelInventory.FRESH);

        assertThat(inventory.find("14494").orElseThrow().label()).isEqualTo("web-14494");
        clock.advance(PanelInventory.PAUSE);
        inventory.find("14494");
        assertThat(log.lines(Level.ERROR)).singleElement().asString()
                .contains("what the panel says of server 14494 cannot be used", "14494 line 1: ", problem)
                .doesNotContain("10.0.0.1", "0042", "shadow");
    }

    @Test
    void noPasswordIsLoggedOrThrown() {
        inventory.find("14494");
        panel.answer(Answer.with(200, SERVER.replace("\"idrac\"", "idrac")));
        clock.advance(PanelInventory.STALE);
        assertThatThrownBy(() -> inventory.find("14494")).hasMessageNotContaining("calvin");

        assertThat(log.lines()).noneMatch(line -> line.contains("calvin") || line.contains("$2b$") || line.contains("panel-key"));
    }

    @Test
    void aServerWhoseCertificateIsNotVerifiedIsWarnedOfOncePerVersion() {
        panel.answer(Answer.with(200, SERVER.replace("\"ip\"", "\"ssl_insecure\": true, \"ip\"")));
        for (int i = 0; i < 3; i++) {
            inventory.find("14494");
            clock.advance(PanelInventory.FRESH);
        }
        assertThat(panel.requests()).isEqualTo(3);
        assertThat(log.lines(Level.WARN)).singleElement().asString().contains("ssl_insecure", "14494");
    }

    @Test
    void aPanelMaySayMoreOfAServerThanIsKnownHere() throws Exception {
        ServerRule strict = new ServerRule() {
            @Override
            public Optional<Problem> check(Server server) {
                return rule(server);
            }

            @Override
            public Set<String> options(String type) {
                return Set.of("ip", "username");
            }
        };
        panel.answer(Answer.with(200, SERVER.replace("\"ip\"", "\"rack\": 7, \"ip\"")));

        assertThat(Inventory.open(panel.url("/{id}"), strict, Map.of(), https, Secret.of("panel-key"), clock).find("14494")).isPresent();
        assertThat(log.lines(Level.WARN)).isEmpty();
    }

    @Test
    void aPanelThatIsDownAtStartKeepsNobodyFromStarting() {
        panel.close();
        assertThatCode(() -> inventory("/{id}", https)).doesNotThrowAnyException();
    }

    private Inventory inventory(String path, PanelHttps by) throws ConfigException {
        return Inventory.open(panel.url(path), PanelInventoryTest::rule, Map.of(), by, Secret.of("panel-key"), clock);
    }

    private static Optional<ServerRule.Problem> rule(Server server) {
        return server.option("ip").filter("wrong"::equals).map(ip -> new ServerRule.Problem("ip", "is not right"));
    }
}
