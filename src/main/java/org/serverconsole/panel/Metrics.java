package org.serverconsole.panel;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.session.ConsoleSessions;
import org.serverconsole.session.SessionEvent;

/**
 * What this node counts and measures, for Prometheus. It names neither customers nor servers: only types, kinds and
 * outcomes, of which there are few. Safe for use by many threads.
 */
public final class Metrics implements Consumer<SessionEvent>, AutoCloseable {

    /** Of {@link #scrape}. */
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Set<Refusal> OF_PINS = Set.of(Refusal.PIN_WRONG, Refusal.PIN_LOCKED);

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2),
        Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30)};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    public Metrics() {
        // Of what has not happened yet, zero: a rate over it would miss the first time otherwise.
        OF_PINS.forEach(this::pinRefusals);
    }

    /** Has the number of live sessions and the like be told as they are when asked. */
    public void watch(ConsoleSessions sessions) {
        gauge("console.live", "Live console sessions of this node.", sessions, all -> all.live().size());
        gauge("console.viewed", "Those that somebody looks at now.", sessions,
                all -> all.live().stream().mapToInt(session -> session.viewers()).sum());
        gauge("console.releases.pending", "Grants of vendors that are to be taken back and have not been yet.", sessions,
                ConsoleSessions::releasesPending);
        gauge("console.draining", "1 while this node opens no new consoles.", sessions, all -> all.draining() ? 1 : 0);
    }

    private void gauge(String name, String description, ConsoleSessions sessions, ToDoubleFunction<ConsoleSessions> count) {
        Gauge.builder(name, sessions, count).description(description).strongReference(true).register(registry);
    }

    @Override
    public void accept(SessionEvent event) {
        String type = event.session().server().type();
        if (event instanceof SessionEvent.Opened opened) {
            open(type, "OK", opened.took());
        } else if (event instanceof SessionEvent.Failed failed) {
            open(type, failed.kind().map(AdapterException.Kind::name).orElse("INTERNAL"), failed.took());
        } else if (event instanceof SessionEvent.Lost) {
            counter("console.lost", "Consoles that their server has closed.", "type", type).increment();
        } else if (event instanceof SessionEvent.Ended ended) {
            counter("console.ends", "Console sessions that are over.", "reason", ended.reason().name()).increment();
        }
    }

    private void open(String type, String outcome, Duration took) {
        counter("console.opens", "Consoles that vendors were asked for.", "type", type, "outcome", outcome).increment();
        Timer.builder("console.open.duration").description("From asking a vendor for a console to its answer.")
                .tag("type", type).tag("outcome", outcome).serviceLevelObjectives(BUCKETS).register(registry).record(took);
    }

    /**
     * Counts what was asked for.
     *
     * @param action {@code login} or one of the panel's: one of few, and never what a caller has made up
     * @param outcome {@code OK} or the code of the refusal
     */
    void asked(String action, String outcome) {
        counter("console.requests", "What customers and panels asked for.", "action", action, "outcome", outcome).increment();
    }

    /**
     * Counts what another location was asked for.
     *
     * @param outcome {@code OK}, the code of its refusal, or why it could not be asked
     */
    void forwarded(String location, String outcome) {
        counter("console.forwards", "What other locations were asked for.", "location", location, "outcome", outcome).increment();
    }

    void pinRefused(Refusal refusal) {
        if (OF_PINS.contains(refusal)) {
            pinRefusals(refusal).increment();
        }
    }

    private Counter pinRefusals(Refusal refusal) {
        return counter("console.pin.refusals", "PINs that were not accepted.", "reason", refusal.name());
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    /** All of it, in Prometheus' text format 0.0.4. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        registry.close();
    }
}
