package org.serverconsole.endtoend;

import com.google.gson.Gson;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Fingers on the glass of a phone, as the browser itself is told of them (DevTools protocol, Input.dispatchTouchEvent). */
record Finger(CDPSession browser) {

    /** Where a finger is, in CSS pixels. */
    record Spot(double x, double y) { }

    static Finger at(Page tab) {
        return new Finger(tab.context().newCDPSession(tab));
    }

    void tap(double x, double y) {
        touch("touchStart", new Spot(x, y));
        touch("touchEnd");
    }

    /** Moves as many fingers as there are spots by that much, in steps of a tenth. */
    void drag(double right, double down, Spot... spots) {
        touch("touchStart", spots);
        for (int step = 1; step <= 10; step++) {
            double part = step / 10.0;
            touch("touchMove", Arrays.stream(spots)
                    .map(spot -> new Spot(spot.x() + right * part, spot.y() + down * part)).toArray(Spot[]::new));
        }
        touch("touchEnd");
    }

    private void touch(String type, Spot... spots) {
        Map<String, Object> event = Map.of("type", type, "touchPoints", List.of(spots));
        browser.send("Input.dispatchTouchEvent", new Gson().toJsonTree(event, Map.class).getAsJsonObject());
    }
}
