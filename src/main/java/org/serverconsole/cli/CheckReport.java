package org.serverconsole.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.serverconsole.adapter.Finding.Outcome;

/** What has been found so far: printed line by line at once, or as one JSON object at the end. */
final class CheckReport {

    /** How faults of settings and of the inventory begin. */
    private static final Pattern NAMED = Pattern.compile("(?s)(?:guacamole\\.properties: )?([a-z0-9-]+|\\S+ line [0-9]+): (.*)");

    private final PrintStream out;
    private final boolean json;
    private final List<Line> lines = new ArrayList<>();

    private record Line(Outcome outcome, String subject, String detail) { }

    CheckReport(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    void ok(String subject, String detail) {
        add(Outcome.OK, subject, detail);
    }

    void fault(String subject, String detail) {
        add(Outcome.FAULT, subject, detail);
    }

    /**
     * A fault that says by itself what it is of, as {@code console-pin: ...} and {@code servers.json line 3: ...} do.
     *
     * @param otherwise what it is of where it does not
     */
    void faultOf(String otherwise, String problem) {
        addOf(Outcome.FAULT, otherwise, problem);
    }

    /** A warning of that kind. */
    void warningOf(String otherwise, String problem) {
        addOf(Outcome.WARNING, otherwise, problem);
    }

    private void addOf(Outcome outcome, String otherwise, String problem) {
        Matcher named = NAMED.matcher(problem);
        if (named.matches()) {
            add(outcome, named.group(1), named.group(2));
        } else {
            add(outcome, otherwise, problem);
        }
    }

    void add(Outcome outcome, String subject, String detail) {
        Line line = new Line(outcome, printable(subject), printable(detail));
        lines.add(line);
        if (!json) {
            out.printf("%-8s %s: %s%n", word(outcome), line.subject(), line.detail());
        }
    }

    /** Says how it went over all. */
    void end() {
        if (json) {
            ObjectNode body = JsonNodeFactory.instance.objectNode()
                    .put("faults", count(Outcome.FAULT)).put("warnings", count(Outcome.WARNING));
            ArrayNode findings = body.putArray("findings");
            lines.forEach(line -> findings.addObject().put("outcome", word(line.outcome()))
                    .put("subject", line.subject()).put("detail", line.detail()));
            out.println(body.toPrettyString());
        } else {
            out.printf("%d faults, %d warnings%n", count(Outcome.FAULT), count(Outcome.WARNING));
        }
    }

    boolean faultless() {
        return count(Outcome.FAULT) == 0;
    }

    private long count(Outcome outcome) {
        return lines.stream().filter(line -> line.outcome() == outcome).count();
    }

    private static String word(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
