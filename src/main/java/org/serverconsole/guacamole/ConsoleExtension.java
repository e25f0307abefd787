package org.serverconsole.guacamole;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.environment.Environment;
import org.apache.guacamole.net.auth.GuacamoleProxyConfiguration;
import org.apache.guacamole.properties.StringGuacamoleProperty;
import org.apache.guacamole.protocol.GuacamoleClientInformation;
import org.serverconsole.access.Access;
import org.serverconsole.access.Admission;
import org.serverconsole.access.References;
import org.serverconsole.access.Tickets;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.Adapters;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.config.PanelConfig;
import org.serverconsole.https.Authorities;
import org.serverconsole.https.PanelHttps;
import org.serverconsole.inventory.Inventory;
import org.serverconsole.journal.Audit;
import org.serverconsole.journal.Journal;
import org.serverconsole.kiosk.Kiosks;
import org.serverconsole.location.Locations;
import org.serverconsole.panel.GuacdProbe;
import org.serverconsole.panel.Health;
import org.serverconsole.panel.Metrics;
import org.serverconsole.panel.OperatorApi;
import org.serverconsole.panel.OperatorKey;
import org.serverconsole.panel.PanelApi;
import org.serverconsole.panel.PanelResource;
import org.serverconsole.panel.Trail;
import org.serverconsole.relay.Relay;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.session.ConsoleSession;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.NoRoomException;
import org.serverconsole.session.SessionAudit;
import org.serverconsole.session.SessionRules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The composition root: makes every part of the house, hands each what it needs, and shuts all of it down. */
final class ConsoleExtension implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConsoleExtension.class);

    /** How long guacd may take to come to the relay. */
    private static final Duration RELAY_PATIENCE = Duration.ofSeconds(15);

    /** How long a login waits for what a crash left at the vendors to be taken back: longer than any one vendor may take. */
    private static final Duration RECOVERY_PATIENCE = Duration.ofSeconds(15);

    private static final Duration HEALTH_PATIENCE = Duration.ofSeconds(3);

    private static final String BROKER = "broker";

    private final Access access;
    private final Locations locations;
    private final Refusals refusals;
    private final References references;
    private final ConsoleSessions sessions;
    private final Trail trail;
    private final ServerPower power;
    private final PanelConfig panelConfig;
    private final PanelApi panel;
    private final OperatorApi operators;
    private final Future<?> recovery;
    private final Guacd guacd;
    private final ExecutorService watching;
    private final Clock clock;
    private final Journal journal;
    private final Relay relay;
    private final ScheduledThreadPoolExecutor timer;

    /** What has been opened, to be closed in the opposite order. */
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private ConsoleExtension(ConsoleConfig config, GuacamoleProxyConfiguration proxy) throws ConfigException {
        SecureRandom random = new SecureRandom();
        references = new References(random);
        panelConfig = config.panel();
        try {
            timer = opened(newTimer(), ScheduledThreadPoolExecutor::shutdownNow);
            EventLoopGroup network = opened(newNetwork(), ConsoleExtension::shutDown);
            guacd = new Guacd(proxy, config.relayAddress(), config.panel().recordingPath());
            watching = opened(newWatching(), ExecutorService::shutdownNow);
            relay = opened(newRelay(network, config, random), Relay::close);
            Kiosks kiosks = opened(Kiosks.start(config.kiosk(), RfbConnector.on(network), network, random), Kiosks::close);
            kiosks.endLeft();
            Adapters adapters = opened(Adapters.start(
                    new AdapterEnvironment(RfbConnector.on(network), random, config.caFile(), kiosks)), Adapters::close);
            PanelHttps https = new PanelHttps(Authorities.context(config.caFile()), PanelHttps.DEADLINE);
            Inventory inventory = Inventory.open(config.servers(), adapters.rule().at(panelConfig.location()), System.getenv(), https,
                    config.panel().panelKey(), Clock.systemUTC());
            journal = opened(Journal.open(config.journal()), Journal::close);
            clock = journal.clock();
            Tickets tickets = new Tickets(journal, clock, random, config.panel().ticketLifetime());
            access = new Access(config, https, tickets, inventory, journal, clock);
            Audit audit = opened(new Audit(journal, clock), Audit::close);
            Metrics metrics = opened(new Metrics(), Metrics::close);
            trail = new Trail(audit, metrics);
            refusals = new Refusals(references, trail, panelConfig.returnUrl());
            sessions = opened(
                    new ConsoleSessions(clock, journal, adapters.byType(), SessionRules.of(config), inventory::find, timer,
                            List.of(new SessionAudit(audit), metrics)),
                    ConsoleSessions::close);
            metrics.watch(sessions);
            power = new ServerPower(sessions,
                    server -> adapters.byType().get(server.type()).power().isPresent(), references, trail);
            locations = opened(
                    new Locations(panelConfig.location(), config.broker(), config.caFile(), random), Locations::close);
            panel = PanelApi.of(access, inventory, tickets, sessions, journal, locations, config, clock, references, trail);
            locations.open(panel.desk());
            operators = new OperatorApi(new OperatorKey(config.panel().operatorKey()), sessions, journal, audit, metrics,
                    opened(health(proxy), Health::close));
            recovery = sessions.recover();
        } catch (ConfigException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * @throws ConfigException naming the property or the line of the inventory that must be changed
     * @throws GuacamoleException where guacamole.properties itself cannot be read
     */
    static ConsoleExtension start(Environment environment) throws ConfigException, GuacamoleException {
        Path home = environment.getGuacamoleHome().toPath();
        ConsoleConfig config = ConsoleConfig.read(name -> property(environment, name), home);
        return new ConsoleExtension(config, environment.getDefaultGuacamoleProxyConfiguration());
    }

    Access access() {
        return access;
    }

    Locations locations() {
        return locations;
    }

    Refusals refusals() {
        return refusals;
    }

    /** What is at {@code api/ext/console}. */
    PanelResource api() {
        return new PanelResource(panel, operators);
    }

    Trail trail() {
        return trail;
    }

    ConsoleSessions sessions() {
        return sessions;
    }

    /**
     * Starts the session of an admitted customer, or none where the token has been used before.
     *
     * @throws NoRoomException where as many consoles are open as may be
     */
    Optional<ConsoleSession> startSession(Admission admission) throws NoRoomException {
        awaitRecovery();
        return sessions.start(admission.key(), admission.server(), admission.token().customer(), admission.tokenHash(),
                session -> access.redeem(admission, session));
    }

    /** Whether another node that shares the journal serves a console of that server. */
    boolean isOpenElsewhere(String serverId) {
        return journal.isShared() && journal.liveSession(serverId).isPresent();
    }

    /**
     * Uses up the token of somebody who wants to look on, and journals who.
     *
     * @return false where it had been used before
     */
    boolean redeemToWatch(Admission admission, ConsoleSession session, String address) {
        Instant now = clock.instant();
        boolean first = journal.useUp(admission.tokenHash(), admission.token().expires(), new Journal.SessionRecord(
                admission.key(), session.server().id(), admission.token().customer(), now, now), "WATCHED");
        if (first) {
            LOGGER.info("Console session {} of server {} is watched by {}.",
                    session.id(), session.server().id(), admission.token().customer());
            session.watched(admission.token().customer(), address);
        }
        return first;
    }

    WatchingSocket openWatching(ConsoleSession session, GuacamoleClientInformation information) {
        return new WatchingSocket(session, guacd, information, references, watching);
    }

    /** What a user's page may know and do. */
    ConsoleResource resource(ConsoleUser user) {
        return new ConsoleResource(user.session(), user.getCredentials().getRemoteAddress(), user.locale(), user.watching(),
                panelConfig, power);
    }

    ConsoleSocket openSocket(ConsoleSession session, GuacamoleClientInformation information) {
        return new ConsoleSocket(session, new Display.Factory(guacd, relay, information, timer), references);
    }

    /** Closes what has been opened, last first. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOGGER.warn("Shutting down: {}", e.toString());
            }
        }
    }

    private Health health(GuacamoleProxyConfiguration proxy) {
        GuacdProbe probe = new GuacdProbe(proxy.getHostname(), proxy.getPort(),
                proxy.getEncryptionMethod() == GuacamoleProxyConfiguration.EncryptionMethod.SSL, HEALTH_PATIENCE);
        Map<String, Health.Probe> probes = new LinkedHashMap<>();
        // By writing: nobody can log in where it can only be read.
        probes.put("journal", journal::alive);
        probes.put("guacd", probe::requireLife);
        if (locations.hasBroker()) {
            probes.put(BROKER, locations::requireBroker);
        }
        return new Health(probes, Set.of(BROKER), HEALTH_PATIENCE);
    }

    private void awaitRecovery() {
        try {
            recovery.get(RECOVERY_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOGGER.warn("A console is opened although not all of what the last run left has been taken back yet.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Closer<T> {
        void close(T part) throws Exception;
    }

    private <T> T opened(T part, Closer<T> closer) {
        opened.push(() -> closer.close(part));
        return part;
    }

    private static Relay newRelay(EventLoopGroup network, ConsoleConfig config, SecureRandom random)
            throws ConfigException {
        InetAddress bind = Relay.bindAddress(config.relayAddress());
        return new Relay(network, bind, random, RELAY_PATIENCE);
    }

    private static ScheduledThreadPoolExecutor newTimer() {
        ScheduledThreadPoolExecutor timer =
                new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("console-timer", true));
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    private static ExecutorService newWatching() {
        return Executors.newCachedThreadPool(new DefaultThreadFactory("console-watching", true));
    }

    private static EventLoopGroup newNetwork() {
        return new MultiThreadIoEventLoopGroup(
                0, new DefaultThreadFactory("console-network", true), NioIoHandler.newFactory());
    }

    private static void shutDown(EventLoopGroup network) throws InterruptedException {
        network.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(3, TimeUnit.SECONDS);
    }

    private static String property(Environment environment, String name) {
        try {
            return environment.getProperty(new StringGuacamoleProperty() {
                @Override
                public String getName() {
                    return name;
                }
            });
        } catch (GuacamoleException e) {
            throw new IllegalStateException("guacamole.properties cannot be read: " + e.getMessage(), e);
        }
    }
}
