package org.serverconsole.guacamole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleResourceNotFoundException;
import org.apache.guacamole.GuacamoleSecurityException;
import org.apache.guacamole.language.TranslatableGuacamoleUpstreamException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.serverconsole.access.References;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.journal.Audit;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;
import org.serverconsole.panel.Metrics;
import org.serverconsole.panel.Trail;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.SessionRules;

/** What the page may ask of its session; everything is real but the vendor and the clock. */
class ConsoleResourceTest {

    private static final Server SERVER = new Server("14494", "web-14494", "switched", Secret.NONE, Secret.NONE, Map.of());

    private final FakeClock clock = new FakeClock(Instant.parse("2026-03-01T03:00:00Z"));
    private final Vendor vendor = new Vendor();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Metrics metrics = new Metrics();
    private Journal journal;
    private Audit audit;
    private ConsoleSessions sessions;
    private ConsoleSession session;
    private boolean watching;

    @BeforeEach
    void start() throws Exception {
        journal = Journal.open("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        audit = new Audit(journal, clock);
        sessions = new ConsoleSessions(clock, journal, Map.of("switched", vendor),
                new SessionRules(Duration.ofHours(2), Duration.ofHours(3), 10, 10), id -> Optional.of(SERVER), timer, List.of());
        session = sessions.start("key", SERVER, "customer", "hash", record -> true).orElseThrow();
    }

    @AfterEach
    void stop() {
        sessions.close();
        audit.close();
        journal.close();
        metrics.close();
        timer.shutdownNow();
    }

    @Test
    void aSessionIsDescribedAsThePageNeedsIt() throws Exception {
        clock.advance(Duration.ofMinutes(30));

        assertThat(resource(Optional.of("ru"), "console-location", "NL", "console-return-url", "https://panel.example/",
                "console-keys", "Ctrl-Alt-Backspace").describe()).containsOnly(
                        Map.entry("server", "14494"), Map.entry("label", "web-14494"), Map.entry("location", "NL"),
                        Map.entry("watching", false), Map.entry("secondsLeft", 5400L), Map.entry("canExtend", true),
                        Map.entry("power", List.of("ON", "SOFT_OFF", "RESET", "OFF")),
                        Map.entry("keys", List.of(Map.of(
                                "name", "Ctrl-Alt-Backspace", "keysyms", List.of(0xFFE3, 0xFFE9, 0xFF08)))),
                        Map.entry("returnUrl", "https://panel.example/"), Map.entry("locale", "ru"));
    }

    @Test
    void whatThereIsNotIsLeftOut() throws Exception {
        vendor.hasPower = false;

        assertThat(resource(Optional.empty()).describe()).doesNotContainKeys("returnUrl", "locale")
            .containsEntry("power", List.of()).containsEntry("keys", List.of()).containsEntry("location", "");
    }

    @Test
    void aSessionIsKeptOpenUpToItsLimitAndThePageLearnsThatThatIsAll() throws Exception {
        ConsoleResource resource = resource(Optional.empty());
        clock.advance(Duration.ofMinutes(30));
        assertThat(resource.extend()).isEqualTo(Map.of("extended", true, "secondsLeft", 7200L, "canExtend", true));
        clock.advance(Duration.ofMinutes(90));

        assertThat(resource.extend()).isEqualTo(Map.of("extended", true, "secondsLeft", 3600L, "canExtend", false));
        assertThat(resource.extend()).isEqualTo(Map.of("extended", false, "secondsLeft", 3600L, "canExtend", false));
    }

    @Test
    void whoLooksOnMayChangeNothing() throws Exception {
        watching = true;
        ConsoleResource resource = resource(Optional.empty());

        assertThat(resource.describe()).containsEntry("watching", true).containsEntry("canExtend", false)
            .containsEntry("power", List.of());
        List<ThrowingCallable> changes = List.of(
            resource::extend, resource::end, resource::power, () -> resource.perform("RESET"));
        assertThat(changes).allSatisfy(change ->
            assertThat(catchThrowableOfType(GuacamoleSecurityException.class, change)).isNotNull());
        assertThat(session.ended()).isEmpty();
        assertThat(vendor.performed).isEmpty();
    }

    @Test
    void whoEndsTheSessionIsItsCustomer() throws Exception {
        ConsoleResource resource = resource(Optional.empty());

        resource.end();

        assertThat(session.ended()).contains(EndReason.CLOSED_BY_CUSTOMER);
        assertThat(resource.extend()).containsEntry("extended", false).containsEntry("canExtend", false);
    }

    @Test
    void powerIsAskedForAndSwitched() throws Exception {
        ConsoleResource resource = resource(Optional.empty());

        assertThat(resource.power()).isEqualTo(Map.of("state", "ON"));
        resource.perform("RESET");

        assertThat(vendor.performed).containsExactly(PowerControl.Action.RESET);
    }

    @Test
    void whatIsDoneToThePowerIsAuditedAsWhereAPanelDoesIt() throws Exception {
        ConsoleResource resource = resource(Optional.empty());

        resource.perform("RESET");
        vendor.refusal = Optional.of(new AdapterException(Kind.TIMEOUT, "rack 7 is silent"));
        catchThrowableOfType(GuacamoleException.class, () -> resource.perform("OFF"));

        await().untilAsserted(() -> assertThat(audited("off")).hasSize(1));
        assertThat(audited("reboot")).containsExactly(AuditEvent.at(clock.instant(), "reboot", AuditEvent.OK)
            .server("14494").customer("customer").address("192.0.2.7").key("key"));
        AuditEvent failed = audited("off").get(0);
        assertThat(failed.outcome()).isEqualTo("VENDOR_TIMEOUT");
        assertThat(failed.reason().orElseThrow()).matches("[A-Z2-9]{6}: TIMEOUT");
        assertThat(metrics.scrape()).contains("console_requests_total{action=\"reboot\",outcome=\"OK\"} 1.0",
            "console_requests_total{action=\"off\",outcome=\"VENDOR_TIMEOUT\"} 1.0");
    }

    private List<AuditEvent> audited(String action) {
        return journal.audited(new AuditEvent.Query(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 100)).stream()
            .filter(event -> event.action().equals(action)).toList();
    }

    @Test
    void anActionThatIsNoneIsNotFound() throws Exception {
        ConsoleResource resource = resource(Optional.empty());

        assertThat(catchThrowableOfType(GuacamoleResourceNotFoundException.class, () -> resource.perform("EXPLODE"))).isNotNull();
        assertThat(vendor.performed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatTheVendorRefusesBecomesASentenceWithAReferenceAndNothingOfTheVendors(Kind kind) throws Exception {
        vendor.refusal = Optional.of(new AdapterException(kind, "rack 7 says no"));
        ConsoleResource resource = resource(Optional.empty());

        GuacamoleException refused = catchThrowableOfType(GuacamoleException.class, () -> resource.perform("ON"));

        assertThat(refused).isInstanceOf(TranslatableGuacamoleUpstreamException.class);
        assertThat(refused.getMessage()).doesNotContain("rack");
        var message = ((TranslatableGuacamoleUpstreamException) refused).getTranslatableMessage();
        assertThat(message.getKey()).matches("CONSOLE\\.POWER_[A-Z_]+|CLIENT\\.ERROR_CLIENT_26[0-9]");
        assertThat(message.getVariables().toString()).matches("\\{REFERENCE=[A-Z2-9]{6}}");
    }

    private ConsoleResource resource(Optional<String> locale, String... properties) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of("console-token-key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="));
        for (int i = 0; i < properties.length; i += 2) {
            all.put(properties[i], properties[i + 1]);
        }
        return new ConsoleResource(session, "192.0.2.7", locale, watching, ConsoleConfig.read(all::get, Path.of("/nowhere")).panel(),
                new ServerPower(sessions, server -> vendor.power().isPresent(), new References(new SecureRandom()),
                        new Trail(audit, metrics)));
    }

    /** Opens anything, and switches power as it is told. */
    private static final class Vendor implements ConsoleAdapter, PowerControl {

        private final List<Action> performed = new CopyOnWriteArrayList<>();
        private volatile Optional<AdapterException> refusal = Optional.empty();
        private volatile boolean hasPower = true;

        @Override
        public String type() {
            return "switched";
        }

        @Override
        public Optional<ServerRule.Problem> check(Server server) {
            return Optional.empty();
        }

        @Override
        public void start(AdapterEnvironment environment) {
            // Needs nothing.
        }

        @Override
        public ConsoleStream open(Server server, Opening opening) {
            return new ConsoleStream(ConsoleStream.Protocol.RFB, new EmbeddedChannel(), Map.of());
        }

        @Override
        public Optional<PowerControl> power() {
            return hasPower ? Optional.of(this) : Optional.empty();
        }

        @Override
        public State status(Server server) throws AdapterException {
            return refused(State.ON);
        }

        @Override
        public void perform(Server server, Action action) throws AdapterException {
            performed.add(refused(action));
        }

        private <T> T refused(T otherwise) throws AdapterException {
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            return otherwise;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
