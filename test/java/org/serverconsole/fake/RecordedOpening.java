package org.serverconsole.fake;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.serverconsole.adapter.Opening;

/** Remembers what an adapter has said while it opened a console. */
public final class RecordedOpening implements Opening {

    private final List<Step> steps = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> leases = new CopyOnWriteArrayList<>();
    private volatile boolean crashing;

    @Override
    public void step(Step step) {
        steps.add(step);
    }

    @Override
    public void lease(Map<String, String> undo) {
        leases.add(Map.copyOf(undo));
        if (crashing) {
            throw new Crash();
        }
    }

    /** The process dies when it has journalled a lease. */
    public void crashOnLease() {
        crashing = true;
    }

    /** The end of a process, as far as one can be had within one. */
    public static final class Crash extends RuntimeException { }

    /** The steps so far, in their order. */
    public List<Step> steps() {
        return List.copyOf(steps);
    }

    /** What was to be journalled so far, in its order. */
    public List<Map<String, String>> leases() {
        return List.copyOf(leases);
    }
}
