package org.serverconsole.adapter;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.serverconsole.adapter.AdapterException.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps threads from waiting for management systems that do not answer. One that let a call run into its deadline is asked
 * nothing for a while: calls fail at once. Then one call probes it; only when that was answered may others follow. For use by
 * many threads.
 */
public final class CircuitBreaker {

    /** How long a management system that did not answer is left alone. */
    public static final Duration REST = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(CircuitBreaker.class);

    private final LongSupplier nanoTime;
    private final Duration rest;
    /** Of those only that did not answer. */
    private final Map<String, Silence> silent = new ConcurrentHashMap<>();

    /**
     * @param until when it may be probed, in nanoTime
     * @param probing whether somebody does
     */
    private record Silence(long until, boolean probing) { }

    /** @param nanoTime {@link System#nanoTime} */
    public CircuitBreaker(LongSupplier nanoTime, Duration rest) {
        this.nanoTime = nanoTime;
        this.rest = rest;
    }

    /** One call. Exactly one of its methods is to be called, once. */
    public final class Call {

        private final String system;
        private final boolean probe;

        private Call(String system, boolean probe) {
            this.system = system;
            this.probe = probe;
        }

        /** The management system has said something, be it no. */
        public void answered() {
            if (silent.remove(system) != null) {
                LOG.info("{} answers again", system);
            }
        }

        /** It has said nothing until the deadline. */
        public void timedOut() {
            silent.put(system, new Silence(nanoTime.getAsLong() + rest.toNanos(), false));
            LOG.warn("{} did not answer in time and is left alone for {} s", system, rest.toSeconds());
        }

        /** Nothing is known: the call was broken off, or never came that far. */
        public void abandoned() {
            if (probe) {
                silent.computeIfPresent(system, (name, silence) -> new Silence(silence.until(), false));
            }
        }
    }

    /**
     * Begins a call.
     *
     * @param system what {@link ConsoleAdapter#managementSystem} says
     * @throws AdapterException {@code TIMEOUT}, at once, where it did not answer a short while ago
     */
    public Call begin(String system) throws AdapterException {
        Silence before = silent.get(system);
        if (before == null) {
            return new Call(system, false);
        }
        // Whoever replaces the very silence that was seen has the probe.
        if (!before.probing() && nanoTime.getAsLong() - before.until() >= 0
                && silent.replace(system, before, new Silence(before.until(), true))) {
            return new Call(system, true);
        }
        throw new AdapterException(Kind.TIMEOUT, system + " did not answer in time a moment ago, and is not asked again before "
                + rest.toSeconds() + " s have passed and one call was answered");
    }
}
