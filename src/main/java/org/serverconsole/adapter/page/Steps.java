package org.serverconsole.adapter.page;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.serverconsole.adapter.redfish.BmcAccess;
import org.serverconsole.config.Secret;
import org.serverconsole.kiosk.KioskException;
import org.serverconsole.kiosk.Page;

/**
 * What the option {@code steps} says, one after the other, with a semicolon between: {@code go /path}, {@code wait selector},
 * {@code fill selector {username}} or {@code {password}}, {@code click selector}, and at the end {@code show selector} with that of
 * the console's canvas.
 */
record Steps(List<String> steps) {

    private static final Pattern STEP = Pattern.compile("go /\\S*|(wait|click|show) \\S.*|fill \\S.* \\{(username|password)}");
    private static final Pattern FILL = Pattern.compile("fill (.*) \\{(username|password)}");

    static Steps of(String text) {
        return new Steps(Arrays.stream(text.split(";")).map(String::strip).filter(step -> !step.isEmpty()).toList());
    }

    /** What is wrong with them, and what to write. */
    Optional<String> problem() {
        Optional<String> unknown = steps.stream().filter(step -> !STEP.matcher(step).matches()).findFirst();
        if (unknown.isPresent()) {
            return Optional.of("has the step \"" + unknown.get() + "\": write go /path, wait <selector>, fill <selector> {username},"
                    + " fill <selector> {password}, click <selector> or show <selector>");
        }
        return !steps.isEmpty() && steps.get(0).startsWith("go ") && steps.get(steps.size() - 1).startsWith("show ") ? Optional.empty()
                : Optional.of("must begin with go /path and end with show <selector of the console's canvas>");
    }

    void play(Page page, BmcAccess access) throws KioskException, InterruptedException {
        for (String step : steps) {
            String argument = step.substring(step.indexOf(' ') + 1).strip();
            switch (step.substring(0, step.indexOf(' '))) {
                case "go" -> page.go(argument);
                case "wait" -> page.waitFor(argument);
                case "click" -> page.click(argument);
                case "show" -> page.show(argument);
                default -> fill(page, step, access);
            }
        }
    }

    private static void fill(Page page, String step, BmcAccess access) throws KioskException, InterruptedException {
        Matcher fill = FILL.matcher(step);
        if (!fill.matches()) {
            throw new IllegalArgumentException("no step: " + step + "; the inventory should have refused it");
        }
        page.fill(fill.group(1), fill.group(2).equals("username") ? Secret.of(access.username()) : access.password());
    }
}
