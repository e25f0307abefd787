package org.serverconsole.inventory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.Secret;
import org.serverconsole.https.PanelHttps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inventory as the panel keeps it, asked over HTTPS for one server at a time. Whoever needs the same server meanwhile
 * waits for the same answer. A panel that does not answer is left alone for two seconds, so that an outage costs one login
 * five seconds and not each.
 */
final class PanelInventory implements Inventory {

    static final Duration FRESH = Duration.ofSeconds(60);
    static final Duration UNKNOWN_FRESH = Duration.ofSeconds(10);
    static final Duration STALE = Duration.ofMinutes(10);
    static final Duration PAUSE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(PanelInventory.class);

    /** Servers remembered: whoever has more consoles opened within a minute has more than one node. */
    private static final int MOST = 10_000;

    private static final String ID = "{id}";

    /** An ID that a path would take for a direction. */
    private static final Pattern DOTS = Pattern.compile("\\.{1,2}");

    private final String url;
    private final ServerRule rule;
    private final PanelHttps https;
    private final Secret key;
    private final Clock clock;
    private final Cache<String, Copy> copies = Caffeine.newBuilder().maximumSize(MOST).build();
    private final Cache<String, String> refused = Caffeine.newBuilder().maximumSize(MOST).build();
    private final Map<String, CompletableFuture<Optional<Copy>>> asking = new ConcurrentHashMap<>();
    private boolean down;
    private Instant askAgain = Instant.MIN;

    /** What the panel said of a server; that there is none where it is empty. */
    private record Copy(Optional<Server> server, Instant asked) {

        boolean isYoungerThan(Duration age, Instant now) {
            return now.isBefore(asked.plus(age));
        }
    }

    private PanelInventory(String url, ServerRule rule, PanelHttps https, Secret key, Clock clock) {
        this.url = url;
        this.rule = rule;
        this.https = https;
        this.key = key;
        this.clock = clock;
    }

    static PanelInventory open(String url, ServerRule rule, PanelHttps https, Secret key, Clock clock) throws ConfigException {
        // A token names the server: it must never say which host is asked.
        if (!URI.create(url.replace(ID, "a")).getRawAuthority().equals(URI.create(url.replace(ID, "b")).getRawAuthority())) {
            throw new ConfigException("guacamole.properties: console-servers: {id} stands in the host's name; write it behind it");
        }
        return new PanelInventory(url, rule, https, key, clock);
    }

    @Override
    public Optional<Server> find(String serverId) {
        if (!ServerReader.isId(serverId) || DOTS.matcher(serverId).matches()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<Copy> copy = Optional.ofNullable(copies.getIfPresent(serverId));
        Optional<Copy> fresh = copy.filter(known -> known.isYoungerThan(known.server().isPresent() ? FRESH : UNKNOWN_FRESH, now));
        if (fresh.isPresent()) {
            return fresh.get().server();
        }
        Optional<Copy> answer = mayAsk(now) ? ask(serverId) : Optional.empty();
        if (answer.isPresent()) {
            return answer.get().server();
        }
        return Optional.of(copy.filter(known -> known.isYoungerThan(STALE, now)).flatMap(Copy::server)
                .orElseThrow(() -> new InventoryException("the panel has not said what server " + serverId + " is")));
    }

    /** What the panel says now, or empty where that is of no use. */
    private Optional<Copy> ask(String serverId) {
        CompletableFuture<Optional<Copy>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<Copy>> earlier = asking.putIfAbsent(serverId, mine);
        if (earlier != null) {
            return earlier.join();
        }
        Instant asked = clock.instant();
        https.get(URI.create(url.replace(ID, serverId)), "application/json", key)
                .thenApply(answer -> understood(serverId, answer, asked))
                .exceptionally(this::failed)
                .whenComplete((copy, unexpected) -> {
                    asking.remove(serverId, mine);
                    if (unexpected == null) {
                        mine.complete(copy);
                    } else {
                        mine.completeExceptionally(unexpected);
                    }
                });
        return mine.join();
    }

    private Optional<Copy> understood(String serverId, PanelHttps.Answer answer, Instant asked) {
        if (answer.status() == 404) {
            answered();
            return Optional.of(remember(serverId, new Copy(Optional.empty(), asked)));
        }
        String json;
        try {
            json = answer.good();
        } catch (IOException e) {
            return failed(e);
        }
        answered();
        try {
            Server server = read(serverId, json);
            refused.invalidate(serverId);
            return Optional.of(remember(serverId, new Copy(Optional.of(server), asked)));
        } catch (ConfigException e) {
            if (!e.getMessage().equals(refused.asMap().put(serverId, e.getMessage()))) {
                LOG.error("console-servers: what the panel says of server {} cannot be used:\n{}", serverId, e.getMessage());
            }
            return Optional.empty();
        }
    }

    private Copy remember(String serverId, Copy copy) {
        Copy before = copies.asMap().put(serverId, copy);
        if (copy.server().isPresent() && (before == null || !before.server().equals(copy.server()))) {
            Unverified.warn(List.of(copy.server().get()), LOG::warn);
        }
        return copy;
    }

    private Server read(String serverId, String json) throws ConfigException {
        Problems problems = new Problems(serverId, "the panel's answer");
        ServerReader reader = new ServerReader(problems, rule, (whose, password) -> password(password, problems));
        Optional<Server> server = new JsonReader(problems).read(json).map(value -> server(serverId, value, reader, problems));
        problems.throwIfAny();
        return server.orElseThrow(() -> new IllegalStateException("neither a server nor a problem"));
    }

    private static Server server(String serverId, Json json, ServerReader reader, Problems problems) {
        if (!(json instanceof Json.Fields server)) {
            problems.add(json.line(), "the answer is " + json.kind() + "; answer {\"type\": \"...\", ...}");
            return reader.read(serverId, json.line(), Map.of());
        }
        if (server.values().containsKey("host")) {
            problems.add(server.values().get("host").line(),
                    "\"host\" is of the file only; answer with all of the server's options");
        }
        return reader.read(serverId, json.line(), server.values());
    }

    /** The panel must not learn what is in this machine's files and environment by naming them for a server of its own. */
    private static Secret password(Json json, Problems problems) {
        if (json instanceof Json.Text text && !text.value().isEmpty()) {
            return Secret.of(text.value());
        }
        problems.add(json, "\"password\" is " + (json instanceof Json.Text ? "empty" : json.kind())
                + "; answer with the password itself, in quotation marks, or leave it out where there is none");
        return Secret.NONE;
    }

    private synchronized boolean mayAsk(Instant now) {
        return !now.isBefore(askAgain);
    }

    private synchronized void answered() {
        if (down) {
            LOG.info("console-servers: the panel answers again.");
        }
        down = false;
        askAgain = Instant.MIN;
    }

    private synchronized Optional<Copy> failed(Throwable failure) {
        Throwable cause = failure.getCause() != null && !(failure instanceof IOException) ? failure.getCause() : failure;
        if (!down) {
            LOG.warn("console-servers: the panel cannot be asked ({}); servers that it described less than {} minutes ago stay as they"
                    + " were.", cause.toString(), STALE.toMinutes());
        }
        down = true;
        askAgain = clock.instant().plus(PAUSE);
        return Optional.empty();
    }
}
