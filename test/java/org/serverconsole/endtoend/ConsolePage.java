package org.serverconsole.endtoend;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** What a customer sees and does, whichever page shows it. Every wait fails after half a minute. */
interface ConsolePage {

    /** What a machine's first line is written on in {@code boot.asm}: proof of a picture. */
    List<Integer> BLUE = List.of(0, 0, 170);

    Page tab();

    /** The token of Guacamole's session that the page has now. */
    String authToken();

    /** Follows a link of the panel. */
    void open(Link link);

    /** Waits for the question for a PIN, and for nothing but a PIN. */
    void awaitPinPrompt();

    void enterPin(String pin);

    /** Waits for a console that shows a colour. */
    void awaitPicture(List<Integer> colour);

    /** Waits until the console is over, or was never there, and says so. */
    void awaitNoConsole();

    /** Whether there is something to press that would lead to a console. */
    boolean offersToGoOn();

    /** All that can be read on the page now. */
    String text();

    /** Leaves a picture for those who want to look at what the tests have seen. */
    default void picture(String name) {
        tab().screenshot(new Page.ScreenshotOptions().setPath(
                Path.of("target/endtoend", getClass().getSimpleName() + "-" + name + ".png")));
    }

    default void type(String text) {
        tab().keyboard().type(text);
    }

    /** Something to type that has never been typed before. */
    static String word() {
        return new Random().ints(8, 'a', 'z' + 1).mapToObj(Character::toString).collect(Collectors.joining());
    }
}
