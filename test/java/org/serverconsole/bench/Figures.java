package org.serverconsole.bench;

import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * What several runs of the same thing took.
 *
 * @param sorted in milliseconds, ascending; at least one
 */
record Figures(double[] sorted) {

    static Figures of(DoubleStream milliseconds) {
        return new Figures(milliseconds.sorted().toArray());
    }

    double min() {
        return sorted[0];
    }

    double median() {
        return quantile(0.5);
    }

    double p95() {
        return quantile(0.95);
    }

    /** The nearest rank. */
    private double quantile(double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "min %.1f  median %.1f  p95 %.1f ms (%d runs)",
                min(), median(), p95(), sorted.length);
    }
}
